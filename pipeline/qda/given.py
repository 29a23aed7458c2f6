"""What a reader of a coded file gives: the project, and what of the file could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.qda.project import Project

NOWHERE = -1  # the position of a mark whose file names only the quote
_MOST_DIGITS = 18  # no text is longer, and Python refuses numbers of more than 4,300 digits


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing of the file that is left out: the document's name, its place there, the quote and, in Chinese, why."""

    document: str
    place: str
    quote: str
    reason: str

    def __str__(self) -> str:
        """Return it as one sentence: 「甲.txt 第 3–9 字“……”：没有代码」."""
        quote = f"“{self.quote[:40]}”" if self.quote else ""
        return " ".join(part for part in (self.document, self.place + quote) if part) + f"：{self.reason}"


@dataclass(frozen=True, slots=True)
class Given:
    """A file as read. A paper without text has marks whose positions, if any, are into the run's own raw text.

    Line breaks of papers are ``\\n``. A mark without coder (``""``) is its reviewer's. ``repaired`` marks stand where
    their quote is and not where the file says. ``cases`` counts codings that are cases, which are no codings,
    ``suggestions`` what is still the machine's doubt, which nobody gave.
    """

    project: Project
    troubles: tuple[Trouble, ...] = ()
    repaired: int = 0
    cases: int = 0
    suggestions: int = 0


def place_of(start: int, end: int) -> str:
    """Return a place as people read it; empty when there is none."""
    return "" if start < 0 else f"第 {start}–{end} 字"


def whole(text: str) -> int | None:
    """Return a whole number as written, with or without sign; None for what is none or has too many digits."""
    digits = text.strip()
    digits = digits[1:] if digits.startswith(("+", "-")) else digits
    return int(text) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else None


def position(text: str) -> int:
    """Return a position as written; ``NOWHERE`` for what is none."""
    found = whole(text)
    return NOWHERE if found is None or found < 0 else found
