"""Gathers what the page of topics shows from a finished run."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.topic_words import counted, topic_id
from pipeline.export.topic_chart import Point
from pipeline.export.topic_page import GroupShares, Place, TopicCard, TopicPage
from pipeline.running.topic_choice import choice_section
from pipeline.running.topic_clauses import Passage, passages
from pipeline.running.topic_settings import config_of
from pipeline.running.topics import load_model
from pipeline.scoring.topic_shares import TopicShares, topic_shares
from pipeline.table.query import connect
from pipeline.table.topics import documents_of, topics
from pipeline.topics.doubts import doubts
from pipeline.topics.relevance import relevant

_BARS = 12
_GROUPS = ("年份", "省份", "层级")


def gather(out: Path, *, most: int) -> TopicPage:
    """Return the page of the run in ``out``, with ``most`` documents and passages a topic.

    Raises PipelineError when it has no topics.
    """
    model = load_model(out)
    rows = topics(out).to_pylist()
    place = {topic_id(topic.number): row for row, topic in enumerate(model.topics)}
    share = {row["topic_id"]: row["share"] for row in rows}
    bars = relevant(model, [share[topic_id(topic.number)] for topic in model.topics], _BARS)
    found: dict[str, list[Passage]] = {}
    for passage in passages(out, model, config_of(out), most=most):
        found.setdefault(passage.topic_id, []).append(passage)
    cards = tuple(
        TopicCard(
            topic_id=row["topic_id"],
            label=row["label"],
            share=row["share"],
            n_documents=row["n_documents"],
            coherence=row["coherence"],
            bars=tuple(bars[place[row["topic_id"]]]),
            documents=tuple(
                (one["source_name"], one["title"] or "", one["weight"])
                for one in documents_of(out, row["topic_id"], most).to_pylist()
            ),
            places=tuple(_place(passage) for passage in found.get(row["topic_id"], ())),
            stability=model.stability[place[row["topic_id"]]] if model.stability else None,
        )
        for row in rows
    )
    with connect(out) as connection:
        counts = connection.execute("SELECT count(DISTINCT doc_id) FROM doc_topics").fetchall()
    return TopicPage(
        model=rows[0]["model"],
        seed=model.seed,
        fitted=counted(model.n_documents, model.unit),
        n_documents=counts[0][0],
        topics=cards,
        notes=(*(f"{note}。" for note in model.notes), *(one.message for one in doubts(model))),
        groups=tuple(_shares(topic_shares(out, by)) for by in _GROUPS),
        choice=choice_section(out),
    )


def _shares(found: TopicShares) -> GroupShares:
    """Return shares as the page shows them, without the documents that don't say."""
    kept = {group.label for group in found.groups if group.key}
    points: dict[str, list[Point]] = {}
    for one in found.shares:
        if one.group in kept:
            points.setdefault(one.topic_id, []).append(Point(one.group, one.documents, one.share, one.interval))
    return GroupShares(
        found.label,
        {test.topic_id: tuple(points.get(test.topic_id, ())) for test in found.tests},
        {test.topic_id: test.q for test in found.tests},
        found.notes,
        years=found.by == "year",
    )


def _place(passage: Passage) -> Place:
    """Return a passage as the page shows it."""
    page = "" if passage.page is None else f"第 {passage.page} 页 "
    where = f"{page}第 {passage.start}–{passage.end} 字"
    return Place(passage.quote, passage.source_name, passage.heading or "", where)
