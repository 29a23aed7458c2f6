"""Tables to documents: one document a row where a column holds texts, else the whole table as one document.

The rule: rows are documents when a column is named as one of texts ([rows] text) and holds words, or when the cells
of a column are mostly running Chinese text; ``documents = "rows"`` or ``"table"`` decides for the user. Titles, ids,
issuers and dates alone make no documents: a list of files is a table.

A document's text: its title; 「列名：值」 for every other column, so that a figure has its head beside it as context;
then the body. No cells are marked in it: a value's own head in the same line gives its unit («总投资（万元）：500»),
and marked cells would keep the tables within a body from being read (docs/decisions/0011).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from pipeline.core.config import RowSettings
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Block, Given, GivenField, Member, RawText
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.columns import Columns, find_columns
from pipeline.ingest.grid import MOST_CELLS, Grid, Line, RowDoubts
from pipeline.ingest.headlines import fold_heads
from pipeline.ingest.sniff import has_markup

_UNSAFE = re.compile(r'[\x00-\x20/\\:*?"<>|#\x7f-\x9f\u2028\u2029\ud800-\udfff]+')
_CUT_LINE = re.compile(r"[^\n]{19}[^\n。；：！？.;:!?）)”》\s]\n")
_LONGEST_ID = 80
# cells, empty ones too, of a table that is one document
_TABLE_CELLS = 300_000
_FIELDS = tuple(field for field in get_args(GivenField) if field != "title")
# a value longer than this, or of several lines, stands below its column's name
_SHORT = 120


@dataclass(frozen=True, slots=True)
class Readings:
    """What is known of a file beside its cells: name for messages, type, encoding, doubts; characters a document."""

    name: str
    media_type: str
    encoding: str | None
    max_chars: int
    doubts: tuple[Issue, ...]


@dataclass(slots=True)
class _Text:
    """A row's text in the making and the fields whose place is known."""

    parts: list[str]
    length: int = 0

    def add(self, *pieces: str) -> int:
        """Append a line made of ``pieces``; return where its last piece starts."""
        if self.parts:
            self.parts.append("\n")
            self.length += 1
        self.parts += pieces
        self.length += sum(map(len, pieces))
        return self.length - len(pieces[-1])


def to_raw(grids: Sequence[Grid], of: Readings, settings: RowSettings) -> RawText:
    """Return the members of the tables, or their cells as one document. Raises UnreadableFile: ``ingest.no-text``."""
    filled = [(grid, find_columns(grid, settings)) for grid in grids if grid.lines]
    if not filled:
        raise UnreadableFile("ingest.no-text", name=of.name)
    if not any(_are_documents(columns, settings) for _, columns in filled):
        raw = _one_table([grid for grid, _ in filled], of, of.name)
        found = () if settings.documents == "table" else (issue("ingest", "ingest.one-table", name=of.name),)
        return RawText(
            raw.text, of.media_type, of.encoding, blocks=raw.blocks, doubts=(*of.doubts, *raw.doubts, *found)
        )
    doubts = RowDoubts(of.name)
    taken: dict[str, int] = {}
    members: list[Member] = []
    for grid, columns in filled:
        prefix = f"{grid.name}!" if len(filled) > 1 else ""
        if _are_documents(columns, settings):
            members += _members(grid, columns, of, prefix, taken, doubts)
        else:
            members.append(Member(_unique(_safe(grid.name), taken), _one_table([grid], of, f"{of.name}#{grid.name}")))
    if not members:
        raise UnreadableFile("ingest.no-text", name=of.name)
    return RawText("", of.media_type, of.encoding, members=tuple(members), doubts=(*of.doubts, *doubts.all()))


def _are_documents(columns: Columns, settings: RowSettings) -> bool:
    """Tell whether each row of a table is a document."""
    if settings.documents != "auto":
        return settings.documents == "rows"
    return bool(columns.texts or columns.prose)


def _members(
    grid: Grid, columns: Columns, of: Readings, prefix: str, taken: dict[str, int], doubts: RowDoubts
) -> Iterator[Member]:
    """Yield the documents of a table; a row whose text is too long is left out, and said so."""
    above = [line for line in grid.lines if line.number < columns.head_line]
    caption = " ".join(dict.fromkeys(cell for line in above for cell in line.cells.values()))
    key = next((column for column, part in columns.parts.items() if part == "id"), None)
    down = _filled_down(grid, columns.head_line)
    for line in grid.lines:
        if line.number <= columns.head_line:
            continue
        number = line.number - columns.head_line
        cells = {**down.get(line.number, {}), **line.cells}
        cells = {column: _without_markup(cell) for column, cell in cells.items()}
        length = sum(len(cell) for cell in cells.values())
        if length > of.max_chars:
            doubts.add(number, f"有 {length} 字，超过一篇文档的上限 {of.max_chars}，没有读入")
            continue
        raw = _document(Line(number, cells), columns, of, caption)
        name = _safe(cells.get(key, "")) if key is not None else ""
        yield Member(_unique(_safe(prefix) + (name or str(number)), taken), raw)


def _without_markup(cell: str) -> str:
    """Return a cell's text, read as a piece of a web page when it holds tags of one."""
    if not has_markup(cell):
        return cell
    from pipeline.ingest.html import text_of  # brings the parser of web pages with it

    return text_of(cell)


def _document(line: Line, columns: Columns, of: Readings, caption: str) -> RawText:
    """Return one row as a document."""
    text, given = _Text([]), []
    title = next((column for column, part in columns.parts.items() if part == "title"), None)
    if title is not None and title in line.cells:
        start = text.add(line.cells[title])
        given.append(Given("title", start, text.length))
    if caption:
        text.add("表题：", caption)
    body = [column for column in columns.texts if column in line.cells][:1]
    rest = [column for column in sorted(line.cells) if column != title and column not in body]
    for column in sorted(rest, key=lambda c: not _is_short(line.cells[c])):
        value = line.cells[column]
        start = text.add(columns.heads[column], "：" if _is_short(value) else "：\n", value)
        if (part := columns.parts.get(column)) in _FIELDS:
            given.append(Given(cast("GivenField", part), start, text.length))
    heads_end = text.length
    for column in body:
        text.add(line.cells[column])
    doubts: tuple[Issue, ...] = ()
    if columns.texts and not body:
        head = columns.heads[columns.texts[0]]
        doubts = (issue("ingest", "ingest.no-body", name=of.name, row=line.number, column=head),)
    return RawText(
        "".join(text.parts),
        of.media_type,
        of.encoding,
        blocks=() if any(map(_is_wrapped, line.cells.values())) else _blocks(heads_end, text.length),
        title=line.cells.get(title) if title is not None else None,
        given=tuple(given),
        doubts=doubts,
    )


def _blocks(heads_end: int, end: int) -> tuple[Block, ...]:
    """Return the columns' lines and the body as one block each: a table knows its line breaks, none is to be mended."""
    spans = ((0, heads_end), (heads_end + 1 if heads_end else 0, end))
    return tuple(Block(start, stop, "paragraph") for start, stop in spans if start < stop)


def _is_wrapped(value: str) -> bool:
    """Tell whether a cell's text may be cut into printed lines, as from a PDF: then the cleaner sees to its breaks."""
    return "\n" in value and _CUT_LINE.search(value) is not None


def _is_short(value: str) -> bool:
    """Tell whether a value fits in a line with its column's name."""
    return len(value) <= _SHORT and "\n" not in value


def _filled_down(grid: Grid, head_line: int) -> dict[int, dict[int, str]]:
    """Return the cells that merging gives to rows below the one they stand in, by row and column."""
    numbers = [line.number for line in grid.lines]
    result: dict[int, dict[int, str]] = {}
    filled = 0
    for top, left, bottom, _ in grid.merged:
        at = bisect_left(numbers, top)
        if top <= head_line or bottom == top or at == len(numbers) or numbers[at] != top:
            continue
        value = grid.lines[at].cells.get(left)
        below = numbers[at + 1 : bisect_right(numbers, bottom)]
        filled += len(below)
        if value is None or filled > MOST_CELLS:  # areas that overlap a million times are mischief
            continue
        for row in below:
            result.setdefault(row, {})[left] = value
    return result


def _one_table(grids: Sequence[Grid], of: Readings, name: str) -> RawText:
    """Return tables as one document: lines with one cell above a table as paragraphs, the rest as cells."""
    builder = TextBuilder(name, of.max_chars)
    doubts: list[Issue] = []
    for table, grid in enumerate(grids):
        if len(grids) > 1:
            builder.add(grid.name, "heading", level=1)
        lines = list(grid.lines)
        width = max(len(line.cells) for line in lines)
        while width > 1 and lines and len(lines[0].cells) == 1:
            builder.add(next(iter(lines.pop(0).cells.values())), "paragraph")
        lines = fold_heads(lines, grid)
        if grid.heads:
            lines.insert(0, Line(0, dict(enumerate(grid.heads))))
        columns = sorted({column for line in lines for column in line.cells})
        most = max(1, _TABLE_CELLS // max(1, len(columns)))
        if len(lines) > most:
            doubts.append(issue("ingest", "ingest.rows-cut", name=name, count=most))
        for row, line in enumerate(lines[:most]):
            before = "\n"
            for place, column in enumerate(columns):
                builder.add(line.cells.get(column, ""), "cell", before=before, cell=(table, row, place))
                before = "\t"
    return RawText(builder.text, of.media_type, of.encoding, blocks=builder.blocks, doubts=tuple(doubts))


def _safe(name: str) -> str:
    """Return an id that is fit for a file's name, a link and a line of text, and still readable."""
    text = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cf", "Co", "Cn"))
    return _UNSAFE.sub("_", text.strip()).strip("._ ")[:_LONGEST_ID]


def _unique(name: str, taken: dict[str, int]) -> str:
    """Return ``name``, with -2, -3 … behind it when it's taken already; it counts as taken from now on."""
    name = name or "1"
    count = taken.get(name, 0) + 1
    result = name if count == 1 else f"{name}-{count}"
    while result in taken:
        count += 1
        result = f"{name}-{count}"
    taken[name] = count
    taken.setdefault(result, 1)
    return result
