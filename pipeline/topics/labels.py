"""What to call a topic until a person names it."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = 3


def label_of(terms: Sequence[str]) -> str:
    """Return the first three terms none of which is a part of another, so that 人才 and 人才引进 don't both stand."""
    kept: list[str] = []
    for term in terms:
        if len(kept) < _NAMES and not any(term in one or one in term for one in kept):
            kept.append(term)
    return "·".join(kept)
