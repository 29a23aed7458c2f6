"""Bare numbers in the cells of tables: the unit they take from the heads of their column, row or table.

Cells come from the file's own tables (blocks of kind "cell"); in plain text a table is a run of lines whose cells are
separated by tabs or bars.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pipeline.core.layers import Bound, CleanText, RawText
from pipeline.core.strict import digest
from pipeline.core.tables import Row, rows_of_blocks, rows_of_lines
from pipeline.extract.data import TableEntry, TablesFile, read
from pipeline.extract.numerals import MAGNITUDE, value_of
from pipeline.extract.units import Unit, Units

_NUMBER = r"[-－−+＋]?\s?\d[\d,，]*(?:\.\d+)?[百千万亿]*"
_BEFORE = r"(?:最高|最多|最低|最少|不超过|不高于|不低于|不少于|至少|约|近|超过?|[≥≤<>])?"
_AFTER = r"(?:（含）|\(含\))?(?:及?以上|及?以下|以内|左右|余)?"
_NUMERIC = re.compile(rf"\s*{_BEFORE}\s?{_NUMBER}(?:\s?(?:—+|-|–|－|~|～|至|到|、)\s?{_NUMBER})*\s?{_AFTER}\s*")
_FIGURE = re.compile(rf"\s*(?!(?:19|20)\d\d(?![\d,.])){_BEFORE}\s?{_NUMBER}")
_UNIT = re.compile(rf"({MAGNITUDE})?(.+)")
_LABEL = re.compile(r"[（(]([^（）()\s，、]{1,8})[）)]\s?[：:]\s?$")
_HEAD_WORDS = re.compile(r"[^\s（）()：:]+")
_PER = ("/", "／", "·", "每")
_MOST_HEADS, _MOST_LABELS, _HEAD_LENGTH, _LONGEST_FIGURE = 3, 3, 60, 20
_CAPTION_LINES, _CAPTION_LENGTH, _LABEL_LENGTH = 2, 80, 12


@dataclass(frozen=True, slots=True)
class TableRules:
    """What the heads of tables say."""

    entries: tuple[TableEntry, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A cell whose numbers a head speaks of, by its span in the clean text.

    A bare number takes ``unit`` or is set aside by ``aside``; ``bound`` goes for numbers with a unit of their own, too.
    """

    start: int
    end: int
    unit: Unit | None
    aside: str | None = None
    bound: Bound | None = None


def load_table_rules(folder: Path) -> TableRules:
    """Return the rules of ``folder``/patterns/tables.toml. Raises PipelineError with its mistakes."""
    file, content = read(folder, "patterns/tables.toml", TablesFile)
    return TableRules(file.table, digest(content))


def find_number_cells(text: CleanText, raw: RawText | None, rules: TableRules, units: Units) -> list[NumberCell]:
    """Return the cells whose numbers a head gives a unit or a bound or sets aside, in order."""
    by_lines = raw is None or all(block.kind != "cell" for block in raw.blocks)
    tables = rows_of_lines(text.text) if raw is None or by_lines else rows_of_blocks(text, raw)
    found = (cell for table in tables for cell in _number_cells(text.text, table, by_lines, rules, units))
    return sorted(found, key=lambda cell: cell.start)


def column_heads(text: str) -> list[tuple[int, int, int, int]]:
    """Return the figure cells of tables of lines with the heads of their columns: start, end, head's start and end.

    A head goes without its unit in brackets; sorted by place.
    """
    found = []
    for rows in rows_of_lines(text):
        count = next((i for i, row in enumerate(rows[:_MOST_HEADS]) if _has_number(row)), 0)
        heads = {cell.column: cell for row in rows[:count] for cell in row if cell.text.strip()}
        for row in rows[count:]:
            for cell in row:
                if len(row) == len(rows[0]) and cell.column in heads and _FIGURE.match(cell.text):
                    named = _HEAD_WORDS.search(heads[cell.column].text)
                    if named:
                        start = heads[cell.column].start
                        found.append((cell.start, cell.end, start + named.start(), start + named.end()))
    return found


def cell_at(cells: list[NumberCell], starts: list[int], offset: int) -> NumberCell | None:
    """Return the cell ``offset`` lies in; ``starts`` are the starts of ``cells``."""
    index = bisect_right(starts, offset) - 1
    return cells[index] if index >= 0 and offset < cells[index].end else None


def unit_in_label(text: str, start: int, units: Units) -> Unit | None:
    """Return the unit in the label before the number at ``start``: 「总投资（万元）：500」, or ``None``."""
    if not start or text[start - 1] not in "：: ":
        return None
    found = _LABEL.search(text, max(0, start - _LABEL_LENGTH), start)
    return parse_unit(found[1], units) if found else None


def parse_unit(surface: str, units: Units) -> Unit | None:
    """Return the unit that a head names, with its 万 or 亿 as factor: 「万元/人」 is 10000 元; ``None`` if none."""
    found = _UNIT.fullmatch(surface.strip())
    known = units.pattern.match(found[2]) if found else None
    if found is None or known is None or (found[2] != known[0] and not found[2].startswith(_PER, known.end())):
        return None
    unit, magnitude = units.by_surface[known[0]], value_of(found[1]) if found[1] else Decimal(1)
    return replace(unit, factor=unit.factor * magnitude) if magnitude else None


def _number_cells(text: str, rows: list[Row], by_lines: bool, rules: TableRules, units: Units) -> Iterator[NumberCell]:
    """Yield the number cells of one table; in one of lines a row of another length has no heads."""
    count = next((i for i, row in enumerate(rows[:_MOST_HEADS]) if _has_number(row)), min(_MOST_HEADS, len(rows)))
    heads: dict[int, str] = {}
    for cell in (cell for row in rows[:count] for cell in row):
        heads[cell.column] = f"{heads.get(cell.column, '')}{cell.text.strip()}"[-_HEAD_LENGTH:]
    captions = [*_above(text, rows[0][0].start), *(cell.text for row in rows[:count] for cell in row)]
    whole = next((u for line in reversed(captions) if (u := _named(line, "caption", rules, units))), None)
    if whole is None and count == 0:  # without a head of its own, the line above is one: 农业保险保额（元/亩）
        whole = next((_named(line, "head", rules, units) for line in reversed(captions)), None)
    for row in rows[count:]:
        aligned = len(row) == len(heads) or not by_lines
        labels: list[str] = []
        own: Unit | None = None
        for cell in row:
            head = heads.get(cell.column, "") if aligned else ""
            unit, aside = None, None
            if _NUMERIC.fullmatch(cell.text) is None:
                labels = [*labels[1 - _MOST_LABELS :], cell.text.strip()[-_HEAD_LENGTH:]]
                own = parse_unit(cell.text, units) if _says(head, "units", rules) else own
            else:
                unit, aside = _decide(head, labels, whole, rules, units)
                unit = own if unit in (None, whole) and own is not None and aside is None else unit
            bound = _bound(head, rules) if len(cell.text) <= _LONGEST_FIGURE else None
            if unit is not None or aside is not None or bound is not None:
                yield NumberCell(cell.start, cell.end, unit, aside, bound)


def _above(text: str, start: int) -> list[str]:
    """Return the last lines above a table that begins at ``start``, blank ones left out."""
    end = text.rfind("\n", 0, start) + 1
    lines = text[max(0, end - _CAPTION_LINES * _CAPTION_LENGTH) : end].split("\n")
    return [line for line in lines if line.strip()][-_CAPTION_LINES:]


def _has_number(row: Row) -> bool:
    """Tell whether a row holds figures; years don't count, which heads may hold: 2024年目标."""
    return any(_FIGURE.match(cell.text) and len(cell.text) <= _LONGEST_FIGURE for cell in row)


def _decide(
    head: str, labels: list[str], whole: Unit | None, rules: TableRules, units: Units
) -> tuple[Unit | None, str | None]:
    """Return the unit of a bare number under ``head`` behind ``labels``, or the rule that sets it aside."""
    for entry in rules.entries:
        if entry.use == "aside" and entry.pattern.search(head):
            return None, entry.name
    unit = _named(head, "head", rules, units)
    for label in reversed(labels):
        unit = unit or _named(label, "head", rules, units)
    if unit is None and whole is not None and not any(_has_own(words, whole, rules) for words in (head, *labels)):
        unit = whole
    return unit, None


def _has_own(words: str, whole: Unit, rules: TableRules) -> bool:
    """Tell whether numbers under a head don't take the unit of the whole table."""
    return any(
        entry.use == "own" and whole.kind in entry.kinds and entry.pattern.search(words) for entry in rules.entries
    )


def _bound(head: str, rules: TableRules) -> Bound | None:
    """Return the bound that a head gives its numbers: 「最高补助（万元）」."""
    return next((e.bound for e in rules.entries if e.use == "bound" and e.pattern.search(head)), None)


def _says(words: str, use: str, rules: TableRules) -> bool:
    """Tell whether a rule of ``use`` matches ``words``."""
    return any(entry.use == use and entry.pattern.search(words) for entry in rules.entries)


def _named(words: str, use: str, rules: TableRules, units: Units) -> Unit | None:
    """Return the unit that ``words`` name by the rules of ``use``."""
    for entry in rules.entries:
        if entry.use == use and (found := entry.pattern.search(words)):
            surface: Iterable[str | None] = found.groupdict().values()
            return next((parse_unit(one, units) for one in surface if one), None)
    return None
