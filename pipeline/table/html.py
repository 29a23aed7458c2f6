"""Tables as HTML for notebooks: first rows, Chinese headings, everything escaped, no script and no style."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from pipeline.table.cells import as_json

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, CHARS = 10, 60
# what steers a terminal or turns the direction of writing is shown as a box
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def table_html(found: pa.Table, headings: Mapping[str, str], notes: Sequence[str] = ()) -> str:
    """Return the first ``ROWS`` rows under their Chinese headings, long cells cut, and how many rows there are."""
    heads = "".join(_cell("th", headings.get(name, name), name) for name in found.column_names)
    rows = zip(*(found.column(i).slice(0, ROWS).to_pylist() for i in range(found.num_columns)), strict=True)
    body = "".join(f"<tr>{''.join(_cell('td', _text(value)) for value in row)}</tr>" for row in rows)
    shown = min(found.num_rows, ROWS)
    words = [f"显示 {shown} 行，共 {found.num_rows} 行，{found.num_columns} 列。", *notes]
    caption = "".join(f"<div>{_safe(one)}</div>" for one in words)
    return f"<div><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{caption}</div>"


def counts_html(title: str, counts: Sequence[tuple[str, str, int]]) -> str:
    """Return the tables of a run: name, Chinese name, number of rows."""
    heads = "".join(_cell("th", head) for head in ("表", "名称", "行数"))
    rows = "".join(f"<tr>{''.join(_cell('td', str(cell)) for cell in row)}</tr>" for row in counts)
    return f"<div><div>{_safe(title)}</div><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _text(value: Any) -> str:
    """Return a value as text; nothing for an empty one."""
    return "" if value is None else str(as_json(value))


def _cell(tag: str, text: str, hint: str = "") -> str:
    """Return one cell; what is cut from it, or ``hint``, is shown by the mouse."""
    short = text if len(text) <= CHARS else text[: CHARS - 1] + "…"
    more = hint or (text[: CHARS * 20] if short != text else "")
    title = f' title="{_safe(more)}"' if more else ""
    return f"<{tag}{title}>{_safe(short)}</{tag}>"


def _safe(text: str) -> str:
    """Return ``text`` for HTML, attributes too."""
    return escape(_CONTROL.sub("□", text), quote=True)
