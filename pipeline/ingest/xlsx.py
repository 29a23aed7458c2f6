"""Excel workbooks (xlsx), from the XML itself, row by row.

Neither library tells all that is printed: calamine has no number formats (15% reads 0.15), openpyxl's streaming mode
neither merged cells nor hidden rows, and its full mode takes some 50 times the size of the file
(docs/decisions/0011).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from pipeline.core.config import RowSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest.attributes import whole
from pipeline.ingest.grid import MOST_COLUMNS, Grid, Line, Room, cell_text
from pipeline.ingest.package import check_size
from pipeline.ingest.printed import BUILTIN, printed
from pipeline.ingest.rows import Readings, to_raw
from pipeline.ingest.xls import workbook_doubts

# bytes of XML for one character of a document above which a part is refused unread (a zip bomb, or far too long)
_BYTES_PER_CHAR, _MOST_BYTES = 200, 300_000_000
_LAST_ROW = 1_048_576
_MOST_PARTS, _OPENING = 1000, 2000
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Book:
    """What all sheets share: strings, the number format of each cell style, and the day that dates count from."""

    strings: list[str]
    formats: list[str]
    since_1904: bool


def read_xlsx(source: Source, content: bytes, *, max_chars: int, rows: RowSettings) -> RawText:
    """Return the rows as documents, or the tables as one. Raises UnreadableFile: ``ingest.damaged``, ``too-large``."""
    found, hidden_sheets, declared = _workbook(content, source.name, max_chars, rows.most_rows)
    doubts = workbook_doubts(
        source.name, [(len(grid.lines), hidden, cut) for grid, hidden, cut in found], hidden_sheets
    )
    if declared:
        doubts = (issue("ingest", "ingest.entities", name=source.name), *doubts)
    return to_raw([g for g, _, _ in found], Readings(source.name, MEDIA_TYPE, None, max_chars, doubts), rows)


def sheets_of(content: bytes, name: str, *, max_chars: int, most_rows: int) -> list[Grid]:
    """Return the shown rows of the shown sheets, cells as they are printed. Raises UnreadableFile as ``read_xlsx``."""
    found, _, _ = _workbook(content, name, max_chars, most_rows)
    return [grid for grid, _, _ in found]


def _workbook(
    content: bytes, name: str, max_chars: int, most_rows: int
) -> tuple[list[tuple[Grid, int, bool]], int, bool]:
    """Return the sheets as ``_sheet`` does, how many are hidden, and whether entities are declared."""
    limit = min(max_chars * _BYTES_PER_CHAR, _MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            sheets, hidden_sheets, since_1904 = _sheets(package, name, limit)
            declared = _has_entities(package)
            book = _Book(list(_strings(package, name, limit)), _formats(package, name, limit), since_1904)
            room = Room(most_rows + 1)  # a line of heads is no row
            found = [_sheet(package, path, title, book, (name, limit, room)) for title, path in sheets]
    except etree.XMLSyntaxError as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=str(error)[:200]) from error
    except _BROKEN as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=f"{type(error).__name__}: {error}"[:200]) from error
    return found, hidden_sheets, declared


def _has_entities(package: zipfile.ZipFile) -> bool:
    """Tell whether a part brings a document type with it, which no spreadsheet writes; it's never expanded."""
    for info in package.infolist()[:_MOST_PARTS]:
        if info.filename.startswith("xl/") and info.filename.endswith(".xml"):
            with package.open(info) as part:
                if b"<!DOCTYPE" in part.read(_OPENING):
                    return True
    return False


def _open(package: zipfile.ZipFile, path: str, name: str, limit: int) -> IO[bytes] | None:
    """Return a part's stream, None when the package hasn't got it; a part that would fill memory is refused."""
    try:
        info = package.getinfo(path)
    except KeyError:
        return None
    check_size(info, name, limit)
    return package.open(info)


def _nodes(stream: IO[bytes] | None, *names: str) -> Iterator[Any]:
    """Yield the elements of those names, whatever their namespace, and forget each once it was looked at."""
    if stream is None:
        return
    tags = [f"{{*}}{name}" for name in names]
    with stream:
        for _, node in etree.iterparse(stream, tag=tags, resolve_entities=False, no_network=True, load_dtd=False):
            yield node
            node.clear()
            parent = node.getparent()
            while parent is not None and node.getprevious() is not None:
                del parent[0]


def _sheets(package: zipfile.ZipFile, name: str, limit: int) -> tuple[list[tuple[str, str]], int, bool]:
    """Return name and path of each sheet that's shown, how many aren't, and whether dates count from 1904."""
    targets = {
        node.get("Id", ""): node.get("Target", "")
        for node in _nodes(_open(package, "xl/_rels/workbook.xml.rels", name, limit), "Relationship")
    }
    stream = _open(package, "xl/workbook.xml", name, limit)
    if stream is None:
        raise UnreadableFile("ingest.damaged", name=name, detail="没有工作簿部分 xl/workbook.xml")
    result, hidden, since_1904 = [], 0, False
    for node in _nodes(stream, "sheet", "workbookPr"):
        if etree.QName(node).localname == "workbookPr":
            since_1904 = node.get("date1904") in ("1", "true")
            continue
        if node.get("state") in ("hidden", "veryHidden"):
            hidden += 1
            continue
        key = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        result.append((cell_text(node.get("name", "")), path))
    return result, hidden, since_1904


def _strings(package: zipfile.ZipFile, name: str, limit: int) -> Iterator[str]:
    """Yield the shared strings, in order."""
    for node in _nodes(_open(package, "xl/sharedStrings.xml", name, limit), "si"):
        yield _rich(node)


def _rich(node: Any) -> str:
    """Return the text of a string's runs, without the reading printed above it (phonetic runs)."""
    parts = [
        t.text or ""
        for t in node.iter("{*}t")
        if t.getparent() is None or etree.QName(t.getparent()).localname != "rPh"
    ]
    return cell_text(_ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(parts)))


def _formats(package: zipfile.ZipFile, name: str, limit: int) -> list[str]:
    """Return the number format of each cell style."""
    own: dict[str, str] = {}
    result: list[str] = []
    for node in _nodes(_open(package, "xl/styles.xml", name, limit), "numFmt", "cellXfs"):
        if etree.QName(node).localname == "numFmt":
            own[node.get("numFmtId", "")] = node.get("formatCode", "")
            continue
        for style in node.iter("{*}xf"):
            key = style.get("numFmtId", "0")
            result.append(own.get(key) or BUILTIN.get(whole(key, 10_000) or 0, ""))
    return result


def _sheet(
    package: zipfile.ZipFile, path: str, title: str, book: _Book, limits: tuple[str, int, Room]
) -> tuple[Grid, int, bool]:
    """Return a sheet's rows, how many hidden ones have text, and whether some were left out."""
    name, limit, room = limits
    lines: list[Line] = []
    merged: list[tuple[int, int, int, int]] = []
    hidden, number, cut = 0, 0, False
    for node in _nodes(_open(package, path, name, limit), "row", "mergeCell"):
        if etree.QName(node).localname == "mergeCell":
            merged += _area(node.get("ref", ""))
            continue
        if cut:
            continue  # the merged areas stand behind the rows
        number = whole(node.get("r"), _LAST_ROW) or number + 1
        found = _row(node, book)
        if not found:
            continue
        if node.get("hidden") in ("1", "true"):
            hidden += 1
            continue
        if not room.takes(len(lines), len(found)):
            cut = True
            continue
        lines.append(Line(number, found))
    return Grid(title, lines, tuple(merged)), hidden, cut


def _area(ref: str) -> list[tuple[int, int, int, int]]:
    """Return the merged area of 「B2:C4」 as first row and column, last row and column; none for another text."""
    corners = [_PLACE.fullmatch(part) for part in ref.split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return []
    (first, last) = ((int(c[2]), _column(c[1])) for c in corners if c is not None)
    return [(*first, *last)]


def _column(letters: str) -> int:
    """Return the number of a column from 0: A is 0, AA 26."""
    result = 0
    for letter in letters:
        result = result * 26 + ord(letter) - 64
    return result - 1


def _row(node: Any, book: _Book) -> dict[int, str]:
    """Return the cells of a row that aren't empty, by column from 0."""
    result: dict[int, str] = {}
    column = -1
    for cell in node.iter("{*}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        column = _column(place[1]) if place else column + 1
        if column < MOST_COLUMNS and (text := _cell(cell, book)):
            result[column] = text
    return result


def _cell(cell: Any, book: _Book) -> str:
    """Return a cell as it's printed; of a formula its last result."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _rich(cell)
    value = (cell.findtext("{*}v") or "").strip() if kind != "str" else cell.findtext("{*}v") or ""
    if kind == "s":
        index = whole(value, len(book.strings))
        return book.strings[index] if index is not None and index < len(book.strings) else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value, "")
    if kind != "n" or not value:
        return cell_text(value)
    style = whole(cell.get("s"), len(book.formats)) or 0
    try:
        return cell_text(
            printed(float(value), book.formats[style] if style < len(book.formats) else "", since_1904=book.since_1904)
        )
    except ValueError:
        return cell_text(value)
