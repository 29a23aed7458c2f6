"""The features the roles of a text's measures are judged by, one set for each measure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.core.layers import Mention
from pipeline.extract.context import Context
from pipeline.extract.page import Page
from pipeline.extract.roles import Judged

_AMOUNT = re.compile(r"\d[\d.]*\s?[百千万亿]*(?:元|[%％])")
_QUALIFIES = re.compile(r"[^，。；\n]{0,14}的[，,]")
_REST = re.compile(r"[。；;\n]")
_AHEAD, _BACK, _REST_REACH = 14, 300, 60
_GOVERNING_PAIRS, _HEADING_PAIRS = 30, 40

Features = dict[str, float]


def features_of(
    page: Page, mention: Mention, context: Context, judged: Judged, *, tense: float, doc_kind: str | None
) -> Features:
    """Return the features of one measure with their values.

    They are its kind, unit and bound; the words before and behind it in its piece, segment and sentence; the headings
    above and the line that governs its list; the tense of its paragraph; and which cues of the grammar fired.
    """
    kind = mention.kind
    found = [f"k={kind}", f"u={mention.unit}", f"bd={mention.bound}", f"kb={kind}{mention.bound}"]
    found += [f"tense={round(tense * 2)}", f"dk={doc_kind}"]
    found += _before(page, context, kind)
    found += _behind(page, mention, context)
    found += _around(page, context)
    found += [f"cue{cue}" for cue in judged.fired]
    found += [f"rule={judged.role}", f"rulec={judged.role}{int(judged.lead * 5)}", f"rk={judged.role}{kind}"]
    return dict.fromkeys(found, 1.0)


def _before(page: Page, context: Context, kind: str) -> Iterable[str]:
    """Yield features of the words before the figure's list: its piece, then the rest of its segment and sentence."""
    at = context.list_start
    piece_start = at - len(context.list_piece)
    words = page.words(piece_start, at)
    for place, word in enumerate(reversed(words[-4:]), 1):
        yield f"p-{place}={word}"
    if words:
        yield f"p0={words[0]}"
        yield f"p-21={''.join(words[-2:])}"
    for word in words:
        yield f"p:{word}"
    for word in words[-3:]:
        yield f"pk:{kind}{word}"
    yield f"pc={page.text[max(0, at - 2) : at]}"
    for word in page.words(context.segment_start, piece_start):
        yield f"s:{word}"
    for word in page.words(context.sentence_start, min(context.sentence_start + _BACK, context.segment_start)):
        yield f"S:{word}"
    yield f"s0={page.word_behind(context.evidence_start)}"
    text, start = page.text, context.segment_start
    yield "par" if text.rfind("（", start, at) > text.rfind("）", start, at) else "nopar"
    yield "amountBefore" if _AMOUNT.search(context.segment) else "noBefore"


def _behind(page: Page, mention: Mention, context: Context) -> Iterable[str]:
    """Yield features of the words behind the figure, behind its list and in the rest of its segment."""
    text, at = page.text, mention.end
    stop = at + len(context.behind)
    words = page.words(at, stop)
    for place, word in enumerate(words[:4], 1):
        yield f"h{place}={word}"
    yield f"h12={''.join(words[:2])}"
    for word in words:
        yield f"h:{word}"
    for word in words[:3]:
        yield f"hk:{mention.kind}{word}"
    for place, word in enumerate(page.words(context.list_end, min(len(text), context.list_end + _AHEAD))[:2], 1):
        yield f"l{place}={word}"
    yield "de" if _QUALIFIES.match(text, at) else "node"
    mark = _REST.search(text, stop, stop + _REST_REACH)
    for word in page.words(stop, mark.start() if mark else min(len(text), stop + _REST_REACH)):
        yield f"r:{word}"
    yield "amountAhead" if _AMOUNT.search(context.rest) else "noAhead"


def _around(page: Page, context: Context) -> Iterable[str]:
    """Yield features of the headings and of the line that governs the list, as pairs of characters."""
    for heading in context.headings.split("\n"):
        for place in range(min(len(heading) - 1, _HEADING_PAIRS)):
            yield f"H:{heading[place : place + 2]}"
    governing = context.governing[-_GOVERNING_PAIRS - 1 :]
    for place in range(len(governing) - 1):
        yield f"G:{governing[place : place + 2]}"
