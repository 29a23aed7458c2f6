"""Spans of a text as nested HTML elements. Spans may overlap in any way.

Elements can't cross each other, so where two spans do, one is cut in two elements: the one of lower rank. All text
stays as it is: the text of a span's elements together is the text of the span.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

# what embeds, overrides or isolates a reading direction; unpaired, it reaches beyond any element around it
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Span:
    """A span of the text, offsets as in the text's source: half-open, code points.

    ``anchor`` is the id of its first element; ``attributes`` stand on each; ``after`` follows the last element, as it
    is. Of two spans that cross the one with the lower ``rank`` is cut.
    """

    start: int
    end: int
    rank: int
    tag: str
    anchor: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    after: str = ""


def marked(text: str, offset: int, spans: Sequence[Span]) -> Markup:
    """Return ``text``, which begins at ``offset``, as HTML with the spans as elements.

    Spans without length or outside the text are left out; what reaches beyond the text is cut.
    """
    return Markup("").join(Markup(part) for part in _parts(text, offset, spans))


def _parts(text: str, offset: int, spans: Sequence[Span]) -> Iterable[str]:
    """Yield the pieces of the HTML."""
    end = offset + len(text)
    kept = [span for span in spans if max(span.start, offset) < min(span.end, end)]
    opening: defaultdict[int, list[Span]] = defaultdict(list)
    for span in kept:
        opening[max(span.start, offset)].append(span)
    borders = sorted({offset, end, *opening, *(min(span.end, end) for span in kept)})
    writer = _Writer()
    wanted: list[Span] = []
    for at, following in zip(borders, [*borders[1:], end], strict=True):
        wanted = [span for span in wanted if min(span.end, end) > at]
        for span in sorted(opening[at], key=lambda one: (-one.end, one.rank)):
            wanted = _with(span, wanted)
        yield from writer.turn(wanted, at)
        yield text_html(text[at - offset : following - offset])


def _with(span: Span, opened: list[Span]) -> list[Span]:
    """Return the open spans with one more; those of lower rank that end within it come inside it."""
    place = len(opened)
    for at in range(len(opened) - 1, -1, -1):
        if opened[at].rank >= span.rank:
            break
        if opened[at].end < span.end:  # it would be cut where this one ends, whatever stands between the two
            place = at
    return [*opened[:place], span, *opened[place:]]


class _Writer:
    """Opens and closes elements so that just the spans wanted are open."""

    def __init__(self) -> None:
        self._open: list[Span] = []
        self._begun: set[int] = set()

    def turn(self, wanted: Sequence[Span], at: int) -> Iterable[str]:
        """Yield the tags that lead from the elements open to those wanted at a place of the text."""
        same = 0
        while same < min(len(wanted), len(self._open)) and wanted[same] is self._open[same]:
            same += 1
        for span in reversed(self._open[same:]):
            yield f"</{span.tag}>"
            if not any(one is span for one in wanted):
                yield span.after
        for span in wanted[same:]:
            yield self._opening(span)
        self._open = list(wanted)

    def _opening(self, span: Span) -> str:
        """Return a span's opening tag; only the first of its elements has the id."""
        given = dict(span.attributes)
        if id(span) in self._begun:
            given["class"] = f"{given.get('class', '')} cont".strip()
        else:
            given = {"id": span.anchor, **given} if span.anchor else given
            self._begun.add(id(span))
        listed = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        return f"<{span.tag}{listed}>"


def text_html(text: str) -> str:
    """Return a text as HTML that a browser reads back as the same text; NUL, which HTML can't hold, becomes U+FFFD.

    Control characters are written as numbers: a browser would make a line end of CR, a terminal obey ESC. Those that
    turn the reading direction are there, but don't turn it: what isn't drawn has no direction, a sign stands for it.
    """
    return TURNS.sub(_turn, escaped(text))


def escaped(text: str) -> str:
    """Return a text escaped for HTML and its attributes, control characters as numbers, NUL as U+FFFD."""
    return _CONTROL.sub(lambda found: f"&#{ord(found[0])};", escape(text).replace("\0", "\ufffd"))


def _turn(found: re.Match[str]) -> str:
    """Return a character that turns the reading direction as an element that isn't drawn, and its sign."""
    number = ord(found[0])
    return f'<span class="turn" data-code="U+{number:X}"><span hidden>&#{number};</span></span>'
