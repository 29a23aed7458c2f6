"""What to doubt about a topic model, as issues with Chinese sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from pipeline.core.config import configs_dir
from pipeline.core.issues import Issue, issue
from pipeline.topics.model import TopicModel
from pipeline.topics.stability import FIRM

PER_TOPIC = 5
"""A corpus with fewer documents for each topic is too small."""
_TOP, _MOSTLY = 10, 0.5
_STAGE = "topics"
# towns and below, which no list holds; 各乡镇, 示范区 and the like name no place
_TOWN = re.compile(r"[^各全本该一二三四五六七八九十]\S{1,6}(?:[县乡镇]|街道)")


def doubts(
    model: TopicModel, stability: Sequence[float] | None = None, *, is_place: Callable[[str], bool] | None = None
) -> list[Issue]:
    """Return what to doubt: too few documents for so many topics, topics that don't come back, topics of place names.

    ``stability`` is what ``stability.stability`` returns for the model. ``is_place`` tells place names from others,
    ``place_name`` if it isn't given.
    """
    found = []
    topics = len(model.topics)
    if model.n_documents < PER_TOPIC * topics:
        least = max(1, model.n_documents // PER_TOPIC)
        found.append(issue(_STAGE, "topics.small", count=model.n_documents, topics=topics, least=least))
    named = {topic.number: f"{topic.number}（{topic.label}）" for topic in model.topics}
    for topic, value in zip(model.topics, stability or (), strict=False):
        if value < FIRM:
            found.append(issue(_STAGE, "topics.unstable", topic=named[topic.number], value=f"{value:.2f}", limit=FIRM))
    for topic in model.topics:
        words = [word for word, _ in topic.terms[:_TOP]]
        places = [word for word in words if (is_place or place_name)(word)]
        if words and len(places) >= _MOSTLY * len(words):
            found.append(issue(_STAGE, "topics.places", topic=named[topic.number], words="、".join(places[:5])))
    return found


def place_name(word: str) -> bool:
    """Tell whether ``word`` is a province, city or county of the packaged list, or ends as a town's name does."""
    return word in _places() or _TOWN.fullmatch(word) is not None


@cache
def _places() -> frozenset[str]:
    """Return the packaged place names."""
    lines = (configs_dir() / "lexicons" / "places.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split("\t")[0] for line in lines if line and not line.startswith("#"))
