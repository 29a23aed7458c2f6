"""Lists of annexes (附件：1.… 2.…), whose items are no headings."""

from __future__ import annotations

import re

_LIST = re.compile(r"(?:^|\n|(?<=\s\s))[ \u3000\t]*附[件：][^\n]{0,6}?[：:]?(?P<first>[^\n]*)")
_ITEM = re.compile(
    r"[\s\u3000]*(?:附件)?\s?(?:[0-9０-９]{1,2}\s?[.．、：:\-—]?|（\d{1,2}）|[一二三四五六七八九十]{1,2}、)(?P<rest>[^\n]*)"
)
_HEAD = re.compile(r"(?:^|(?<=\n)|(?<=\s\s)|(?<=。))[ \u3000\t]*附件\s?(?:[0-9０-９]{1,2})?\s?[：:]")
_LONGEST_ITEM = 80
_MOST = 60


def annex_lists(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans (code points) of lists of annexes: 「附件：1.…」 and the numbered lines that follow it."""
    spans: list[tuple[int, int]] = []
    at = text.find("附件")
    while at >= 0:
        found = _HEAD.match(text, at) if _begins(text, at) else None
        if found is None:
            at = text.find("附件", at + 2)
            continue
        end = _list_end(text, found.end())
        if end > found.end():
            spans.append((at, end))
        at = text.find("附件", max(end, at + 2))
    return tuple(spans)


def _begins(text: str, at: int) -> bool:
    """Tell whether a line, or what a wide gap or full stop sets off, begins at ``at``."""
    before = text[max(0, at - 2) : at]
    return not before or before.endswith(("\n", "。")) or not before.strip()


def _list_end(text: str, start: int) -> int:
    """Return where the list that begins at ``start`` ends; ``start`` itself when none follows."""
    line = _line_end(text, start)
    first = text[start:line].strip()
    at = line if first else start
    items = int(bool(first))
    for _ in range(_MOST):
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:
            break
        # an item is one short line without a sentence in it
        if "。" in item.group() or len(item["rest"].strip()) > _LONGEST_ITEM or len(item["rest"].strip()) < 2:
            break
        items += 1
        at = item.end()
    if first and ("。" in first[:-1] or len(first) > 4 * _LONGEST_ITEM):
        return start
    return at if items else start


def _line_end(text: str, at: int) -> int:
    """Return the end of the line ``at`` stands in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end
