"""What to doubt about a topic model, as issues with Chinese sentences."""

from __future__ import annotations

from pipeline.core.config import TopicSettings
from pipeline.core.issues import Issue, issue
from pipeline.core.topic_words import counted, topic_id
from pipeline.topics.fit import PER_TOPIC
from pipeline.topics.model import Topic, TopicModel
from pipeline.topics.places import place_names
from pipeline.topics.sample import Lack
from pipeline.topics.stability import FIRM

_TOP, _MOSTLY = 10, 0.5
_STAGE = "topics"


def doubts(model: TopicModel) -> list[Issue]:
    """Return what to doubt: too little for so many topics, topics that don't come back, topics of place names.

    Topics go by their ids as in the tables. One topic alone is nothing to compare, and none of this is said of it.
    """
    found = []
    topics = len(model.topics)
    if topics < 2:
        return []
    if model.n_documents < PER_TOPIC * topics:
        least = max(1, model.n_documents // PER_TOPIC)
        units = counted(model.n_documents, model.unit)
        per = counted(PER_TOPIC, model.unit)
        found.append(issue(_STAGE, "topics.small", units=units, topics=topics, per=per, least=least))
    loose = [
        f"{_named(topic)}{value:.2f}"
        for topic, value in zip(model.topics, model.stability, strict=bool(model.stability))
        if value < FIRM
    ]
    if loose:
        named = "、".join(loose)
        found.append(issue(_STAGE, "topics.unstable", topics=topics, count=len(loose), named=named, limit=FIRM))
    known = place_names()
    for topic in model.topics:
        words = [word for word, _ in topic.terms[:_TOP]]
        places = [word for word in words if word in known]
        if words and len(places) >= _MOSTLY * len(words):
            found.append(issue(_STAGE, "topics.places", topic=_named(topic), words="、".join(places[:5])))
    return found


def lacking(lack: Lack, settings: TopicSettings) -> Issue:
    """Return why there is no model."""
    units, least = (counted(number, settings.unit) for number in (lack.documents, settings.least_documents))
    return issue(_STAGE, lack.code, units=units, least=least)


def _named(topic: Topic) -> str:
    """Return a topic's id and label: 「t003（低碳·光伏）」."""
    return f"{topic_id(topic.number)}（{topic.label}）"
