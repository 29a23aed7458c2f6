"""What people said of each clause of a run, for each code: the votes that a trained coder learns from.

Of what a person read a code is given or not given; a machine's coding she saw and left as it was is neither, and counts
a little for the code (``LEFT``). Where several have read a clause the majority holds; where there is none the code is
given, but not surely. A child's coding counts for its parents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.coding.arrays import Floats
from pipeline.coding.learned import CodeId
from pipeline.coding.marked import Flags, Places, as_places, coded_by, covered
from pipeline.coding.taught import DOUBTFUL
from pipeline.scoring.coders import Coder, Stretches, read_people, readings_of_firsts
from pipeline.table.query import connect

LEFT = 0.3
_ID = re.compile(r"(.+):(\d+)-(\d+):([^.:]+)\.([^#]+)(?:#\d+)?")
Spans = Mapping[str, list[tuple[int, int]]]  # code → spans
NO_SPANS: Spans = {}


@dataclass(frozen=True, slots=True)
class Votes:
    """What was read by a codebook: document → coder → stretches, none: the whole. Spans by document and coder."""

    coders: tuple[str, ...]
    read: Mapping[str, Mapping[str, Stretches]]
    given: Mapping[tuple[str, str], Spans]
    left: Mapping[tuple[str, str], Spans]

    def on(
        self, doc_id: str, places: Sequence[tuple[int, int]], codes: Sequence[CodeId]
    ) -> tuple[Flags, Flags, Floats]:
        """Return which of the clauses ``places`` were read (N), and for each code (N × K) given or not and how surely.

        ``codes`` are of one codebook, parents before their children.
        """
        units = as_places(places)
        read, score = np.zeros(len(units), bool), np.zeros((len(units), len(codes)))
        for coder, stretches in self.read[doc_id].items():
            seen = _was_read(units, stretches)
            given = _flags(units, codes, self.given.get((doc_id, coder), NO_SPANS))
            left = _flags(units, codes, self.left.get((doc_id, coder), NO_SPANS))
            score += np.where(given, 1.0, np.where(left, LEFT, -1.0)) * seen[:, None]
            read |= seen
        sure = np.where(np.abs(score) >= 1, 1.0, DOUBTFUL) * read[:, None]
        return read, (score >= 0) & read[:, None], sure

    def unknown(self, known: Iterable[str]) -> set[str]:
        """Return the codes that were given but aren't ``known``."""
        return {code for spans in self.given.values() for code in spans} - set(known)


def no_votes(clauses: int, codes: int) -> tuple[Flags, Flags, Floats]:
    """Return what ``on`` gives where nobody read."""
    return np.zeros(clauses, bool), np.zeros((clauses, codes), bool), np.zeros((clauses, codes))


def read_votes(out: Path, codebook: str, lines: Mapping[str, Sequence[str]], wanted: Sequence[str] = ()) -> Votes:
    """Return what people (``wanted`` ones only) said by ``codebook`` in the run in ``out``; maybe nothing.

    ``lines``: each code with the codes above it. Raises PipelineError when ``out`` holds no finished run.
    """
    people = [one for one in read_people(out, codebook) if not wanted or one.name in wanted]
    read: dict[str, dict[str, Stretches]] = {}
    for coder in people:
        for doc_id, stretches in coder.read_by[codebook].items():
            read.setdefault(doc_id, {})[coder.name] = stretches
    given = {
        (doc_id, coder.name): _spans(lines, ((one.start, one.end, one.key.code) for one in some))
        for coder in people
        for doc_id, some in coder.codings.items()
    }
    return Votes(tuple(one.name for one in people), read, given, _left(out, codebook, lines, people))


def _left(
    out: Path, codebook: str, lines: Mapping[str, Sequence[str]], people: Sequence[Coder]
) -> dict[tuple[str, str], Spans]:
    """Return the machine's codings that people saw and left, by document and coder."""
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    with connect(out) as connection:
        those = readings_of_firsts(out, connection)
    for reading in those:
        for match in filter(None, map(_ID.fullmatch, reading.left)):
            if match[4] == codebook:
                for coder in (one.name for one in people if one.name in reading.coders):
                    found.setdefault((match[1], coder), []).append((int(match[2]), int(match[3]), match[5]))
    return {key: _spans(lines, some) for key, some in found.items()}


def _spans(lines: Mapping[str, Sequence[str]], some: Iterable[tuple[int, int, str]]) -> Spans:
    """Return spans by code, those of a code among its parents' too."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for start, end, code in some:
        for one in lines.get(code, (code,)):
            spans.setdefault(one, []).append((start, end))
    return spans


def _flags(units: Places, codes: Sequence[CodeId], spans: Spans) -> Flags:
    """Return which units are coded by each code."""
    return coded_by(units, [as_places(set(spans.get(code, ()))) for _, code in codes])


def _was_read(units: Places, stretches: Stretches) -> Flags:
    """Return which units were read: without ``stretches`` all, else those read at least by half."""
    if not stretches:
        return np.ones(len(units), bool)
    return np.asarray(2 * covered(units, as_places(stretches)) >= np.maximum(units[:, 1] - units[:, 0], 1))
