"""When two pieces of text name the same thing."""

from __future__ import annotations


def squeezed(text: str) -> str:
    """Return ``text`` without white space."""
    return "".join(text.split())


def same_words(first: str | None, second: str | None) -> bool:
    """Tell whether two pieces of text name the same: one holds the other, or they share half the longer's characters.

    White space is left aside; nothing names the same as nothing only.
    """
    return same_squeezed(squeezed(first or ""), squeezed(second or ""))


def same_squeezed(a: str, b: str) -> bool:
    """Tell the same of two pieces of text without white space."""
    if not a or not b:
        return a == b
    if a in b or b in a:
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) * 2 < len(long):
        return False
    return sum([min(short.count(c), long.count(c)) for c in set(short)]) * 2 >= len(long)
