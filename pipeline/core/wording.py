"""When two pieces of text name the same thing."""

from __future__ import annotations

from collections import Counter


def squeezed(text: str) -> str:
    """Return ``text`` without white space."""
    return "".join(text.split())


def same_words(first: str | None, second: str | None) -> bool:
    """Tell whether two pieces of text name the same: one holds the other, or they share half the longer's characters.

    White space is left aside; nothing names the same as nothing only.
    """
    a, b = squeezed(first or ""), squeezed(second or "")
    if not a or not b:
        return a == b
    if a in b or b in a:
        return True
    shared = sum((Counter(a) & Counter(b)).values())
    return shared * 2 >= max(len(a), len(b))
