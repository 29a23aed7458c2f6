from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np

from pipeline.export.topic_page import Place, TopicCard, TopicPage, render
from pipeline.table.topics import GroupShares
from pipeline.topics.matching import numbered_as
from pipeline.topics.model import Topic, TopicModel
from pipeline.topics.relevance import Relevant, relevant

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&\x00"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_nothing_in_a_document_becomes_markup() -> None:
    card = TopicCard(
        EVIL,
        EVIL,
        0.5,
        3,
        None,
        (Relevant(EVIL, 0.1, 0.2),),
        ((EVIL, EVIL, 0.9),),
        (Place(EVIL, EVIL, EVIL, EVIL),),
        0.4,
    )
    groups = (GroupShares("地区", (EVIL, "乙"), (1, 2), {EVIL: (0.25, 0.5)}),)
    page = render(TopicPage(EVIL, 1, 3, 3, (card,), groups, (EVIL,)))
    tags = Tags()
    tags.feed(page)
    assert not tags.tags & {"script", "img", "iframe", "link", "object"}
    assert not any(name.startswith("on") for name in tags.names)
    assert "alert(1)" in tags.text and "\x00" not in page
    assert "default-src 'none'" in page and "稳定性" in page
    assert not re.search(r"https?://", page)


def topic(number: int, words: str) -> Topic:
    return Topic(number, "·".join(words[:3]), tuple((word, 0.1) for word in words), 0.1)


def model(*topics: Topic) -> TopicModel:
    vocabulary = tuple(sorted({word for one in topics for word, _ in one.terms}))
    weights = np.array([[dict(one.terms).get(word, 0.0) for word in vocabulary] for one in topics])
    k = len(topics)
    return TopicModel("nmf", vocabulary, np.ones(len(vocabulary)), weights, np.zeros(k), topics, 10, 1)


def test_topics_keep_the_numbers_of_those_they_continue() -> None:
    old = (topic(3, "甲乙丙丁"), topic(0, "子丑寅卯"), topic(7, "天地玄黄"))
    new = numbered_as(
        model(topic(0, "天地玄宇"), topic(1, "春夏秋冬"), topic(2, "甲乙丙戊"), topic(3, "梅兰竹菊")), old
    )
    assert [one.number for one in new.topics] == [7, 8, 3, 9]
    assert numbered_as(new, ()) is new


def test_two_topics_never_get_the_same_number_and_the_better_pairs_win() -> None:
    old = (topic(0, "甲乙丙丁戊"), topic(1, "甲乙天地玄"))
    new = numbered_as(model(topic(0, "甲乙丙天地"), topic(1, "甲乙丙丁己")), old)
    assert [one.number for one in new.topics] == [1, 0]


def test_words_of_all_topics_are_less_relevant_than_a_topics_own() -> None:
    one, other = topic(0, "甲乙丙"), Topic(1, "甲", (("甲", 0.2), ("丁", 0.1)), 0.1)
    (first, second) = relevant(model(one, other), [0.5, 0.5], 2)
    assert [word.term for word in first] == ["丙", "乙"]
    assert all(0 < word.here <= word.overall <= 1 for word in (*first, *second))
