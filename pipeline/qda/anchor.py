"""Places a person's selection on the raw text: by its position, and where the text has changed, by its quote."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from pipeline.qda.align import Alignment, Span
from pipeline.qda.folding import squeeze
from pipeline.qda.project import Mark
from pipeline.qda.settle import nearest

How = Literal["position", "quote", "nearest", "similar"]
_LIKE = 0.6  # from this share of common pairs of characters on, a passage is the quote with changes
_EDGE = 300  # so many characters at each end of a changed passage are compared one by one
_PIECES = 50  # so many pieces of a quote at most are looked for
_SHORT = 4  # a shorter quote is only looked for where it's expected


@dataclass(frozen=True, slots=True)
class Placed:
    """A raw span and how it was found: by ``position``, by the exact ``quote``, ``nearest`` of several, ``similar``."""

    start: int
    end: int
    how: How


class Anchor:
    """Places the marks of one paper on the raw text of its document."""

    def __init__(self, alignment: Alignment) -> None:
        """Keep the alignment; nothing is used up yet."""
        self._alignment = alignment
        self._used: Counter[tuple[str, str, tuple[str, ...]]] = Counter()

    def place(self, mark: Mark) -> Placed | str:
        """Return where ``mark`` stands, or in Chinese why that isn't known."""
        alignment = self._alignment
        known = 0 <= mark.start < mark.end
        if known and alignment.exact and alignment.known:
            span = alignment.place(mark.start, mark.end)
            return Placed(*span, "position") if span else "选中的只有空白，没有文字"
        quote = squeeze(mark.quote)
        if not quote:
            span = alignment.place(mark.start, mark.end) if known and not alignment.known else None
            return Placed(*span, "position") if span else "没有原文，位置也对不上本文档"
        if known:
            return self._near(quote, *alignment.guess(mark.start, mark.end), exact=self._raw_span(mark))
        return self._unplaced(quote, mark)

    def _raw_span(self, mark: Mark) -> Span | None:
        """Return the span of a mark whose positions are into the raw text, if its quote stands just there."""
        if self._alignment.known or mark.end > len(self._alignment.raw):
            return None
        same = squeeze(self._alignment.raw[mark.start : mark.end]) == squeeze(mark.quote)
        return (mark.start, mark.end) if same else None

    def _near(self, quote: str, first: int, last: int, *, exact: Span | None) -> Placed | str:
        """Return the place of a quote expected at ``[first, last)`` of the folded text."""
        if exact is not None:
            return Placed(*exact, "position")
        folded = self._alignment.folded
        if folded.text.startswith(quote, first):
            return Placed(*folded.outside(first, first + len(quote)), "quote")
        similar = self._similar(quote, first, last)
        at = nearest(folded.text, quote, first) if len(quote) >= _SHORT or abs(last - first) <= len(quote) else None
        if at is not None and (abs(at - first) <= 2 * len(quote) or similar is None):
            how: How = "quote" if folded.text.count(quote) == 1 else "nearest"
            return Placed(*folded.outside(at, at + len(quote)), how)
        return similar or "原文在本文档中找不到"

    def _unplaced(self, quote: str, mark: Mark) -> Placed | str:
        """Return the place of a quote without positions; of equal rows of a table each gets the next occurrence."""
        folded = self._alignment.folded
        key = (quote, mark.coder, mark.theme)
        nth = self._used[key]
        self._used[key] += 1
        at = folded.text.find(quote)
        several = at >= 0 and folded.text.find(quote, at + 1) >= 0
        for _ in range(nth):
            following = folded.text.find(quote, at + len(quote)) if at >= 0 else -1
            at = following if following >= 0 else at
        if at >= 0:
            return Placed(*folded.outside(at, at + len(quote)), "nearest" if several else "quote")
        return self._searched(quote) or "原文在本文档中找不到"

    def _searched(self, quote: str) -> Placed | None:
        """Return where a changed quote stands, led there by a piece of it that has stayed."""
        text = self._alignment.folded.text
        size = max(6, min(24, len(quote) // 4))
        for at in range(0, max(1, len(quote) - size + 1), max(size, len(quote) // _PIECES)):
            found = text.find(quote[at : at + size])
            if found >= 0 and (placed := self._similar(quote, max(0, found - at), found - at + len(quote))):
                return placed
        return None

    def _similar(self, quote: str, first: int, last: int) -> Placed | None:
        """Return the passage about ``[first, last)`` that is the quote with changes, or None. Bounded time."""
        folded = self._alignment.folded
        room = max(20, len(quote) // 4)
        size = min(max(last - first, len(quote)), 2 * len(quote) + room)
        low, high = max(0, first - room), min(len(folded.text), first + size + room)
        begin, finish = _edges(quote, folded.text[low:high])
        if begin >= finish or _common(quote, folded.text[low + begin : low + finish]) < _LIKE:
            return None
        return Placed(*folded.outside(low + begin, low + finish), "similar")


def _edges(quote: str, window: str) -> Span:
    """Return where in ``window`` the changed ``quote`` begins and ends; equal when it isn't there."""
    head, tail = quote[:_EDGE], quote[-_EDGE:]
    front = window[: 2 * _EDGE]
    back = window[-2 * _EDGE :]
    firsts = [m for m in SequenceMatcher(None, head, front, autojunk=False).get_matching_blocks() if m.size > 1]
    lasts = [m for m in SequenceMatcher(None, tail, back, autojunk=False).get_matching_blocks() if m.size > 1]
    if not firsts or not lasts:
        return 0, 0
    shift = len(window) - len(back)
    rest = len(tail) - lasts[-1].a - lasts[-1].size
    begin = firsts[0].b - (firsts[0].a if firsts[0].a <= 2 else 0)
    finish = shift + lasts[-1].b + lasts[-1].size + (rest if rest <= 2 else 0)
    return max(0, begin), min(len(window), finish)


def _common(one: str, other: str) -> float:
    """Return the share of pairs of neighbouring characters two texts have in common (Dice)."""
    pairs = [Counter(pairwise(text)) for text in (one, other)]
    total = pairs[0].total() + pairs[1].total()
    return 2 * (pairs[0] & pairs[1]).total() / total if total else float(one == other)
