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

    ``never`` is what no name of an agency or time has; ``doing`` neither, unless the name has the ``end`` of one;
    ``time`` is one that reads like an action. ``beside`` is a clause without a label, of which ``shared`` follows those
    named: （市科技局牵头，市财政局配合）. ``digest`` is of all these.
    """

    label: re.Pattern[str]
    never: re.Pattern[str]
    doing: re.Pattern[str]
    end: re.Pattern[str]
    time: re.Pattern[str]
    beside: re.Pattern[str]
    shared: re.Pattern[str]
    digest: str

    def alone(self, text: str) -> bool:
        """Tell whether a clause says nothing but who is responsible, with whom and until when."""
        text = text.strip()
        if not self.label.match(text):
            found = self.beside.fullmatch(text)
            return found is not None and all(self._is_name(self.shared.sub("", part)) for part in _parts(text))
        return all(self._are_names(piece) for piece in self.label.split(text))

    def _are_names(self, piece: str) -> bool:
        """Tell whether what stands between two labels are names and times, with nothing after the sentence."""
        names, _, after = piece.partition("。")
        return not any(_parts(after)) and all(map(self._is_name, _parts(names)))

    def _is_name(self, part: str) -> bool:
        """Tell whether a part of a clause can be a name or a time."""
        if len(part) > _NAME or self.never.search(part):
            return False
        return not self.doing.search(part) or bool(self.end.search(part) or self.time.fullmatch(part))


def _parts(text: str) -> list[str]:
    """Return what stands between the marks of a text, without brackets."""
    return _PARTS.split(_BRACKETS.sub("", text))
