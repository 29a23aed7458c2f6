"""Lists written in lines: which sentence above governs the line a measure stands in."""

from __future__ import annotations

import re

LIST_LINE = re.compile(
    r"\s*(?:[-—–]{2}|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[一二三四五六七八九十]是|[●•·■◆①-⑳])"
)
_SENTENCE_END = re.compile(r"[。！？；]\s*(?=.)")
_UNIT_BEHIND = re.compile(r"\s*[（(][^（）()]*[）)]\s*$")
_NUMBER = re.compile(r"[-－+≥≤<>约近超]*\s?\d")
_MOST_LINES, _MOST_ROWS, _LONGEST = 12, 60, 300


def governing_sentence(text: str, at: int) -> tuple[int, int] | None:
    """Return the span of the sentence in the line above that ends in a colon and governs the line around ``at``.

    The lines between are list lines or end in a semicolon. ``None`` without one; lines of more than 300 characters
    make no list.
    """
    line, after = _line(text, at)
    if line is None:
        return None
    listed = LIST_LINE.match(text, line) is not None or text[line:after].rstrip().endswith(("；", ";"))
    for number in range(_MOST_LINES):
        end = line - 1
        line, _ = _line(text, end) if end > 0 else (None, 0)
        if line is None:
            return None
        said = text[line:end].rstrip()
        if said.endswith(("：", ":")):
            starts = [line, *(found.end() for found in _SENTENCE_END.finditer(text, line, end))]
            return (starts[-1], line + len(said)) if listed or number else None
        if LIST_LINE.match(text, line) is None and not said.endswith(("；", ";")):
            return None
    return None


def table_column(text: str, at: int) -> tuple[int, int] | None:
    """Return the table and the column of the cell around ``at``: where its first row begins and how many tabs precede.

    Rows are lines with tabs; ``None`` outside of one.
    """
    line, after = _line(text, at)
    if line is None or "\t" not in text[line:after]:
        return None
    column, first = text.count("\t", line, at), line
    for _ in range(_MOST_ROWS):
        above, _ = _line(text, first - 1) if first > 0 else (None, 0)
        if above is None or "\t" not in text[above:first]:
            break
        first = above
    return first, column


def column_said(text: str, at: int) -> tuple[str, str] | None:
    """Return the first row's cell above the table cell around ``at``, and the whole first row with the cell's own row.

    ``None`` outside of tables and in the first row.
    """
    if (place := table_column(text, at)) is None:
        return None
    first, column = place
    row_end = text.find("\n", first)
    line, after = _line(text, at)
    if line is None or line == first or row_end < 0:
        return None
    cells = text[first:row_end].split("\t")
    own = cells[column].strip() if column < len(cells) else ""
    return own, f"{text[first:row_end]}\t{text[line:after]}"


def column_header(text: str, at: int) -> str | None:
    """Return what stands above the table cell around ``at``: the line over the table and the first row's cell."""
    if (place := table_column(text, at)) is None:
        return None
    first, column = place
    row_end = text.find("\n", first)
    cells = [] if first <= at <= row_end or row_end < 0 else text[first:row_end].split("\t")
    caption = text[text.rfind("\n", max(0, first - 1 - _LONGEST), max(0, first - 1)) + 1 : max(0, first - 1)]
    return f"{caption}\n{cells[column] if column < len(cells) else ''}"


def in_own_row(
    text: str, at: int, span: tuple[int, int], stage: re.Pattern[str], row_name: re.Pattern[str]
) -> tuple[int, int]:
    """Return the cell of the row around ``at`` that says for it what ``span`` says, which lies in the same table.

    It's the one under a cell of another row; for a head, where the own column's only tells the ``stage`` (目标值), the
    one under the first head that ``row_name`` matches. ``span`` itself where there is none, or it's empty or a number.
    """
    own, other = table_column(text, at), table_column(text, span[0])
    if own is None or other is None or own[0] != other[0]:
        return span
    (line, after), (begin, end) = _line(text, at), _line(text, span[0])
    if line is None or begin is None or begin == line or text.count("\t", line, after) != text.count("\t", begin, end):
        return span
    column: int | None = other[1]
    if begin == own[0]:
        heads = text[begin:end].split("\t")
        told = stage.match(heads[own[1]])
        column = next((i for i, head in enumerate(heads) if told and row_name.search(head)), None)
    if column is None:
        return span
    before = text[line:after].split("\t")[:column]
    start = line + sum(map(len, before)) + len(before)
    cell = _UNIT_BEHIND.sub("", text[start:after].partition("\t")[0]).strip()
    if not cell or _NUMBER.match(cell):
        return span
    start = text.index(cell, start)
    return start, start + len(cell)


def _line(text: str, at: int) -> tuple[int | None, int]:
    """Return where the line around ``at`` begins and ends, ``None`` for its begin when it's too long."""
    begin = text.rfind("\n", max(0, at - _LONGEST), at) + 1
    if begin == 0 and at > _LONGEST:
        return None, at
    end = text.find("\n", at, at + _LONGEST)
    return begin, end if end >= 0 else min(len(text), at + _LONGEST)
