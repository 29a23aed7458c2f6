"""Finds the ruled lines of a page image: they say which recognised lines stand in one cell of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pipeline.ingest.pdf_glyphs import Rule

Run = tuple[float, int, int]
_DARK = 0.75  # of the paper's brightness
# points that a rule is long at least: no dash is so long; strokes of characters may be, and are left out afterwards
_LEAST_ACROSS, _LEAST_DOWN = 40.0, 15.0
_THICKEST = 4.0  # points: thicker is a filled area
_NEAR = 2.0  # points between pixels of one rule
_MOST_RUNS = 5_000  # more has a photograph, no table


def find_rules(image: Any, slope: float, scale: float) -> tuple[list[Rule], list[Rule]]:
    """Return the rules across and down the page in a grey ``image`` whose lines of text fall by ``slope``.

    In points from the lower left corner of the image set upright about its centre; ``scale`` is pixels for each point.
    """
    import numpy as np

    paper = float(np.percentile(image, 80))
    dark = image < _DARK * paper
    height, width = image.shape
    across, down = [], []
    # the shear sets rules level, but leaves their ends where they were
    for at, low, high in _along(_sheared(dark, slope), scale, _LEAST_ACROSS):
        aside = (at - height / 2) * slope
        across.append(Rule((height - at) / scale, (low + aside) / scale, (high + aside) / scale))
    for at, low, high in _along(_sheared(dark.T, -slope), scale, _LEAST_DOWN):
        aside = (at - width / 2) * slope
        down.append(Rule(at / scale, (height - high + aside) / scale, (height - low + aside) / scale))
    return across, down


def _sheared(dark: Any, slope: float) -> Any:
    """Return ``dark`` with each column moved so that what rises with ``slope`` lies level."""
    import numpy as np

    height, width = dark.shape
    shifts = np.rint((np.arange(width) - width / 2) * slope).astype(int)
    borders = [0, *(np.flatnonzero(np.diff(shifts)) + 1).tolist(), width]
    result = np.zeros_like(dark)
    for start, end in pairwise(borders):
        by = int(shifts[start])
        kept = max(0, height - abs(by))
        if by >= 0:
            result[:kept, start:end] = dark[height - kept :, start:end]
        else:
            result[height - kept :, start:end] = dark[:kept, start:end]
    return result


def _along(dark: Any, scale: float, least: float) -> list[Run]:
    """Return the rules along the rows of a picture: row, start, end."""
    import numpy as np

    thick = dark.copy()  # a step of one pixel, left by the shear, doesn't end a run
    thick[1:] |= dark[:-1]
    thick[:-1] |= dark[1:]
    edges = np.diff(thick.astype(np.int8), axis=1, prepend=0, append=0)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    long = ends - starts >= least * scale
    if int(long.sum()) > _MOST_RUNS:
        return []
    runs = zip(rows[long].tolist(), starts[long].tolist(), ends[long].tolist(), strict=True)
    return list(_thin(runs, scale))


def _thin(runs: Iterable[tuple[int, int, int]], scale: float) -> Iterator[Run]:
    """Yield a rule for each stack of runs (row, start, end), by rows, that isn't as thick as a filled area."""
    stacks: list[list[int]] = []  # first row, last row, start, end
    for row, start, end in runs:
        for stack in reversed(stacks):
            if row - stack[1] > _NEAR * scale:
                continue
            if min(end, stack[3]) - max(start, stack[2]) > 0.5 * min(end - start, stack[3] - stack[2]):
                stack[1], stack[2], stack[3] = row, min(start, stack[2]), max(end, stack[3])
                break
        else:
            stacks.append([row, row, start, end])
    for first, last, start, end in stacks:
        if last - first <= _THICKEST * scale:
            yield (first + last) / 2, start, end
