"""Gathers what the page of topics shows from a finished run."""

from __future__ import annotations

from pathlib import Path

from pipeline.export.topic_page import Place, TopicCard, TopicPage
from pipeline.running.topic_clauses import Passage, passages
from pipeline.running.topic_settings import config_of
from pipeline.running.topic_trust import stability_of
from pipeline.running.topics import load_model
from pipeline.table.assemble import topic_id
from pipeline.table.query import connect
from pipeline.table.topics import GROUPS, documents_of, group_shares, topics
from pipeline.topics.doubts import doubts
from pipeline.topics.relevance import relevant

_BARS = 12
_GROUPS = {"year": 15, "region": 15, "level": 8}


def gather(out: Path, *, most: int, stability: bool = False) -> TopicPage:
    """Return the page of the run in ``out``, with ``most`` documents and passages a topic.

    ``stability`` fits the topics to samples of the documents to see whether they come back.
    Raises PipelineError when it has no topics.
    """
    model = load_model(out)
    rows = topics(out).to_pylist()
    place = {topic_id(topic.number): row for row, topic in enumerate(model.topics)}
    share = {row["topic_id"]: row["share"] for row in rows}
    bars = relevant(model, [share[topic_id(topic.number)] for topic in model.topics], _BARS)
    stable = stability_of(out) if stability else []
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
            stability=stable[place[row["topic_id"]]] if stable else None,
        )
        for row in rows
    )
    with connect(out) as connection:
        counts = connection.execute("SELECT count(DISTINCT doc_id) FROM doc_topics").fetchall()
    return TopicPage(
        model=rows[0]["model"],
        seed=model.seed,
        n_fitted=model.n_documents,
        n_documents=counts[0][0],
        topics=cards,
        notes=(*(f"{note}。" for note in model.notes), *(one.message for one in doubts(model, stable))),
        groups=tuple(group_shares(out, column, most=_GROUPS[column]) for column in GROUPS),
    )


def _place(passage: Passage) -> Place:
    """Return a passage as the page shows it."""
    page = "" if passage.page is None else f"第 {passage.page} 页 "
    where = f"{page}第 {passage.start}–{passage.end} 字"
    return Place(passage.quote, passage.source_name, passage.heading or "", where)
