"""Tables of a codebook from xlsx and delimited text, with the readers that read documents."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from pipeline.coding.table_layout import Row, Sheet
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.strict import reason

MOST_BYTES, MOST_ROWS = 20_000_000, 20_000


def open_sheets(path: Path) -> tuple[Sheet, ...]:
    """Return the tables of an xlsx, csv or tsv file, cells as they are printed.

    Raises PipelineError, naming file and line, when it can't be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise PipelineError(f"{path}: 编码本读不出来（{reason(error)}），请检查路径和权限") from error
    except ValueError as error:  # a path with NUL
        raise PipelineError(f"{path!r}: 编码本的路径不对（{error}），请检查路径") from error
    if len(content) > MOST_BYTES:
        raise PipelineError(f"{path}: 文件超过 {MOST_BYTES // 1_000_000} MB，不像是编码本")
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise PipelineError(
            f"{path.name}:1: 编码本是空文件，写法见 docs/codebook.md，或用 cewen codebook export 导出一个来改"
        )
    try:
        found = _workbook(content, path.name) if path.suffix.lower() == ".xlsx" else (_text(content, path.name),)
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": path.name, **error.detail}
        told = issue("ingest", error.code, **detail).message
        raise PipelineError(f"{path.name}: 编码本读不出来（{told}）") from error
    if sum(len(sheet.rows) for sheet in found) > MOST_ROWS:
        raise PipelineError(f"{path.name}: 超过 {MOST_ROWS} 行，不像是编码本")
    return found


def _workbook(content: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the sheets that are shown and have rows."""
    from pipeline.ingest.xlsx import sheets_of

    grids = sheets_of(content, name, max_chars=MOST_BYTES // 10, most_rows=MOST_ROWS + 1)
    found = [
        Sheet(grid.name or "Sheet", tuple(Row(one.number, one.cells) for one in grid.lines), hidden)
        for grid, hidden in grids
    ]
    if not any(sheet.rows for sheet in found):
        raise PipelineError(
            f"{name}: 工作簿里没有内容，写法见 docs/codebook.md，或用 cewen codebook export 导出一个来改"
        )
    return tuple(sheet for sheet in found if sheet.rows)


def _text(content: bytes, name: str) -> Sheet:
    """Return the rows of delimited text in any encoding, each numbered by the line it begins on."""
    from pipeline.ingest.decode import decode
    from pipeline.ingest.delimited import delimiter_of
    from pipeline.ingest.grid import cell_text

    decoded = decode(content, name, max_chars=MOST_BYTES)
    if decoded.replaced:
        at = decoded.text[: decoded.text.index("\ufffd")].count("\n") + 1
        raise PipelineError(f"{name}:{at}: 有 {decoded.replaced} 处字节认不出是什么字，请另存为 UTF-8")
    text = decoded.text.replace("\x00", "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for values in reader:
            cells = {column: value for column, one in enumerate(values) if (value := cell_text(one))}
            if cells:
                rows.append(Row(line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise PipelineError(f"{name}:{line}: csv 写法有误（{error}），请检查引号是否成对") from error
    return Sheet("", tuple(rows))
