"""What measures can be asked for without SQL: each filter with its condition and its Chinese help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

from pipeline.core.errors import PipelineError
from pipeline.core.places import called
from pipeline.table.schema import BOUNDS, KINDS, ROLES
from pipeline.table.words import closest, code_of, moment, number, within

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class How:
    """How a filter is compared: the SQL condition for one value ``?``, its Chinese help, the words of a closed list.

    ``whole`` is the condition for a value written with ``=`` before it: the whole text; ``=`` alone, no text.
    """

    sql: str
    zh: str
    values: Mapping[str, str] | None = None
    whole: str | None = None


_WHOLE = "coalesce({}, '') = ?"


def _part(column: str, zh: str) -> How:
    """Return how a text is looked for in a column, and compared with the whole of it."""
    return How(f"contains({column}, ?)", f"{zh}（前面加 = 为全文相同，只写 = 为没有写明）", whole=_WHOLE.format(column))


# what may stand between two characters looked for; to take it out of each text first takes five times as long
_SPACES = r"[\s\x{3000}\x{a0}]*"
_CODED = """measure_id IN (
  SELECT m.measure_id
  FROM measures m JOIN codings c ON c.doc_id = m.doc_id AND c.start <= m.start AND c."end" >= m."end"
  WHERE {})"""
_CODE = _CODED.format("c.codebook || ':' || c.code IN (SELECT unnest(string_split(?, chr(10))))")
_TIME = "time IN (SELECT unnest(string_split(?, chr(10))))"
_LISTED = 5  # documents named in a message at most
_SINGLE = ("min", "max")
_F = TypeVar("_F")
HIGH = "coalesce(value_max, value_min)"
LOW = "coalesce(value_min, value_max)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What measures are asked for. Of a filter's values any will do; all filters must hold; no filter: all measures.

    Values of closed lists may be given as code or Chinese word.
    """

    kind: Annotated[tuple[str, ...], How("kind = ?", "类型", KINDS)] = ()
    role: Annotated[tuple[str, ...], How("role = ?", "作用", ROLES)] = ()
    bound: Annotated[tuple[str, ...], How("bound = ?", "限定", BOUNDS)] = ()
    unit: Annotated[tuple[str, ...], How("unit = ?", "单位，例如 元")] = ()
    time: Annotated[tuple[str, ...], How(_TIME, "措施自身的时间（不是发文年份）：2025、2025-06 或 2025年6月")] = ()
    item: Annotated[tuple[str, ...], _part("item", "事项含有的文字")] = ()
    beneficiary: Annotated[tuple[str, ...], _part("beneficiary", "受益对象含有的文字")] = ()
    instrument: Annotated[tuple[str, ...], _part("instrument", "支持方式含有的文字")] = ()
    agency: Annotated[tuple[str, ...], _part("agency", "责任单位含有的文字")] = ()
    text: Annotated[tuple[str, ...], How("regexp_matches(evidence, ?)", "原文句子含有的文字，不计空格和换行")] = ()
    code: Annotated[
        tuple[str, ...],
        How(_CODE, "编码（连同下级）：代码或名称，前面可加编码本：attract、引、yinyuyongliu:attract、引育用留:引"),
    ] = ()
    codebook: Annotated[
        tuple[str, ...], How(_CODED.format("c.codebook = ?"), "有这一编码本的编码：标识或名称，例如 引育用留")
    ] = ()
    topic: Annotated[
        tuple[str, ...], How("(contains(topic, ?) OR topic_id = ?)", "文档主题含有的文字，或主题编号")
    ] = ()
    region: Annotated[tuple[str, ...], _part("region", "地区全称含有的文字，例如 浙江")] = ()
    issuer: Annotated[tuple[str, ...], _part("issuer", "发文机关含有的文字")] = ()
    level: Annotated[
        tuple[str, ...], How("level = ?", "发文层级：国家、省、市、县等", whole=_WHOLE.format("level"))
    ] = ()
    year: Annotated[tuple[int, ...], How("year = ?", "发文年份（措施自身的时间用 --time）")] = ()
    doc: Annotated[
        tuple[str, ...], How("(doc_id = ? OR source_name = ?)", "文档编号（或开头几位）或文件名（可不写扩展名）")
    ] = ()
    min: Annotated[
        Decimal | None,
        How(f"{HIGH} >= ?", "上限不小于（“10—20万”合 --min 15万；只有下限时比下限）；可写 50万、二十万、1.5亿"),
    ] = None
    max: Annotated[
        Decimal | None,
        How(f"{LOW} <= ?", "下限不大于（“10—20万”合 --max 15万；只有上限时比上限）；可写 50万、二十万、1.5亿"),
    ] = None


def given(owner: Callable[..., _F], values: Mapping[str, Any]) -> _F:
    """Return filters of Python values: one value or several of each. Raises PipelineError for unknown names."""
    plain: Any = owner
    known = [field.name for field in fields(plain)]
    if unknown := [name for name in values if name not in known]:
        raise PipelineError(*(f"没有条件“{name}”{closest(name, known)}" for name in unknown))
    return owner(**{name: _given(name, value) for name, value in values.items()})


def _given(name: str, value: Any) -> Any:
    """Return one filter's value as its class takes it; amounts may be given as people type them."""
    if value is None:
        return None if name in _SINGLE else ()
    if name in _SINGLE:
        try:
            return number(value) if isinstance(value, str) else Decimal(str(value))
        except (ValueError, ArithmeticError) as error:
            raise PipelineError(f"条件 {name} 的值“{value}”不是数，可写 500000、50万") from error
    return (value,) if isinstance(value, str | int) else tuple(value)


def how_of(name: str, owner: type[Any] = Filters) -> tuple[Any, How]:
    """Return the type and the How of one filter."""
    plain, how = get_args(get_type_hints(owner, include_extras=True)[name])
    return plain, how


def conditions(filters: Any, connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> tuple[str, list[Any]]:
    """Return the WHERE clause (empty without filters) and its values; ``names``: codebook → its Chinese name.

    ``filters``: ``Filters`` or another such class. Raises PipelineError with every value of a closed list, document,
    code, codebook, coder or region the run doesn't have.
    """
    parts: list[str] = []
    values: list[Any] = []
    mistakes: list[str] = []
    look_up = _Known(connection, names)
    for field in fields(filters):
        given = getattr(filters, field.name)
        wanted = given if isinstance(given, tuple) else () if given is None else (given,)
        if not wanted:
            continue
        how = how_of(field.name, type(filters))[1]
        meant: list[tuple[str, Any]] = []
        for value in wanted:
            try:
                meant += _compared(look_up, field.name, how, value)
            except PipelineError as error:
                mistakes += error.mistakes
        parts.append("(" + " OR ".join(sql for sql, _ in meant) + ")")
        values += [value for sql, value in meant for _ in range(sql.count("?"))]
    if mistakes:
        raise PipelineError(*mistakes)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _compared(look_up: _Known, name: str, how: How, value: Any) -> list[tuple[str, Any]]:
    """Return the conditions one value stands for, each with what it is compared with."""
    if how.whole is not None and value.startswith("="):
        return [(how.whole, value[1:])]
    return [(how.sql, one) for one in look_up.resolve(name, how, value)]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the run has: turns a value as typed into what the condition compares."""

    connection: duckdb.DuckDBPyConnection
    names: Mapping[str, str]

    def resolve(self, name: str, how: How, value: Any) -> list[Any]:
        """Return the values meant. Raises PipelineError for one that isn't there, with the nearest that is."""
        if how.values is not None:
            code = code_of(how.values, value)
            if code is None:
                raise PipelineError(f"--{name} 的值“{value}”不对{closest(value, [*how.values.values(), *how.values])}")
            return [code]
        special: dict[str, Callable[[str], list[str]]] = {
            "text": lambda text: [_SPACES.join(map(re.escape, "".join(text.split())))],
            "time": self._time,
            "doc": self._documents,
            "code": self._codes,
            "codebook": self._codebook,
            "region": self._region,
            "coder": self._coder,
        }
        return special[name](value) if name in special else [value]

    def _column(self, sql: str) -> list[str]:
        """Return the first column of a query."""
        return [str(row[0]) for row in self.connection.execute(sql).fetchall() if row[0] is not None]

    def _time(self, given: str) -> list[str]:
        """Return all times of the run within the one given, and periods that reach into it, as lines of one text."""
        try:
            wanted = moment(given)
        except ValueError as error:
            raise PipelineError(f"--time 的值“{given}”不对，应写成 2025、2025-06 或 2025年6月") from error
        return ["\n".join(time for time in self._column("SELECT DISTINCT time FROM measures") if within(time, wanted))]

    def _documents(self, given: str) -> list[str]:
        """Return the ids of the documents meant by an id, its beginning, a file name or a path."""
        sql = "SELECT doc_id FROM documents WHERE doc_id = $1 OR source_name = $1 OR source_path = $1"
        found = self.connection.execute(sql, [given]).fetchall()
        if not found and re.fullmatch("[0-9a-f]{4,}", given):
            found = self.connection.execute(
                "SELECT doc_id FROM documents WHERE starts_with(doc_id, ?)", [given]
            ).fetchall()
        return [str(row[0]) for row in found] or self._named(given)

    def _named(self, given: str) -> list[str]:
        """Return the id of the one document whose file name was typed in part."""
        known = self._column("SELECT source_name FROM documents")
        names = called(given, known)
        if len(names) > 1:
            listed = "、".join(names[:_LISTED]) + (" 等" if len(names) > _LISTED else "")
            raise PipelineError(f"--doc：“{given}”对应 {len(names)} 篇文档：{listed}。请给出完整的文件名")
        if not names:
            raise PipelineError(f"--doc：没有文档“{given}”{closest(given, known)}")
        return self._documents(names[0])

    def _region(self, given: str) -> list[str]:
        """Return the text of a region when some document's region contains it."""
        known = self._column("SELECT DISTINCT region FROM documents ORDER BY region")
        if not any(given in region for region in known):
            raise PipelineError(f"--region：没有地区含“{given}”的文档{closest(given, known)}")
        return [given]

    def _coder(self, given: str) -> list[str]:
        """Return the coder meant; 机器 is all of the machine's."""
        known = self._column("SELECT DISTINCT coder FROM (FROM codings UNION ALL BY NAME FROM suggestions) ORDER BY 1")
        name = "machine" if given == "机器" and given not in known else given
        if name not in known and not any(coder.startswith(f"{name}:") for coder in known):
            people = [coder for coder in known if not coder.startswith("machine:")]
            raise PipelineError(f"--coder：没有编码者“{given}”{closest(given, ['机器', *people])}")
        return [name]

    def _books(self, given: str) -> list[str]:
        """Return the codebooks meant by an id or a Chinese name; none gives ``[]``."""
        known = self._column("SELECT DISTINCT codebook FROM (FROM codes UNION ALL BY NAME FROM codings)")
        return [book for book in known if given in (book, self.names.get(book))]

    def _codebook(self, given: str) -> list[str]:
        """Return the codebook meant."""
        found = self._books(given)
        if not found:
            known = self._column("SELECT codebook FROM codes GROUP BY codebook ORDER BY min(rowid)")
            there = [name for book in known for name in (self.names.get(book), book) if name]
            raise PipelineError(f"--codebook：没有编码本“{given}”{closest(given, there)}")
        return found

    def _codes(self, given: str) -> list[str]:
        """Return all codes meant and those below them as one text, 「book:code」 on each line."""
        rows = self.connection.execute(
            "SELECT codebook, code, name, code_path FROM codes UNION ALL SELECT DISTINCT codebook, code, NULL,"
            " code_path FROM codings WHERE (codebook, code) NOT IN (SELECT (codebook, code) FROM codes)"
        ).fetchall()
        wanted, _, code = ("", "", given) if not re.search("[:：]", given) else re.split("([:：])", given, maxsplit=1)
        books = self._books(wanted) if wanted else None
        meant = [
            (str(book), str(one))
            for book, one, name, _ in rows
            if code in (one, name) and (books is None or book in books)
        ]
        if not meant:
            raise PipelineError(f"--code：没有编码“{given}”{closest(given, self._spellings(rows))}")
        below = [
            f"{book}:{one}"
            for book, one, _, path in rows
            if any(book == top and parent in (one, *(path or "").split("/")) for top, parent in meant)
        ]
        return ["\n".join(dict.fromkeys(below))]

    def _spellings(self, rows: Iterable[tuple[Any, ...]]) -> list[str]:
        """Return how codes can be typed, Chinese first."""
        kept = list(rows)
        chinese = [f"{self.names.get(book, book)}:{name}" for book, _, name, _ in kept if name]
        alone = [str(name) for _, _, name, _ in kept if name]
        codes = [word for book, code, _, _ in kept for word in (str(code), f"{book}:{code}")]
        return [*chinese, *alone, *codes]
