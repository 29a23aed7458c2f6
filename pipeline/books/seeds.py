"""Seed words of topics, from codebooks."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.coding.codebook import Codebook, walk
from pipeline.topics.seeds import Seeds


def seeds_of(books: Sequence[Codebook]) -> tuple[Seeds, ...]:
    """Return the seeds of each code at the top of ``books``: its terms and those of the codes below it.

    The code is written with its codebook, ``yinyuyongliu:attract``. A term listed twice has its greatest weight.
    """
    result = []
    for book in books:
        for top in book.codes:
            terms: dict[str, float] = {}
            for path in walk((top,)):
                for term in path[-1].terms:
                    terms[term.term] = max(term.weight, terms.get(term.term, 0.0))
            result.append(Seeds(f"{book.codebook}:{top.code}", top.name, tuple(terms.items())))
    return tuple(result)
