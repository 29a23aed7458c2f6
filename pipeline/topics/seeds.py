"""Seed words: what the topics of a seeded model should be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.topics.sample import Sample

RARE = 3
"""A seed word in fewer documents says too little."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """A code, its name for messages, and the words that speak for it, each with a weight above 0."""

    code: str
    name: str
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SeedColumns:
    """Which of a code's seed words the documents have: the columns of the sample and the weight of each.

    ``absent`` stand in none of the words kept, ``rare`` in few documents.
    """

    code: str
    name: str
    columns: tuple[tuple[int, float], ...]
    absent: tuple[str, ...]
    rare: tuple[str, ...]


def look_up(sample: Sample, seeds: Sequence[Seeds]) -> list[SeedColumns]:
    """Return for each code which of its words the sample has. A word that has the term within it counts for it."""
    import numpy as np

    spread = np.bincount(sample.counts.indices, minlength=len(sample.vocabulary))
    result = []
    for one in seeds:
        columns: dict[int, float] = {}
        absent, rare = [], []
        for term, weight in one.terms:
            hits = [column for column, word in enumerate(sample.vocabulary) if term in word]
            if not hits:
                absent.append(term)
            elif int(spread[hits].max()) < RARE:
                rare.append(term)
            for column in hits:
                columns[column] = max(weight, columns.get(column, 0.0))
        result.append(SeedColumns(one.code, one.name, tuple(sorted(columns.items())), tuple(absent), tuple(rare)))
    return result


def notes(found: Sequence[SeedColumns], shown: int = 5) -> tuple[str, ...]:
    """Return in Chinese what is wrong with the seeds, a sentence a code; none for a code most of whose words are there.

    A code none of whose words is there gets no topic.
    """
    result = []
    for one in found:
        missing = (*one.absent, *one.rare)
        if not one.columns:
            result.append(f"代码“{one.name}”的种子词在语料中都没有出现，不为它单设主题")
        elif len(one.columns) < RARE:
            listed = "、".join(missing[:shown]) + ("等" if len(missing) > shown else "")
            tail = f"，缺：{listed}" if missing else ""
            result.append(f"代码“{one.name}”的种子词只有 {len(one.columns)} 个在语料中出现{tail}；其主题可能不稳定")
        elif one.rare and len(one.rare) * 2 > len(one.columns):
            listed = "、".join(one.rare[:shown]) + ("等" if len(one.rare) > shown else "")
            result.append(f"代码“{one.name}”的种子词多数很少出现（{listed}）；其主题可能不稳定")
    return tuple(result)
