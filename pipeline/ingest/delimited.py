"""Delimited text (csv, tsv): which character separates the cells, and the rows in them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from pipeline.core.config import RowSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest.columns import normal
from pipeline.ingest.decode import decode
from pipeline.ingest.grid import MOST_COLUMNS, MOST_ROWS, Grid, Line, Room, RowDoubts, cell_text
from pipeline.ingest.rows import Readings, to_raw
from pipeline.ingest.txt import encoding_doubts

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE, _SAMPLE_ROWS = 100_000, 200
_FIRST_LINE, _LONGEST_HEAD = 4096, 20
# set once, since it goes for the whole process: a cell may be as long as any file we take (the most a C long holds)
csv.field_size_limit(2**31 - 1)


def read_delimited(source: Source, content: bytes, *, max_chars: int, rows: RowSettings) -> RawText:
    """Return the rows as documents, or the table as one. Raises UnreadableFile (see ``decode`` and ``to_raw``)."""
    # the limit of characters goes for one document; the file's own is the limit of bytes
    decoded = decode(content, source.name, max_chars=max(max_chars, len(content)))
    doubts = RowDoubts(source.name)
    text = decoded.text.replace("\x00", "")
    lines, cut = _lines(text, delimiter_of(text), doubts, rows.most_rows)
    found = [*encoding_doubts(decoded, source.name), *doubts.all()]
    if cut:
        found.append(issue("ingest", "ingest.rows-cut", name=source.name, count=len(lines)))
    readings = Readings(source.name, "text/csv", decoded.encoding, max_chars, tuple(found))
    return to_raw([Grid("", lines)], readings, rows)


def read_grid(name: str, content: bytes) -> Grid:
    """Return the rows of a delimited text as they are. Raises UnreadableFile (see ``decode``)."""
    text = decode(content, name, max_chars=max(1, len(content))).text.replace("\x00", "")
    lines, _ = _lines(text, delimiter_of(text), RowDoubts(name), MOST_ROWS)
    return Grid("", lines)


def begins_as_table(content: bytes, rows: RowSettings) -> bool:
    """Tell whether the first line of a text can only be the heads of a table of documents: 「标题,发文字号,正文」."""
    head = content[:_FIRST_LINE]
    try:
        text = decode(head, "", max_chars=_FIRST_LINE).text
    except UnreadableFile:
        return False
    line = text.lstrip().partition("\n")[0].strip()
    known = {normal(name) for name in rows.text}
    parts = (rows.title, rows.id, rows.doc_number, rows.issuer, rows.issue_date)
    others = {normal(name) for part in parts for name in part}
    for delimiter in _DELIMITERS:
        heads = [normal(cell) for cell in line.replace('"', "").split(delimiter)]
        if len(heads) > 1 and not known.isdisjoint(heads) and not (others - known).isdisjoint(heads):
            return all(0 < len(head) <= _LONGEST_HEAD for head in heads)
    return False


def delimiter_of(text: str) -> str:
    """Return the character that cuts most rows of the beginning into as many cells as the first, more than one."""
    head = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        head = head[: head.rfind("\n") + 1] or head
    best, most = ",", (0.0, 1)
    for delimiter in _DELIMITERS:
        if delimiter not in head:
            continue
        widths: Counter[int] = Counter()
        with suppress(csv.Error):  # told when the rows are read
            widths.update(len(row) for row, _ in _records(head, delimiter, _SAMPLE_ROWS) if row)
        width, times = max(((w, n) for w, n in widths.items() if w > 1), key=lambda p: p[1], default=(1, 0))
        score = (times / max(1, widths.total()), width)
        if score > most:
            best, most = delimiter, score
    return best


def _records(text: str, delimiter: str, most: int | None = None) -> Iterator[tuple[list[str], int]]:
    """Yield the rows and the line (from 1) each ends on; a cell may be as long as the text. Raises ``csv.Error``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t")
    for count, row in enumerate(reader):
        if most is not None and count >= most:
            return
        yield row, reader.line_num


def _lines(text: str, delimiter: str, doubts: RowDoubts, most: int) -> tuple[list[Line], bool]:
    """Return the rows that aren't empty, numbered, and whether some were left out."""
    lines: list[Line] = []
    number = before = 0
    room = Room(most + 1)  # a line of heads is no row
    for row, line_number in _closed(text, delimiter, doubts):
        first, before = before + 1, line_number
        if not row:
            continue  # a blank line is no row
        number += 1
        if len(row) > MOST_COLUMNS:
            doubts.add(first, f"有 {len(row)} 格，只读了前 {MOST_COLUMNS} 格")
        found = {column: value for column, cell in enumerate(row[:MOST_COLUMNS]) if (value := cell_text(cell))}
        if not found:
            continue
        if not room.takes(len(lines), len(found)):
            return lines, True
        lines.append(Line(number, found))
    return lines, False


def _closed(text: str, delimiter: str, doubts: RowDoubts) -> Iterator[tuple[list[str], int]]:
    """Yield the rows and their last lines; a quote that is never closed doesn't swallow the rest of the file."""
    line, total = 0, sum(1 for _ in io.StringIO(text, newline=""))
    rows = _records(text, delimiter)
    while True:
        try:
            row, last = next(rows)
        except StopIteration:
            return
        except csv.Error:  # the rest is read without it
            doubts.add(line + 1, "csv 写法有误，从这一行起不再把引号当作界定符")
            yield from _unquoted(text, delimiter, line)
            return
        if last == total and last - line > 1:
            tail = islice(io.StringIO(text, newline=""), line, None)
            if sum(part.count('"') for part in tail) % 2:
                doubts.add(line + 1, "引号没有闭合，从这一行起不再把引号当作界定符")
                yield from _unquoted(text, delimiter, line)
                return
        line = last
        yield row, last


def _unquoted(text: str, delimiter: str, line: int) -> Iterator[tuple[list[str], int]]:
    """Yield the lines behind the first ``line`` as rows, quotes as they are."""
    for at, part in enumerate(islice(io.StringIO(text, newline=""), line, None), line + 1):
        yield part.rstrip("\r\n").split(delimiter), at
