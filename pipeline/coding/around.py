"""What stands around clauses: the headings above them and the clauses beside them in their document.

People code a clause by where it stands: 「奖励…万元」 below 人才培养 is coded otherwise than below 招商引资, and a code
given to one clause is likely for the next. A coder that was taught by people may weigh that (``learned.Context``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.coding.arrays import Ints, Masks
from pipeline.coding.units import Unit
from pipeline.core.layers import Section


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of N clauses, document by document and in order.

    ``headings``: N, those above a clause, one in a line; ``first``: N, whether it is the first of its document;
    ``opens``: N, whether it stands in another section than the clause before.
    """

    headings: tuple[str, ...]
    first: Masks
    opens: Masks

    def where(self, kept: Masks) -> Around:
        """Return the surroundings of the clauses of whole documents that are ``kept`` (N)."""
        headings = tuple(one for one, keep in zip(self.headings, kept, strict=True) if keep)
        return Around(headings, self.first[kept], self.opens[kept])

    def starts(self) -> Ints:
        """Return where the documents begin, and N at the end."""
        return np.append(np.flatnonzero(self.first), len(self.first))


def around(units: Sequence[Unit], outline: Sequence[Section]) -> Around:
    """Return the surroundings of the clauses of one document."""
    above: dict[int | None, str] = {None: ""}
    for section in outline:
        inherited = above[section.parent]
        above[section.index] = f"{inherited}\n{section.heading}" if inherited else section.heading
    sections = [unit.section for unit in units]
    opens = [n > 0 and section != sections[n - 1] for n, section in enumerate(sections)]
    first = np.arange(len(units)) == 0
    return Around(tuple(above[section] for section in sections), first, np.array(opens, bool))


def joined(parts: Sequence[Around]) -> Around:
    """Return the surroundings of the clauses of several documents, one after the other."""
    headings = tuple(one for part in parts for one in part.headings)
    nothing = [np.zeros(0, bool)]
    return Around(
        headings,
        np.concatenate([*nothing, *(part.first for part in parts)]),
        np.concatenate([*nothing, *(part.opens for part in parts)]),
    )
