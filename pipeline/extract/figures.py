"""Single figures: a numeral with its unit, or the rule that sets it aside."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from decimal import Decimal

from pipeline.extract.aside import chinese_rule, is_round, list_numbers, near_rule, regions
from pipeline.extract.figure import LONGEST, Figure, worth
from pipeline.extract.lexicon import REACH, MentionLexicon
from pipeline.extract.money import change_behind, currency_before
from pipeline.extract.numerals import BEGINS, NUMERAL, VAGUE, magnitude_of, sign_before
from pipeline.extract.special import read_special
from pipeline.extract.tables import NumberCell, cell_at, unit_in_label
from pipeline.extract.units import Unit, Units

_HALF = re.compile(r"半(?=[年天日]|个月|个工作日|小时|数|价|票|额)")
# a search for one of these characters and a match there is faster than a search for the whole
_BEGIN = re.compile(f"[{BEGINS}半]")
_TOKEN = re.compile(rf"{NUMERAL.pattern}|{_HALF.pattern}")
# a line break between a numeral and a word is a border, but before units that begin no line
_WRAPPED = r"\n(?=个?百分点|[%％]|周?岁|年[，。；、内以]|个(?:月|工作日))|(?<=[万亿])\n(?=元)"
_TAIL = re.compile(rf"[ \u3000]?(?P<more>[余多来几])?(?:[ \u3000]|{_WRAPPED})?")
_TO = r"[ \u3000]?(?:至|到|—|－|-|–|~|～)[ \u3000]?"
_NEXT = re.compile(rf"(?:{_TO}|、[ \u3000]?)(?:{NUMERAL.pattern})")
_BETWEEN = re.compile(_TO)
_AND_HALF = re.compile(r"半(?![径年月数日夜价票额导殖球封自机边天])")
_MOST_BETWEEN = 4
_NOT_ALONE = re.compile(r"\s?(?:[:：∶]\s?\d|[A-Za-z×*])|(?<=\d{6})")
_INDICATOR_ENDS = frozenset("比值例由从小低降高大制持定升至到在为达过于≥≤率数E）) ")
_ZERO = Decimal(0)
_MINUSES = ("-", "－", "−")
_WITH_HALF = frozenset({"duration", "area", "other"})
# a hyphen is a minus before percentages and degrees, not between figures or behind a name
_MINUS = re.compile(r"(?:^|(?<=[\s（(：:＝=长速降升比为点跌幅率约]))[-－−][ \u3000]?$")


def read_figures(text: str, lexicon: MentionLexicon, cells: list[NumberCell]) -> list[Figure]:
    """Return every figure of ``text`` in order. Chinese numerals that are mere parts of words give none.

    ``cells`` are the cells of tables whose bare numbers take a unit from a head.
    """
    cell_starts, items = [cell.start for cell in cells], list_numbers(text, lexicon.units)
    borders = regions(text, lexicon)
    starts = [start for start, _, _ in borders]
    figures: list[Figure] = []
    at = 0
    while found := _BEGIN.search(text, at):
        match = _TOKEN.match(text, found.start())
        if match is None:
            at = found.end()
            continue
        at = match.end()
        cell = cell_at(cells, cell_starts, match.start())
        if cell is not None and (cell.unit is not None or cell.aside is not None):
            figures.append(_in_cell(text, match, cell))
            continue
        if match.start() in items:
            at = items[match.start()]
            figures.append(Figure(match.start(), at - 1, at - 1, _ZERO, Decimal(1), None, aside="条款编号"))
            continue
        index = bisect_right(starts, match.start()) - 1
        if index >= 0 and match.start() < borders[index][1]:
            if match[0][0].isdigit() or lexicon.units.pattern.match(text, match.end()):
                figures.append(_aside(match, borders[index][2]))
            continue
        if len(match[0]) > LONGEST:
            figures.append(_aside(match, "数字过长"))
            continue
        last = figures[-1] if figures else None
        figure = read_special(text, match, lexicon.units) or _plain(text, match, last, lexicon)
        if figure is not None:
            figures.append(_signed(text, figure, last))
            at = max(at, figure.end)
    return figures


def _aside(match: re.Match[str], rule: str) -> Figure:
    """Return a numeral set aside by ``rule``."""
    return Figure(match.start(), match.end(), match.end(), Decimal(0), Decimal(1), None, aside=rule)


def _in_cell(text: str, match: re.Match[str], cell: NumberCell) -> Figure:
    """Return the bare number of a table's cell with the unit or the rule of its head."""
    value = worth(match[0])
    if cell.unit is None or value is None:
        return _aside(match, cell.aside or "泛指")
    minus = text[cell.start : match.start()].strip() in _MINUSES
    start = match.start() - minus
    unit, magnitude = cell.unit, magnitude_of(match[0])
    if magnitude >= 10**4 and unit.factor >= 10**4:  # 1.5亿 under 万元 is 1.5亿元
        unit = replace(unit, factor=Decimal(1))
    return Figure(start, match.end(), match.end(), -value if minus else value, magnitude, unit, rule="表头单位")


def _plain(text: str, match: re.Match[str], last: Figure | None, lexicon: MentionLexicon) -> Figure | None:
    """Return the numeral with its unit and fate, or ``None`` for a Chinese numeral that is part of a word."""
    start, numeral_end = match.span()
    rest = VAGUE.match(text, numeral_end)  # 6600多万农村人口
    numeral_end = rest.end() if rest else numeral_end
    unit, end, vague = _unit_behind(text, numeral_end, lexicon.units)
    number = text[start].isdigit() or rest is not None or (unit is None and is_round(text, start, numeral_end))
    if unit is None and not number and not _may_go_on(text, last, start, numeral_end, lexicon.units):
        return None
    numeral = text[start:numeral_end]
    value = Decimal("0.5") if numeral == "半" else worth(numeral)
    unit, rule = _unit_around(text, start, numeral_end, unit, lexicon.units)
    if unit is None and last is not None and value is not None and _goes_on(text, last, start, value):
        unit = last.unit
    if unit is None and not number:
        bare = value is not None and value > 0 and _NEXT.match(text, numeral_end) is not None
        return Figure(start, numeral_end, end, value or _ZERO, magnitude_of(numeral), None) if bare else None
    aside = near_rule(text, start, match.end(), end, unit, lexicon)
    aside = aside or chinese_rule(text, start, match.end(), end, unit) or ("泛指" if value is None else None)
    vague = vague or rest is not None
    figure = Figure(start, numeral_end, end, value or _ZERO, magnitude_of(numeral), unit, vague, aside, rule)
    return _with_rest(text, figure) if aside is None else figure


def _may_go_on(text: str, last: Figure | None, start: int, end: int, units: Units) -> bool:
    """Tell whether a Chinese numeral without a unit may be an end of a range, or have its unit before it."""
    near = last is not None and start - last.end <= _MOST_BETWEEN
    return near or text[start - 1 : start] in units.mark_ends or _NEXT.match(text, end) is not None


def _unit_behind(text: str, numeral_end: int, units: Units) -> tuple[Unit | None, int, bool]:
    """Return the unit behind a numeral, where it ends (or the numeral), and whether 余 or 多 stands with it."""
    tail = _TAIL.match(text, numeral_end)
    found = units.pattern.match(text, tail.end()) if tail else None
    if tail is None or found is None:
        return None, numeral_end, False
    return units.by_surface[found[0]], found.end(), bool(tail["more"]) or "多" in found[0]


def _unit_around(text: str, start: int, numeral_end: int, unit: Unit | None, units: Units) -> tuple[Unit | None, str]:
    """Return the unit behind the number or, from before it, its currency or the unit of its label; and the rule."""
    if unit is not None:
        mark = currency_before(text, start, units) if unit.kind == "money" and unit.name == "元" else None
        return mark or unit, "数量"
    if numeral_end - start > 1 or text[start].isdigit():
        mark = currency_before(text, start, units)
        if mark is not None and _NEXT.match(text, numeral_end) is None:
            return mark, "数量"
    unit = unit_in_label(text, start, units)
    return (_of_indicator(text, start, numeral_end, units), "数量") if unit is None else (unit, "表头单位")


def _of_indicator(text: str, start: int, end: int, units: Units) -> Unit | None:
    """Return the kind of figure of the indicator that stands before a number without a unit, or ``None``."""
    if not text[start].isdigit() or text[start - 1 : start] not in _INDICATOR_ENDS or _NOT_ALONE.match(text, end):
        return None
    return next((unit for pattern, unit in units.bare if pattern.search(text, max(0, start - REACH), start)), None)


def _goes_on(text: str, last: Figure, start: int, value: Decimal) -> bool:
    """Tell whether a bare numeral is the upper end of 「百分之五至八」."""
    if last.unit is None or last.unit.kind != "percent" or last.end != last.numeral_end or last.aside is not None:
        return False
    return value > last.value and _BETWEEN.fullmatch(text, last.end, start) is not None


def _with_rest(text: str, figure: Figure) -> Figure:
    """Return the figure with what its unit is followed by: 角 and 分, or 半."""
    unit = figure.unit
    if unit is None or figure.end == figure.numeral_end:
        return figure
    if unit.kind == "money" and figure.magnitude == 1:
        more, end = change_behind(text, figure.end)
        return replace(figure, value=figure.value + more, end=end) if more else figure
    if unit.kind in _WITH_HALF and _AND_HALF.match(text, figure.end):
        return replace(figure, value=figure.value + Decimal("0.5"), end=figure.end + 1)
    return figure


def _signed(text: str, figure: Figure, last: Figure | None) -> Figure:
    """Return the figure with its minus."""
    if not figure.start or text[figure.start - 1] not in "负-－− \u3000" or figure.aside is not None:
        return figure
    start = sign_before(text, figure.start)
    if start is None or text[start] != "负":
        if figure.unit is None or (figure.unit.kind != "percent" and figure.unit.name not in ("℃", "摄氏度")):
            return figure
        found = _MINUS.search(text, max(0, figure.start - 2), figure.start)
        start = found.start() if found else None
    if start is None or (last is not None and not text[last.end : start].strip()):
        return figure
    return replace(figure, start=start, value=-figure.value)
