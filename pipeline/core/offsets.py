"""Edits from one text to the next, and the way back.

An edit replaces ``text[start:end]``. A list of edits is sorted and doesn't overlap; edits may touch.
All offsets are code points, half-open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` becomes ``replacement``; ``reason`` names the cleaner."""

    start: int
    end: int
    replacement: str
    reason: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with ``edits`` made. Raises ValueError when they overlap, are unsorted or lie outside."""
    parts, at = [], 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edit {edit} overlaps another or lies outside the text")
        parts.append(text[at : edit.start])
        parts.append(edit.replacement)
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


class OffsetMap:
    """Leads offsets of the edited text back to the source text and the other way."""

    __slots__ = ("_new_ends", "_new_starts", "_old_ends", "_old_starts")

    def __init__(self, edits: Iterable[Edit]) -> None:
        """Build from sorted edits; O(number of edits)."""
        self._old_starts: list[int] = []
        self._old_ends: list[int] = []
        self._new_starts: list[int] = []
        self._new_ends: list[int] = []
        shift = 0
        for edit in edits:
            start = edit.start + shift
            self._old_starts.append(edit.start)
            self._old_ends.append(edit.end)
            self._new_starts.append(start)
            self._new_ends.append(start + len(edit.replacement))
            shift += len(edit.replacement) - (edit.end - edit.start)

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the tightest source span whose edited form contains ``[start, end)`` of the edited text.

        A span that cuts into a replacement takes the whole replaced source span. Deletions at the borders stay outside.
        An empty span gives an empty span.
        """
        if start == end:
            at = _start_across(start, self._new_starts, self._new_ends, self._old_starts, self._old_ends)
            return at, at
        return (
            _start_across(start, self._new_starts, self._new_ends, self._old_starts, self._old_ends),
            _end_across(end, self._new_starts, self._new_ends, self._old_starts, self._old_ends),
        )

    def from_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the tightest span of the edited text that contains what is left of ``[start, end)`` of the source."""
        first = _start_across(start, self._old_starts, self._old_ends, self._new_starts, self._new_ends)
        last = _end_across(end, self._old_starts, self._old_ends, self._new_starts, self._new_ends)
        return first, max(first, last)


def _start_across(at: int, a_starts: list[int], a_ends: list[int], b_starts: list[int], b_ends: list[int]) -> int:
    """Map a span's start from side a to side b, to the right of anything that is empty on side a at this place."""
    index = bisect_right(a_starts, at) - 1
    if index < 0:
        return at
    if at < a_ends[index]:
        return b_starts[index]
    return b_ends[index] + at - a_ends[index]


def _end_across(at: int, a_starts: list[int], a_ends: list[int], b_starts: list[int], b_ends: list[int]) -> int:
    """Map a span's end from side a to side b, to the left of anything that is empty on side a at this place."""
    index = bisect_left(a_starts, at) - 1
    if index < 0:
        return at
    if at <= a_ends[index]:
        return b_ends[index]
    return b_ends[index] + at - a_ends[index]


def compose(source: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return edits on ``source`` that do ``first`` and then ``second``, whose offsets are into the text in between.

    Edits that don't overlap stay apart, so offsets stay as exact as they were.
    """
    if not first or not second:
        return tuple(first or second)
    middle = apply(source, first)
    spans = OffsetMap(first)
    placed: list[tuple[int, int, int, Edit]] = []
    shift = 0
    for edit in first:
        placed.append((edit.start + shift, edit.start + shift + len(edit.replacement), 0, edit))
        shift += len(edit.replacement) - (edit.end - edit.start)
    placed.extend((edit.start, edit.end, 1, edit) for edit in second)
    placed.sort(key=lambda p: (p[0], p[1], p[2]))
    result: list[Edit] = []
    group: list[tuple[int, int, int, Edit]] = []
    reach = -1
    for item in placed:
        if group and item[0] < reach:
            group.append(item)
            reach = max(reach, item[1])
        else:
            _close(group, middle, spans, result)
            group, reach = [item], item[1]
    _close(group, middle, spans, result)
    return tuple(result)


def _close(group: list[tuple[int, int, int, Edit]], middle: str, spans: OffsetMap, result: list[Edit]) -> None:
    """Turn one group of overlapping edits into one edit on the source."""
    if not group:
        return
    if len(group) == 1:
        start, end, order, edit = group[0]
        if order == 0:
            result.append(edit)
        else:
            result.append(Edit(*spans.to_source(start, end), edit.replacement, edit.reason))
        return
    low, high = min(p[0] for p in group), max(p[1] for p in group)
    later = [Edit(p[0] - low, p[1] - low, p[3].replacement, p[3].reason) for p in group if p[2] == 1]
    old_start, old_end = spans.to_source(low, high)
    reasons = "+".join(dict.fromkeys(p[3].reason for p in group))
    result.append(Edit(old_start, old_end, apply(middle[low:high], later), reasons))
