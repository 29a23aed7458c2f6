from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np

from pipeline.export.topic_chart import Point, years_chart
from pipeline.export.topic_page import GroupShares, Place, TopicCard, TopicPage, render
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
    points = (Point(EVIL, 1, 0.25, None), Point("乙", 9, 0.5, (0.4, 0.6)))
    years = (Point("2019", 9, 0.25, (0.2, 0.3)), Point("2021", 9, 0.5, (0.4, 0.6)))
    groups = (
        GroupShares("地区", {EVIL: points}, {EVIL: 0.0314}, (EVIL,)),
        GroupShares("年份", {EVIL: years}, {EVIL: None}, (), years=True),
    )
    page = render(TopicPage(EVIL, 1, EVIL, 3, (card,), groups, (EVIL,)))
    tags = Tags()
    tags.feed(page)
    assert not tags.tags & {"script", "img", "iframe", "link", "object"}
    assert not any(name.startswith("on") for name in tags.names)
    assert "alert(1)" in tags.text and "\x00" not in page
    assert "default-src 'none'" in page and "稳定性" in page
    assert not re.search(r"https?://", page)


def test_shares_by_year_are_drawn_with_their_intervals() -> None:
    points = [
        (2015, Point("2015", 8, 0.1, (0.05, 0.2))),
        (2016, Point("2016", 9, 0.2, (0.1, 0.3))),
        (2018, Point("2018", 2, 0.3, None)),
        (2020, Point("2020", 9, 0.4, (0.3, 0.45))),
    ]
    drawing = "".join(years_chart(points, "甲"))
    root = ElementTree.fromstring(drawing)
    assert [text.text for text in root.findall("text")][:3] == ["0%", "25%", "50%"]
    assert [text.text for text in root.findall("text")][3:] == ["2015", "2016", "2018", "2020"]
    (band,) = root.findall("polygon")  # 2015 and 2016 by themselves, 2020 alone
    corners = [tuple(map(float, corner.split(","))) for corner in str(band.get("points")).split()]
    first, second, *_, last = corners
    assert len(corners) == 4 and first[0] == last[0] < second[0] and first[1] < last[1]
    assert [line.get("class") for line in root.findall("line")].count("whisker") == 1
    assert [line.get("class") for line in root.findall("line") if "line" in str(line.get("class"))] == [
        "line",
        "line gap",
        "line gap",
    ]
    circles = root.findall("circle")
    assert [one.get("class") for one in circles] == ["own", "own", "few", "own"]
    assert [one.findtext("title") for one in circles][1:3] == ["2016：20%（10%–30%），9 篇", "2018：30%，2 篇"]
    heights = [float(str(one.get("cy"))) for one in circles]
    assert heights == sorted(heights, reverse=True)
    assert list(years_chart(points[:1], "甲")) == []


def topic(number: int, words: str) -> Topic:
    return Topic(number, "·".join(words[:3]), tuple((word, 0.1) for word in words), 0.1)


def model(*topics: Topic) -> TopicModel:
    vocabulary = tuple(sorted({word for one in topics for word, _ in one.terms}))
    weights = np.array([[dict(one.terms).get(word, 0.0) for word in vocabulary] for one in topics])
    k = len(topics)
    return TopicModel("nmf", vocabulary, np.ones(len(vocabulary)), weights, np.zeros(k), topics, 10, 1)


def test_words_of_all_topics_are_less_relevant_than_a_topics_own() -> None:
    one, other = topic(0, "甲乙丙"), Topic(1, "甲", (("甲", 0.2), ("丁", 0.1)), 0.1)
    (first, second) = relevant(model(one, other), [0.5, 0.5], 2)
    assert [word.term for word in first] == ["丙", "乙"]
    assert all(0 < word.here <= word.overall <= 1 for word in (*first, *second))
