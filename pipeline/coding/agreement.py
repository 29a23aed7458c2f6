"""Coefficients of agreement, from tables of counts. Pure; every function takes many tables at once.

**Confusion** ``(..., k, k)``: how many units coder A put into category i and coder B into j. For one code the
categories are 0 (not coded) and 1 (coded). **Coincidences** ``(..., k, k)``: ordered pairs of values within units,
each pair of a unit with m values counted 1/(m − 1) times (Krippendorff). Units may have weights: a stretch of 12
characters coded alike is 12 units. A figure that isn't defined is NaN here and never 0 or 1 by convention;
``figure`` turns it into None with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

NO_UNITS = "没有双方都读过的单元"
NOT_USED = "双方都没有用过"
ALL_ALIKE = "所有单元的取值都一样，期望一致率为 1，系数无定义"
NOT_ALL_READ = "不是每个单元都有同样多的编码者，Fleiss κ 无定义"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95% confidence interval; ``value`` None: not defined, ``reason`` says why.

    ``low`` and ``high`` are None when there is no interval.
    """

    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None


def figure(value: Any, reason: str, interval: tuple[float, float] | None = None) -> Figure:
    """Return a number as a Figure; NaN becomes None with ``reason``."""
    if not np.isfinite(value):
        return Figure(None, reason)
    return Figure(float(value), "", *(interval or (None, None)))


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Numbers:
    """Return above / below, NaN where ``below`` is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0))


def confusion(
    a: npt.ArrayLike, b: npt.ArrayLike, *, categories: int = 2, weights: npt.ArrayLike | None = None
) -> Numbers:
    """Return the k × k confusion of two coders' values 0 … k − 1.

    A unit where one is negative (not read) is left out.
    """
    first, second = np.asarray(a, int), np.asarray(b, int)
    weight = np.ones(first.shape) if weights is None else np.asarray(weights, float)
    both = (first >= 0) & (second >= 0)
    cells = np.bincount(
        first[both] * categories + second[both], weights=weight[both], minlength=categories * categories
    )
    return cells.astype(float).reshape(categories, categories)


def percent(table: Numbers) -> Numbers:
    """Return percent agreement Po = Σ n_ii / n of confusions; NaN without units."""
    return ratio(_diagonal(table), table.sum((-2, -1)))


def holsti(table: Numbers) -> Numbers:
    """Return Holsti's reliability 2M / (N1 + N2) of 2 × 2 confusions (Holsti 1969, Content Analysis, p. 140).

    M codings both made, N1 and N2 codings of each; units that nobody coded play no part. NaN when nobody coded any.
    """
    return ratio(2 * table[..., 1, 1], table[..., 1, :].sum(-1) + table[..., :, 1].sum(-1))


def _chance_corrected(observed: Numbers, expected: Numbers) -> Numbers:
    """Return (Po − Pe) / (1 − Pe), NaN where Pe is 1: then all values are alike and there is nothing to explain."""
    left = 1 - expected
    return np.asarray(np.divide(observed - expected, left, out=np.full(np.shape(left), np.nan), where=left > 1e-12))


def scott_pi(table: Numbers) -> Numbers:
    """Return Scott's π (Scott 1955, Public Opinion Quarterly 19): Pe = Σ ((n_i. + n_.i) / 2n)²."""
    shares = ratio(table.sum(-1) + table.sum(-2), 2 * table.sum((-2, -1))[..., None])
    return _chance_corrected(percent(table), (shares**2).sum(-1))


def cohen_kappa(table: Numbers) -> Numbers:
    """Return Cohen's κ (Cohen 1960, Educational and Psychological Measurement 20): Pe = Σ n_i. n_.i / n²."""
    total = table.sum((-2, -1))[..., None]
    return _chance_corrected(percent(table), (ratio(table.sum(-1), total) * ratio(table.sum(-2), total)).sum(-1))


def brennan_prediger(table: Numbers) -> Numbers:
    """Return Brennan and Prediger's κ (1981, Educational and Psychological Measurement 41): Pe = 1 / k.

    For one code (k = 2) it is 2 Po − 1. MAXQDA gives this one.
    """
    observed = percent(table)
    return _chance_corrected(observed, np.full(observed.shape, 1 / table.shape[-1]))


def coincidences(table: Numbers) -> Numbers:
    """Return the coincidences of two coders: the confusion and its mirror image."""
    return table + np.swapaxes(table, -2, -1)


def coincidences_of(counts: Numbers, weights: Numbers) -> Numbers:
    """Return the k × k coincidences of units × categories ``counts`` (how many coders gave each value).

    A unit with fewer than two values has no pairs and plays no part. Weights are summed over the first axis.
    """
    values = counts.sum(-1)
    scale = np.where(values > 1, weights / np.maximum(values - 1, 1), 0.0)
    pairs = np.einsum("u,ui,uj->ij", scale, counts, counts)
    pairs -= np.diag(np.einsum("u,ui->i", scale, counts))
    return np.asarray(pairs)


def krippendorff_alpha(pairs: Numbers) -> Numbers:
    """Return Krippendorff's nominal α of coincidences (Krippendorff 2004, Content Analysis; 2011, Computing α).

    α = 1 − (n − 1) Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k, n the number of pairable values. Any number of coders; what a coder
    hasn't read is missing. NaN when all values are alike or nothing was read by two.
    """
    sums = pairs.sum(-1)
    total = sums.sum(-1)
    apart = total - _diagonal(pairs)
    chance = total**2 - (sums**2).sum(-1)
    return np.asarray(1 - (total - 1) * ratio(apart, np.where(chance > 1e-9, chance, 0)))


def fleiss_parts(counts: Numbers, weights: Numbers) -> Numbers:
    """Return what Fleiss' κ needs of units × categories ``counts``, summed: n, Σ P_i, then Σ n_ij by category.

    All units must have the same number of values m ≥ 2; P_i = Σ_j n_ij (n_ij − 1) / (m (m − 1)).
    """
    raters = counts.sum(-1)
    agree = ratio((counts * (counts - 1)).sum(-1), raters * (raters - 1))
    return np.concatenate([[weights.sum(), (weights * np.nan_to_num(agree)).sum()], weights @ counts])


def fleiss_kappa(parts: Numbers) -> Numbers:
    """Return Fleiss' κ of ``fleiss_parts`` (Fleiss 1971, Psychological Bulletin 76): Pe = Σ p_j²; for two coders π."""
    shares = ratio(parts[..., 2:], parts[..., 2:].sum(-1)[..., None])
    return _chance_corrected(ratio(parts[..., 1], parts[..., 0]), (shares**2).sum(-1))


def prevalence(table: Numbers) -> Numbers:
    """Return how common a code is: (N1 + N2) / 2n of 2 × 2 confusions."""
    return ratio(table[..., 1, :].sum(-1) + table[..., :, 1].sum(-1), 2 * table.sum((-2, -1)))


def _diagonal(table: Numbers) -> Numbers:
    """Return the sums of the diagonals."""
    return np.asarray(np.trace(table, axis1=-2, axis2=-1))


def reason_of(table: Numbers) -> str:
    """Return why a coefficient of one 2 × 2 confusion isn't defined."""
    if not table.sum() > 0:
        return NO_UNITS
    return NOT_USED if not table[..., 1, :].sum() + table[..., :, 1].sum() > 0 else ALL_ALIKE
