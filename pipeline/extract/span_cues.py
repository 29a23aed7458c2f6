"""Features of a whole span that need more than its words: the line it stands in, the unit that counts it, and what
stands between it and the figures."""

from __future__ import annotations

import re

from pipeline.extract.governed import LIST_LINE
from pipeline.extract.page import Page

_MOST_LINES, _FURTHEST = 2, 400
_LONGEST_GAP = 6
# a figure right behind a span, with what is said between
_NEXT_FIGURE = re.compile(r"[^，,。；;、：:（(\n\d]{0,5}(?=\d)")
_AMOUNT = frozenset("0123456789.一二三四五六七八九十百千万亿元%％‰余多")


def line_features(page: Page, span: tuple[int, int], list_start: int, role: str) -> list[str]:
    """Return how the line of a ``span`` before the list of figures governs the list's line.

    So many lines lie between them, the span's line ends in a colon (or one stands between them in the same line), the
    list's line begins with a list mark; and the word before the span where it stands in a line above. Who is given
    something is often named once, in the line above a list: 对下列企业给予奖励：（1）…100万元。
    """
    start, end = span
    if end > list_start:
        return []
    lines, colon = lines_between(page, end, list_start)
    features = [f"L{lines}{colon:d}{in_list(page, list_start):d}{role}"]
    return [*features, f"L{lines}{colon:d}-{page.word_before(start)}"] if lines else features


def lines_between(page: Page, end: int, list_start: int) -> tuple[int, bool]:
    """Return how many lines lie between what ends at ``end`` and the list, and whether a colon ends the first."""
    between = page.text[max(end, list_start - _FURTHEST) : list_start]
    lines = min(_MOST_LINES, between.count("\n"))
    above = between.partition("\n")[0].rstrip()
    return lines, above.endswith(("：", ":")) if lines else "：" in above


def in_list(page: Page, list_start: int) -> bool:
    """Tell whether the line around ``list_start`` begins with a list mark."""
    line = page.text.rfind("\n", max(0, list_start - _FURTHEST), list_start) + 1
    return (line > 0 or list_start <= _FURTHEST) and LIST_LINE.match(page.text, line) is not None


def unit_features(page: Page, span: tuple[int, int], list_end: int, unit: str, role: str) -> list[str]:
    """Return what a ``span`` ends in beside the figures' ``unit``, whether it stands behind them or is a figure."""
    start, end = span
    features = [f"u{unit}~{page.word_before(end)}", f"ub{start == list_end:d}{unit}"]
    return [*features, f"amount{role}"] if is_amount(page.text[start:end]) else features


def is_amount(words: str) -> bool:
    """Tell whether ``words`` are a figure and nothing else."""
    return _AMOUNT.issuperset(words)


def gap_features(page: Page, span: tuple[int, int], list_start: int, list_end: int, kind: str) -> list[str]:
    """Return what stands between a ``span`` and the list of figures where that is short."""
    start, end = span
    side, low, high = ("B", end, list_start) if end <= list_start else ("A", list_end, start)
    if high - low > _LONGEST_GAP:
        return []
    gap = page.text[low:high]
    return [f"g{side}{gap}", f"g{side}{gap}/{kind}"]


def next_figure_features(page: Page, end: int, role: str) -> list[str]:
    """Return what stands between a span behind the list that ends at ``end`` and a figure right behind it."""
    found = _NEXT_FIGURE.match(page.text, end)
    return ["nA", f"nA{role}", f"nA-{found[0]}"] if found else []
