"""Values of XML and HTML attributes, as files in the wild have them."""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_DIGITS = 18


def value_of(node: Any | None, name: str) -> str | None:
    """Return the ``w:val`` of the child ``w:name``, "" when that has none, None without node or child."""
    child = None if node is None else node.find(f"{W}{name}")
    return None if child is None else str(child.get(f"{W}val", ""))


def whole(text: str | None, most: int) -> int | None:
    """Return a whole number from 0, ``most`` when it's greater, None for any other ``text`` (「²」, 「-1」)."""
    digits = (text or "").strip()
    if not digits.isdecimal():
        return None
    return min(int(digits), most) if len(digits) <= _MOST_DIGITS else most
