"""What people did to the machine's codings: confirmed, left, deleted, moved, recoded, and what they coded themselves.

Works on one document at a time. Both sides have their positions in the same text and their codes by the same paths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.qda.project import Mark, Path

Kind = Literal["confirmed", "unchanged", "deleted", "moved", "recoded", "new"]
KINDS: dict[Kind, str] = {
    "confirmed": "确认",
    "unchanged": "未改动",
    "deleted": "删去",
    "moved": "移动",
    "recoded": "改码",
    "new": "新增",
}
_BESIDE = 10  # a coding that was put on other words so many characters away at most has been moved
_NEAR = 0.5  # a coding that overlaps so much of the same code's is the same one moved before it is anything else


@dataclass(frozen=True, slots=True)
class Change:
    """One coding compared. ``machine`` is None for a new one, ``given`` for a deleted one.

    ``coder`` is the person it counts for; empty for what is the machine's still, and for what was deleted.
    """

    kind: Kind
    machine: Mark | None
    given: Mark | None
    coder: str = ""

    @property
    def mark(self) -> Mark:
        """The coding as it is now; of a deleted one as it was."""
        mark = self.given or self.machine
        assert mark is not None
        return mark


def compare(machine: Sequence[Mark], given: Sequence[Mark], machines: frozenset[str], reviewer: str) -> list[Change]:
    """Return every coding of a document once, in the order of the text.

    ``given`` are the file's codings, ``machines`` the names of coders that are machines: their codings are
    ``unchanged``, or if they were moved or recoded, ``reviewer``'s. With no ``machines`` all codings are people's.
    A machine coding may be confirmed, moved or recoded by several people, by each once.
    """
    left = _by_key(machine)
    changes: list[Change] = []
    rest: dict[str, list[Mark]] = defaultdict(list)
    kept: set[int] = set()
    for mark in given:
        if mark.coder in machines:
            index = next((i for i in left.get(_key(mark), ()) if i not in kept), None)
            if index is None:
                rest[reviewer].append(mark)
            else:
                kept.add(index)
                changes.append(Change("unchanged", machine[index], mark))
        else:
            rest[mark.coder].append(mark)
    answered = set(kept)
    for coder, marks in rest.items():
        found = list(_of_coder(machine, left, marks, kept))
        changes += [Change(kind, None if i is None else machine[i], mark, coder) for kind, i, mark in found]
        answered |= {i for _, i, _ in found if i is not None}
    changes += [Change("deleted", mark, None) for index, mark in enumerate(machine) if index not in answered]
    return sorted(changes, key=_place)


def _key(mark: Mark) -> tuple[Path, int, int]:
    """Return what makes two codings the same."""
    return mark.theme, mark.start, mark.end


def _by_key(marks: Sequence[Mark]) -> dict[tuple[Path, int, int], list[int]]:
    """Return the indexes of the codings by what makes them the same."""
    found: dict[tuple[Path, int, int], list[int]] = defaultdict(list)
    for index, mark in enumerate(marks):
        found[_key(mark)].append(index)
    return found


def _place(change: Change) -> tuple[int, int, Path, str, str]:
    """Return the order of changes."""
    mark = change.mark
    return mark.start, mark.end, mark.theme, change.kind, change.coder


def _of_coder(
    machine: Sequence[Mark], left: dict[tuple[Path, int, int], list[int]], marks: Sequence[Mark], kept: set[int]
) -> Iterator[tuple[Kind, int | None, Mark]]:
    """Yield for each coding of one person what it is, and which of the machine's it answers.

    One the machine still has in the file (``kept``) can be confirmed, but was neither moved nor recoded.
    """
    confirmed: set[int] = set()
    open_marks: list[Mark] = []
    for mark in dict.fromkeys(marks):
        index = next((i for i in left.get(_key(mark), ()) if i not in confirmed), None)
        if index is None:
            open_marks.append(mark)
        else:
            confirmed.add(index)
            yield "confirmed", index, mark
    missing = [i for i in range(len(machine)) if i not in kept and i not in confirmed]
    pairs = dict(_matched(open_marks, machine, missing))
    for place, mark in enumerate(open_marks):
        if place in pairs:
            kind, index = pairs[place]
            yield kind, index, mark
        else:
            yield "new", None, mark


def _matched(
    marks: Sequence[Mark], machine: Sequence[Mark], missing: Iterable[int]
) -> Iterator[tuple[int, tuple[Kind, int]]]:
    """Yield which of ``marks`` answers which of the ``missing`` ones, best pairs first, one to one."""
    by_theme: dict[Path, list[int]] = defaultdict(list)
    by_span: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index in missing:
        by_theme[machine[index].theme].append(index)
        by_span[machine[index].start, machine[index].end].append(index)
    pairs: list[tuple[int, float, int, int, Kind]] = []
    for place, mark in enumerate(marks):
        for index in by_theme.get(mark.theme, ()):
            share, apart = overlap(mark, machine[index]), gap(mark, machine[index])
            if apart <= _BESIDE:
                rank = 0 if share >= _NEAR else 3 if apart == 0 else 4
                pairs.append((rank, apart - share, place, index, "moved"))
        for index in by_span.get((mark.start, mark.end), ()):
            same_book = machine[index].theme[:1] == mark.theme[:1]
            pairs.append((1 if same_book else 2, 0.0, place, index, "recoded"))
    done: set[int] = set()
    used: set[int] = set()
    for _, _, place, index, kind in sorted(pairs):
        if place not in done and index not in used:
            done.add(place)
            used.add(index)
            yield place, (kind, index)


def overlap(one: Mark, other: Mark) -> float:
    """Return how much two spans have in common (Jaccard), 0 to 1."""
    common = min(one.end, other.end) - max(one.start, other.start)
    together = max(one.end, other.end) - min(one.start, other.start)
    return max(0, common) / together if together else 0.0


def gap(one: Mark, other: Mark) -> int:
    """Return how many characters stand between two spans; 0 when they overlap or touch."""
    return max(0, max(one.start, other.start) - min(one.end, other.end))
