"""Shares of topics by year, region, level, issuer …: means over documents, intervals, and whether groups differ.

A share is the mean weight of a topic over the documents of a group, each counting once however long. Intervals are
bootstrapped over documents. Whether a topic's share differs among groups is tested by permutation: the weights of the
documents are dealt out anew over the places in groups; the figure is the sum of squares between groups. q is
Benjamini–Hochberg's over the topics. Groups with fewer than ``FEWEST_DOCUMENTS`` documents have no interval and stay
out of the test, as do documents that don't say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.coding.agreement_intervals import FEWEST_DOCUMENTS, interval, resampled
from pipeline.core.errors import PipelineError
from pipeline.scoring.groups import choose, document_axis, members
from pipeline.scoring.multiple_testing import benjamini_hochberg
from pipeline.table.query import connect

if TYPE_CHECKING:
    import duckdb

SEED = 20_250_101
DRAWS = 1999
_MANY_DOCUMENTS, _NORMAL = 1000, 1.96
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShareGroup:
    """One group of documents; ``few``: too few for an interval and left out of the tests."""

    key: str
    label: str
    documents: int
    few: bool


@dataclass(frozen=True, slots=True)
class Share:
    """The mean weight of a topic in a group, from 0 to 1, with its 95% interval (None for few documents)."""

    topic_id: str
    topic: str
    group: str
    documents: int
    share: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class TopicTest:
    """Whether a topic's share differs among groups: share over all, largest difference, p and q; None if not tested."""

    topic_id: str
    topic: str
    share: float
    interval: tuple[float, float] | None
    spread: float | None
    p: float | None
    q: float | None


@dataclass(frozen=True, slots=True)
class TopicShares:
    """Shares of all topics by one attribute. ``shares`` go topic by topic, groups in their order."""

    by: str
    label: str
    where: str
    documents: int
    groups: tuple[ShareGroup, ...]
    shares: tuple[Share, ...]
    tests: tuple[TopicTest, ...]
    notes: tuple[str, ...]


def topic_shares(out: Path, by: str, where: Sequence[str] = (), *, seed: int = SEED, draws: int = DRAWS) -> TopicShares:
    """Return the shares of topics of the run in ``out`` by 年份, 地区, 层级, 发文机关 or another attribute.

    ``by`` may keep some groups (「地区=浙江,江苏」); ``where`` keeps documents (conditions as of ``groups.choose``).
    Raises PipelineError for an unknown name or value, and when the run has no topics.
    """
    with connect(out) as connection:
        axis = document_axis(connection, by)
        chosen = choose(connection, where)
        names, doc_ids, weights = _weights(connection, frozenset(chosen.doc_ids))
        place = {doc_id: number for number, doc_id in enumerate(doc_ids)}
        inside = np.zeros((len(doc_ids), len(axis.heads)), dtype=bool)
        for column, ids in enumerate(members(connection, axis)):
            inside[[place[one] for one in ids if one in place], column] = True
    there = [number for number in range(inside.shape[1]) if inside[:, number].any()]
    heads, inside = [axis.heads[number] for number in there], inside[:, there]
    counts = inside.sum(0)
    groups = tuple(
        ShareGroup(head.key, head.label, int(n), bool(n < FEWEST_DOCUMENTS))
        for head, n in zip(heads, counts, strict=True)
    )
    tested = np.array([not group.few and group.key != "" for group in groups], dtype=bool)
    shares = _shares(names, groups, weights, inside, seed)
    tests = _tests(names, weights, inside, tested, (seed, draws))
    notes = tuple(_notes(axis.zh, groups, len(doc_ids), int(tested.sum()), many=axis.many))
    return TopicShares(axis.name, axis.zh, chosen.label, len(doc_ids), groups, shares, tests, notes)


_Names = Sequence[tuple[str, str]]


def _weights(connection: duckdb.DuckDBPyConnection, wanted: frozenset[str]) -> tuple[_Names, tuple[str, ...], Floats]:
    """Return the topics (id, label), the documents that have topics, and documents × topics."""
    names = [
        (str(a), str(b)) for a, b in connection.execute("SELECT topic_id, label FROM topics ORDER BY rowid").fetchall()
    ]
    if not names:
        raise PipelineError("这次运行没有主题模型（文档太少或 [topics] enabled = false），没有主题份额可算")
    rows = connection.execute("SELECT doc_id, topic_id, weight FROM doc_topics ORDER BY rowid").fetchall()
    found = tuple(dict.fromkeys(str(row[0]) for row in rows if row[0] in wanted))
    place, column = {one: n for n, one in enumerate(found)}, {one: n for n, (one, _) in enumerate(names)}
    weights = np.zeros((len(found), len(names)))
    for doc_id, topic_id, weight in rows:
        if doc_id in place:
            weights[place[doc_id], column[topic_id]] = weight
    if not found:
        raise PipelineError("所选文档都没有主题（没有主题模型中的词）")
    return names, found, weights


def mean_interval(weights: Floats, *, seed: int) -> list[tuple[float, float] | None]:
    """Return the 95% interval of the mean of each column over documents (rows), from 0 to 1.

    Drawn with replacement (percentile bootstrap); of over a thousand documents by its standard error. None for each
    column of fewer than ``FEWEST_DOCUMENTS``.
    """
    if len(weights) < FEWEST_DOCUMENTS:
        return [None] * weights.shape[1]
    if len(weights) > _MANY_DOCUMENTS:
        mean, half = weights.mean(0), _NORMAL * weights.std(0, ddof=1) / np.sqrt(len(weights))
        return list(zip(np.clip(mean - half, 0, 1).tolist(), np.clip(mean + half, 0, 1).tolist(), strict=True))
    drawn = resampled(weights, seed=seed) / len(weights)
    return [interval(drawn[:, column]) for column in range(weights.shape[1])]


def _shares(
    names: _Names, groups: Sequence[ShareGroup], weights: Floats, inside: npt.NDArray[np.bool_], seed: int
) -> tuple[Share, ...]:
    """Return the shares topic by topic."""
    means, between = [], []
    for number in range(len(groups)):
        own = weights[inside[:, number]]
        means.append(own.mean(0))
        between.append(mean_interval(own, seed=seed))
    return tuple(
        Share(topic_id, label, group.label, group.documents, float(means[g][t]), between[g][t])
        for t, (topic_id, label) in enumerate(names)
        for g, group in enumerate(groups)
    )


def permuted(weights: Floats, inside: npt.NDArray[np.bool_], *, seed: int, draws: int) -> Floats:
    """Return for each column of ``weights`` the p of its differences among the groups (columns of ``inside``).

    (1 + draws at least as far apart) / (1 + draws); 1 for fewer than two groups.
    """
    rows = inside.any(1)
    weights, member = weights[rows], inside[rows].astype(np.float64)
    if member.shape[1] < 2:
        return np.ones(weights.shape[1])
    sizes = member.sum(0)[:, None]

    def apart(values: Floats) -> Floats:
        # numbers of documents don't change, so neither do means over all: squares of sums order the draws equally
        return np.asarray(((member.T @ values - sizes * mean) ** 2 / sizes).sum(0))

    mean = weights.mean(0)
    least = apart(weights) * (1 - 1e-9) - 1e-12
    random = np.random.default_rng(seed)
    beyond = np.zeros(weights.shape[1])
    for _ in range(draws):
        beyond += apart(weights[random.permutation(len(weights))]) >= least
    return np.asarray((1 + beyond) / (1 + draws))


def _tests(
    names: _Names, weights: Floats, inside: npt.NDArray[np.bool_], tested: npt.NDArray[np.bool_], how: tuple[int, int]
) -> tuple[TopicTest, ...]:
    """Return the test of each topic, over the groups ``tested``."""
    overall, between = weights.mean(0), mean_interval(weights, seed=how[0])
    if tested.sum() < 2:
        return tuple(
            TopicTest(topic_id, label, float(overall[t]), between[t], None, None, None)
            for t, (topic_id, label) in enumerate(names)
        )
    own = inside[:, tested]
    p = permuted(weights, own, seed=how[0], draws=how[1])
    q = benjamini_hochberg(p.tolist())
    means = np.stack([weights[own[:, number]].mean(0) for number in range(own.shape[1])])
    spread = means.max(0) - means.min(0)
    return tuple(
        TopicTest(topic_id, label, float(overall[t]), between[t], float(spread[t]), float(p[t]), q[t])
        for t, (topic_id, label) in enumerate(names)
    )


def _notes(zh: str, groups: Sequence[ShareGroup], documents: int, tested: int, *, many: bool) -> Iterator[str]:
    """Yield what must be known about the figures."""
    few = [f"{group.label}（{group.documents}篇）" for group in groups if group.few]
    if few:
        shown = "、".join(few[:10]) + (f"等 {len(few)} 组" if len(few) > 10 else "")
        yield f"{shown}不足 {FEWEST_DOCUMENTS} 篇：份额只是这几篇的，不给区间，不参加检验"
    missing = sum(group.documents for group in groups if group.key == "")
    if missing:
        yield f"{documents} 篇中有 {missing} 篇没有写明{zh}，不参加检验"
    if tested < 2:
        yield f"够 {FEWEST_DOCUMENTS} 篇的{zh}不到两组，没有检验"
    if many:
        yield f"一篇文档可以属于几个{zh}，在每一个之下都计一次"
    yield (
        "份额是各篇主题权重的平均，每篇计一次；区间为自助法 95%（一组超过 1,000 篇时按标准误）；"
        "p 为置换检验，q 经 Benjamini–Hochberg 校正"
    )
