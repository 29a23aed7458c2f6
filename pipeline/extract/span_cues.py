"""Features of a whole span that need more than its words: the line it stands in, and the unit that counts it."""

from __future__ import annotations

from pipeline.extract.governed import LIST_LINE
from pipeline.extract.page import Page

_MOST_LINES, _FURTHEST = 2, 400
_AMOUNT = frozenset("0123456789.一二三四五六七八九十百千万亿元%％‰余多")


def line_features(page: Page, span: tuple[int, int], list_start: int, role: str) -> list[str]:
    """Return how the line of a ``span`` before the list of figures governs the list's line.

    So many lines lie between them, the span's line ends in a colon (or one stands between them in the same line), the
    list's line begins with a list mark; and the word before the span where it stands in a line above. Who is given
    something is often named once, in the line above a list: 对下列企业给予奖励：（1）…100万元。
    """
    text, (start, end) = page.text, span
    if end > list_start:
        return []
    between = text[max(end, list_start - _FURTHEST) : list_start]
    lines = min(_MOST_LINES, between.count("\n"))
    above = between.partition("\n")[0].rstrip()
    colon = above.endswith(("：", ":")) if lines else "：" in above
    line = text.rfind("\n", max(0, list_start - _FURTHEST), list_start) + 1
    listed = (line > 0 or list_start <= _FURTHEST) and LIST_LINE.match(text, line) is not None
    features = [f"L{lines}{colon:d}{listed:d}{role}"]
    return [*features, f"L{lines}{colon:d}-{page.word_before(start)}"] if lines else features


def unit_features(page: Page, span: tuple[int, int], list_end: int, unit: str, role: str) -> list[str]:
    """Return what a ``span`` ends in beside the figures' ``unit``, whether it stands behind them or is a figure."""
    start, end = span
    last = page.word_before(end)
    features = [f"u{unit}~{last}", f"ub{start == list_end:d}{unit}"]
    if all(character in _AMOUNT for character in page.text[start:end]):
        features.append(f"amount{role}")
    return features
