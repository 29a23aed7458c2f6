"""The time a sentence ties a measure to."""

from __future__ import annotations

import re
from bisect import bisect_right

from pipeline.extract.context import governing_line

_DASH = r"(?:至|到|—{1,2}|－|-|–|~|～)"
_YEAR = r"(?:19|20)\d\d"
# 比2020年增长: the base of a comparison isn't the measure's time
_BASE = re.compile(r"[比较]$")
_DATE = re.compile(
    rf"(?P<y1>{_YEAR})\s?年?\s?{_DASH}\s?(?P<y2>{_YEAR})\s?年?(?!\s?\d{{0,2}}月)"
    rf"|(?P<d1>{_YEAR})年(?P<m1>\d{{1,2}})月(?P<n1>\d{{1,2}})日{_DASH}(?:(?P<d2>{_YEAR})年)?(?:(?P<m2>\d{{1,2}})月)?(?P<n2>\d{{1,2}})日"
    rf"|(?P<a1>{_YEAR})年(?P<b1>\d{{1,2}})月?{_DASH}(?:(?P<a2>{_YEAR})年)?(?P<b2>\d{{1,2}})月"
    rf"|(?P<y>{_YEAR})\s?年(?:度|底|末|初|全年)?(?:\s?(?P<m>\d{{1,2}})\s?月(?:\s?(?P<d>\d{{1,2}})\s?日)?)?"
)


class Times:
    """Finds the time of measures in one document."""

    def __init__(self, text: str) -> None:
        """Index the dates of ``text``."""
        self._text = text
        self._dates = [
            (m.start(), m.end(), _iso(m))
            for m in _DATE.finditer(text)
            if not _BASE.search(text[max(0, m.start() - 4) : m.start()])
        ]
        self._starts = [start for start, _, _ in self._dates]

    def at(self, start: int, sentence_start: int) -> str | None:
        """Return the ISO prefix or interval ``a/b`` for the measure at ``start``, or ``None``.

        The last date before it in its sentence; else, in a list, the date that opens the line which governs the list.
        """
        index = bisect_right(self._starts, start) - 1
        if index >= 0 and self._starts[index] >= sentence_start:
            return self._dates[index][2]
        span = governing_line(self._text, start)
        if span is None:
            return None
        index = bisect_right(self._starts, span[1]) - 1
        return self._dates[index][2] if index >= 0 and self._starts[index] >= span[0] else None


def _iso(match: re.Match[str]) -> str:
    """Return the ISO form of a date, as exact as printed."""
    g = match.groupdict()
    if g["y1"]:
        return f"{g['y1']}/{g['y2']}"
    if g["d1"]:
        begin = f"{g['d1']}-{int(g['m1']):02}-{int(g['n1']):02}"
        return f"{begin}/{g['d2'] or g['d1']}-{int(g['m2'] or g['m1']):02}-{int(g['n2']):02}"
    if g["a1"]:
        return f"{g['a1']}-{int(g['b1']):02}/{g['a2'] or g['a1']}-{int(g['b2']):02}"
    parts = [g["y"]] + [f"{int(g[k]):02}" for k in ("m", "d") if g[k]]
    return "-".join(parts)
