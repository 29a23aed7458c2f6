"""Spans as nested elements: the text stays, each span's elements hold its text, measures are never cut by codings."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from pipeline.explore.marking import Span, marked, text_html


def read(text: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{text}</div>")


def span(start: int, end: int, rank: int, number: int) -> Span:
    return Span(start, end, rank, "span", f"s{number}", {"data-n": str(number)})


def texts(root: html.HtmlElement, number: int) -> list[str]:
    return [one.text_content() for one in root.iter("span") if one.get("data-n") == str(number)]


def test_crossing_spans() -> None:
    root = read(marked("甲乙丙丁戊", 10, [span(10, 13, 0, 1), span(12, 15, 4, 2)]))
    assert texts(root, 1) == ["甲乙", "丙"]
    assert texts(root, 2) == ["丙丁戊"]
    assert [one.get("id") for one in root.iter("span")] == ["s1", "s2", None]


def test_what_follows_a_span_stands_once_and_outside_it() -> None:
    after = Span(1, 3, 1, "mark", "a", {}, "<a></a>")
    shown = marked("甲乙丙丁", 0, [after, Span(2, 4, 2, "b", "c")])
    assert shown == '甲<mark id="a">乙</mark><b id="c"><mark class="cont">丙</mark><a></a>丁</b>'


def test_hostile_text_and_attributes_stay_text() -> None:
    hostile = "<script>\"'&</script>"
    shown = marked(hostile, 0, [Span(0, 3, 0, "span", '"><img src=x>', {"title": '" onmouseover="x'})])
    root = read(shown)
    assert root.text_content() == hostile
    assert [one.tag for one in root.iter()] == ["div", "span"]
    assert dict(root[0].attrib) == {"id": '"><img src=x>', "title": '" onmouseover="x'}


def test_what_turns_the_reading_direction_is_there_but_not_drawn() -> None:
    root = read(text_html("甲\u202e乙\u2066丙"))
    assert root.text_content() == "甲\u202e乙\u2066丙"
    assert [one.text for one in root.iter("span") if one.get("hidden") is not None] == ["\u202e", "\u2066"]


def test_line_ends_survive_the_browser() -> None:
    assert text_html("甲\r\n乙\0\x1b[2J") == "甲&#13;\n乙\ufffd&#27;[2J"


@given(
    st.text(alphabet="甲乙<&\"'\n𠀀 ", min_size=1, max_size=30),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(-3, 33), st.integers(0, 33), st.integers(0, 4)), max_size=12),
)
@example("甲乙甲", 0, [(0, 2, 0), (1, 2, 0), (1, 2, 1)])  # of two that end together the higher crosses a third
@example("甲乙甲乙", 0, [(0, 2, 0), (1, 2, 1), (1, 3, 0)])  # one around the higher, one that ends within it
@example("甲乙", 0, [(0, 2, 0), (1, 2, 0)])  # one reaches beyond the text
def test_laws(text: str, offset: int, drawn: list[tuple[int, int, int]]) -> None:
    spans = [span(offset + a, offset + a + size, rank, number) for number, (a, size, rank) in enumerate(drawn)]
    root = read(marked(text, offset, spans))
    assert root.text_content() == text
    for number, one in enumerate(spans):
        start, end = max(one.start - offset, 0), min(one.end - offset, len(text))
        parts = texts(root, number)
        assert "".join(parts) == text[start : max(end, start)]
        assert all(parts)
        highest = all(other.rank < one.rank for place, other in enumerate(spans) if place != number)
        assert len(parts) <= 1 or not highest
