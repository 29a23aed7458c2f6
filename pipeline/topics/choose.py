"""Numbers of topics side by side. They narrow the choice down; which it is, and why, is for a person to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from pipeline.core.config import TopicSettings
from pipeline.topics.fit import fit
from pipeline.topics.model import TopicModel
from pipeline.topics.quality import c_v, diversity
from pipeline.topics.sample import Lack, Sample, draw
from pipeline.topics.stability import FIRM, SHARE, Fitting, NamedBags, likeness, stability, terms_of

COHERENT = 0.05
"""A topic with more NPMI counts as coherent."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number of topics: asked for (``k``) and found, and means over the topics; errors are standard errors.

    ``coherent``: the share of topics with NPMI above .05; ``loose``: how many come back in samples by less than .3.
    ``plateau``: neither coherence nor stability over samples is further below the best than its standard error.
    """

    k: int
    topics: int
    npmi: float
    npmi_error: float
    c_v: float
    coherent: float
    seed_stability: float
    sample_stability: float
    sample_error: float
    loose: int
    diversity: float
    plateau: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """The numbers of topics tried, the smallest first, over so many documents."""

    model: str
    documents: int
    seeds: int
    samples: int
    rows: tuple[Row, ...]


HEADS: dict[str, str] = {
    "k": "主题数",
    "topics": "得到",
    "npmi": "一致性NPMI",
    "c_v": "一致性C_V",
    "coherent": "连贯主题占比",
    "seed_stability": "换种子稳定性",
    "sample_stability": "抽样稳定性",
    "loose": "不稳定主题数",
    "diversity": "词的多样性",
    "plateau": "平台",
}
"""The columns people see, by field of ``Row``."""


def sweep(
    bags: NamedBags,
    settings: TopicSettings,
    ks: Iterable[int],
    *,
    seeds: int = 3,
    samples: int = 3,
    fitting: Fitting = fit,
) -> Sweep | Lack:
    """Return how good and how stable models with each number of topics are, or what lacks for any.

    Fits ``seeds`` + ``samples`` models a number. ``fitting`` is for models that need more than bags and settings.
    """
    sample = draw(bags, settings)
    if isinstance(sample, Lack):
        return sample
    columns = {word: i for i, word in enumerate(sample.vocabulary)}
    rows = []
    for k in sorted({k for k in ks if k > 0}):
        own = settings.model_copy(update={"k": k})
        model = fitting(bags, own)
        if isinstance(model, Lack):
            return model
        others = [fitting(bags, own.model_copy(update={"seed": _seed(own.seed, n)})) for n in range(1, seeds)]
        held = stability(model, bags, own, samples=samples, fitting=fitting)
        rows.append(_row(k, model, held, likeness([terms_of(one) for one in (model, *others)]), (sample, columns)))
    return Sweep(settings.model, sample.counts.shape[0], seeds, samples, _marked(rows))


def sentences(found: Sweep) -> list[str]:
    """Return what the rows say and don't say, in Chinese."""
    if not found.rows:
        return ["没有试任何主题数。"]
    told = [
        f"用 {found.documents} 篇文档比较了 {len(found.rows)} 种主题数；每种换 {found.seeds} 个种子，"
        f"并抽取 {found.samples} 次 {SHARE:.0%} 的文档重新建模。",
        *_best(found.rows),
        *_plateau(found.rows),
    ]
    told += [f"要求 {row.k} 个主题，只得到 {row.topics} 个。" for row in found.rows if row.topics < row.k]
    if loose := [f"主题数 {row.k} 时 {row.loose} 个" for row in found.rows if row.loose]:
        told.append(f"抽样稳定性低于 {FIRM}、不宜据以下结论的主题：{'，'.join(loose)}。")
    if found.model == "nmf":
        told.append("NMF 的起点由数据算出，换种子影响较小，换种子稳定性偏高，请看抽样稳定性。")
    told.append(
        "这些数只能缩小范围，没有哪个指标能找出“真正的”主题数；各种一致性指标与人的判断也常不一致。"
        "请读各主题的词和原文，（最好）做词语闯入测验，再自行选定，并写下理由。"
    )
    return told


def _seed(first: int, number: int) -> int:
    """Return another seed."""
    return (first + number) % 2**32


def _row(k: int, model: TopicModel, held: Sequence[float], seeds: float, of: tuple[Sample, dict[str, int]]) -> Row:
    """Return the row of a model; ``of`` is what coherence is counted over, and the column of each word."""
    sample, columns = of
    scores = [topic.coherence for topic in model.topics]
    terms = terms_of(model)
    values = c_v(sample.counts, [[columns[word] for word in topic if word in columns] for topic in terms])
    return Row(
        k=k,
        topics=len(scores),
        npmi=_mean(scores),
        npmi_error=_error(scores),
        c_v=_mean(values),
        coherent=_mean([float(score > COHERENT) for score in scores]),
        seed_stability=seeds,
        sample_stability=_mean(held),
        sample_error=_error(held),
        loose=sum(value < FIRM for value in held),
        diversity=diversity(terms),
    )


def _marked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows with the plateau marked, after the one-standard-error rule (Breiman et al. 1984)."""
    if not rows:
        return ()
    by_npmi, by_sample = _peaks(rows)
    least_npmi = by_npmi.npmi - by_npmi.npmi_error
    least_sample = by_sample.sample_stability - by_sample.sample_error
    return tuple(replace(row, plateau=row.npmi >= least_npmi and row.sample_stability >= least_sample) for row in rows)


def _peaks(rows: Sequence[Row]) -> tuple[Row, Row]:
    """Return the rows with the highest coherence and the highest stability over samples; of equals the first."""

    return max(rows, key=lambda row: row.npmi), max(rows, key=lambda row: row.sample_stability)


def _best(rows: Sequence[Row]) -> list[str]:
    """Say where coherence and stability are highest."""
    by_npmi, by_sample = _peaks(rows)
    return [
        f"词的一致性（NPMI）在主题数 {by_npmi.k} 时最高（{by_npmi.npmi:.3f}），"
        f"抽样稳定性在 {by_sample.k} 时最高（{by_sample.sample_stability:.3f}）。"
    ]


def _plateau(rows: Sequence[Row]) -> list[str]:
    """Say which numbers are on the plateau."""
    level = [row for row in rows if row.plateau]
    if not level:
        return ["没有一种主题数在两方面都接近最高，须在词的一致性和稳定性之间取舍。"]
    ends = [name for row, name in ((rows[0], "小"), (rows[-1], "大")) if row in level and len(rows) > 1]
    further = "".join(f"；最{name}的也在其中，可再试更{name}的" for name in ends)
    return [
        f"主题数 {'、'.join(str(row.k) for row in level)} 处于平台：两方面与最高值的差都不超过一个标准误{further}。"
    ]


def _mean(values: Sequence[float]) -> float:
    """Return the mean to six digits, 0.0 of nothing."""
    return round(sum(values) / len(values), 6) if values else 0.0


def _error(values: Sequence[float]) -> float:
    """Return the standard error of the mean to six digits, 0.0 of fewer than two."""
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return round(sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)), 6)
