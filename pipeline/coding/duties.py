"""Clauses that say nothing but who is responsible: 「牵头单位：市科技局；责任单位：市财政局」."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _CLOSED = "（(［[【〔", "）)］]】〕"
_BRACKETS = re.compile(f"[{re.escape(_OPEN + _CLOSED)}]")
_PARTS = re.compile(r"[，,、；;。\s]+")
_NAME = 40  # characters; what is longer is no name


@dataclass(frozen=True, slots=True)
class Duties:
    """How such clauses are known. ``label`` is a label with its colon and what stands before it.

    ``doing`` is a word that no name of an agency or time has, unless the name has the ``end`` of one; ``beside`` is a
    clause without a label: （市科技局牵头，市财政局配合）. ``digest`` is of all these.
    """

    label: re.Pattern[str]
    doing: re.Pattern[str]
    end: re.Pattern[str]
    beside: re.Pattern[str]
    digest: str

    def alone(self, text: str) -> bool:
        """Tell whether a clause says nothing but who is responsible, with whom and until when."""
        text = text.strip()
        if not self.label.match(text):
            found = self.beside.fullmatch(text)
            return found is not None and all(map(self._is_name, _PARTS.split(found["who"])))
        return all(self._is_name(part) for piece in self.label.split(text) for part in _PARTS.split(piece))

    def _is_name(self, part: str) -> bool:
        """Tell whether a part of a clause can be a name or a time."""
        plain = _BRACKETS.sub("", part)
        return len(plain) <= _NAME and (not self.doing.search(plain) or bool(self.end.search(plain)))
