"""Samples of clauses for a reliability test: at random, or in strata. Pure; equal arguments give equal samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a run (raw offsets) and its stratum; all clauses of a simple random sample are in one."""

    doc_id: str
    start: int
    end: int
    stratum: str = ""


def draw(clauses: Sequence[Clause], size: int, *, seed: int) -> tuple[Clause, ...]:
    """Return ``size`` clauses (all, if there are no more), in the order given.

    Every stratum gives the same number as far as it has so many; what a small one lacks the others give. So rare
    strata are seen often enough to be judged, and figures over all of a stratified sample aren't those of the corpus.
    """
    random = Random(seed)
    strata: dict[str, list[int]] = {}
    for number, clause in enumerate(clauses):
        strata.setdefault(clause.stratum, []).append(number)
    # strata that come first in the documents mustn't get the odd clause each time
    names = random.sample(sorted(strata), len(strata))
    shares = allocate({name: len(strata[name]) for name in names}, size)
    chosen = [number for name in names for number in random.sample(strata[name], shares[name])]
    return tuple(clauses[number] for number in sorted(chosen))


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """Return how many each stratum gives: the same from each, no more than it has, odd ones from the first."""
    shares = dict.fromkeys(sizes, 0)
    left = min(size, sum(sizes.values()))
    while left:
        there = [name for name in sizes if shares[name] < sizes[name]]
        each = max(left // len(there), 1)
        for name in there[:left]:
            given = min(each, sizes[name] - shares[name], left)
            shares[name] += given
            left -= given
    return shares


def rarest(codes_of: Sequence[frozenset[str]], *, none: str) -> list[str]:
    """Return a stratum for each clause: the rarest of its codes over all clauses, ``none`` for a clause without."""
    often: dict[str, int] = {}
    for codes in codes_of:
        for code in codes:
            often[code] = often.get(code, 0) + 1
    return [min(codes, key=lambda code: (often[code], code)) if codes else none for codes in codes_of]
