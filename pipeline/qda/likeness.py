"""How alike texts are, one with another and one among many: numbers of passages, looked up in an inverted index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.qda.align import SKETCH, passage_numbers, resemblance
from pipeline.qda.folding import squeeze

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SAMPLED = 1 << 60  # numbers below it, a 16th of all, tell which texts can hold another
_RAREST = 16  # so many of them are looked up


class Squeezed:
    """A text as it is compared; its numbers are made once, when they are asked for."""

    def __init__(self, text: str) -> None:
        """Squeeze the text."""
        self.text = squeeze(text)

    @cached_property
    def _numbers(self) -> tuple[NDArray[np.uint64], int]:
        """The smallest numbers of the text, ascending, and how many are sampled."""
        import numpy as np

        found = passage_numbers(self.text)
        sampled = int(np.searchsorted(found, np.uint64(_SAMPLED)))
        return found[: max(SKETCH, sampled)].copy(), sampled

    @property
    def sketch(self) -> NDArray[np.uint64]:
        """What ``resemblance`` compares."""
        return self._numbers[0][:SKETCH]

    @property
    def sampled(self) -> NDArray[np.uint64]:
        """Numbers all of which every text has that holds this one."""
        return self._numbers[0][: self._numbers[1]]

    def likeness(self, whole: Squeezed) -> float:
        """Return how alike this text is to ``whole``, 0 to 1; a part of it is as alike as the whole."""
        if self.text and self.text in whole.text:
            return 1.0
        return resemblance(self.sketch, whole.sketch)


class Nearest:
    """Many texts, among which the likest to another is found without comparing it with each."""

    def __init__(self, texts: Sequence[Squeezed]) -> None:
        """Index the numbers. Linear but for a sort."""
        import numpy as np

        self._texts = texts
        self._sizes = np.array([len(one.sketch) for one in texts], dtype=np.int64)
        self._sketches = _Index([one.sketch for one in texts])
        self._sampled = _Index([one.sampled for one in texts])

    def find(self, text: Squeezed, least: float, among: Collection[int] | None = None) -> tuple[float, int] | None:
        """Return the greatest likeness and its place, the first of equal ones; None when it is below ``least``."""
        places = {*self._holding(text), *self._sharing(text, least)}
        if among is not None:
            places &= set(among)
        likeness, place = max(((text.likeness(self._texts[at]), -at) for at in places), default=(0.0, 0))
        return (likeness, -place) if places and likeness >= least else None

    def _holding(self, text: Squeezed) -> Iterator[int]:
        """Yield the places of texts that hold ``text``."""
        if not text.text:
            return
        wanted = self._sampled.rarest(text.sampled)
        # a text too short to have any number sampled is looked for everywhere
        places = (self._sampled.shared(wanted) == len(wanted)).nonzero()[0] if len(wanted) else range(len(self._texts))
        yield from (int(at) for at in places if text.text in self._texts[at].text)

    def _sharing(self, text: Squeezed, least: float) -> Iterator[int]:
        """Yield the places whose resemblance to ``text`` can be ``least`` by how many numbers they share."""
        import numpy as np

        shared = self._sketches.shared(text.sketch)
        enough = (shared > 0) & (shared >= least * np.maximum(self._sizes, len(text.sketch)))
        yield from (int(at) for at in enough.nonzero()[0])


class _Index:
    """Which texts have a number."""

    def __init__(self, numbers: Sequence[NDArray[np.uint64]]) -> None:
        """Sort the numbers of all texts."""
        import numpy as np

        values = np.concatenate([*numbers, np.zeros(0, dtype=np.uint64)])
        owners = np.repeat(np.arange(len(numbers)), [len(some) for some in numbers])
        order = np.argsort(values, kind="stable")
        self._values, self._owners, self._size = values[order], owners[order], len(numbers)

    def _spans(self, wanted: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where each number stands first, and how many texts have it."""
        import numpy as np

        first = np.searchsorted(self._values, wanted, "left")
        return first, np.searchsorted(self._values, wanted, "right") - first

    def rarest(self, wanted: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return those of the numbers that the fewest texts have."""
        import numpy as np

        return wanted[np.argsort(self._spans(wanted)[1], kind="stable")[:_RAREST]]

    def shared(self, wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return for each text how many of the numbers it has."""
        import numpy as np

        first, counts = self._spans(wanted)
        before = np.cumsum(counts) - counts
        places = np.repeat(first - before, counts) + np.arange(counts.sum())
        return np.bincount(self._owners[places], minlength=self._size)
