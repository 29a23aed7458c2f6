"""Charts: well-formed, words as words, the same bytes, links and words inert, mistakes refused."""

from __future__ import annotations

import re
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.charts import (
    Band,
    Chart,
    ChartError,
    Curve,
    Mark,
    Series,
    bars,
    columns,
    heat,
    load_tiles,
    panels,
    png,
    svg,
    tile_map,
)
from pipeline.charts.colours import ink_on, shade
from pipeline.charts.drawing import fitted, number, text_width, ticks

NS = {"s": "http://www.w3.org/2000/svg"}
HOSTILE = '<script>alert(1)</script>"onmouseover="x\x1b[31m\u202e$\\frac{1}{2}$&amp;'


def samples(word: str = "金额", link: str = "/measures?kind=money&role=benefit") -> list[Chart]:
    """Return one chart of each kind with ``word`` in it wherever words go."""
    band = Band(12.5, 10.0, 15.0)
    return [
        bars(word, word, [Mark(word, 641, link), Mark("数量", 0)], unit="条"),
        columns(word, word, ["2023", "2024"], [Series(word, (1, 2), (link, link)), Series("省", (0, 3))], unit="篇"),
        panels(word, word, ["2022", "2023", "2024"], [Curve(word, (band, None, Band(3.0)), link)], unit="%"),
        heat(word, word, [word, "育"], ["浙江省", word], [[1, 0], [128, 7]], links=[[link, link], [link, link]]),
        tile_map(word, word, {"33": Mark("浙江", 12, link, word), "11": Mark("北京", 0)}, unit="篇"),
    ]


def parsed(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


@pytest.mark.parametrize("place", range(5))
def test_well_formed_with_title_desc_and_chinese_as_words(place: int) -> None:
    root = parsed(svg(samples()[place]))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("s:title", namespaces=NS) == root.findtext("s:desc", namespaces=NS) == "金额"
    words = ["".join(one.itertext()) for one in root.iterfind(".//s:text", NS)]
    assert any(re.search("金额|浙江", word) for word in words)
    assert len(root.findall(".//s:path", NS)) >= 1


@pytest.mark.parametrize("place", range(5))
def test_same_bytes_and_nothing_of_the_machine(place: int) -> None:
    first, second = svg(samples()[place]), svg(samples()[place])
    assert first == second
    assert not re.search(r"<metadata|<!--|<!DOCTYPE|<style|style=|\sid=|clip-path|DejaVu", first)


@pytest.mark.parametrize("place", range(5))
def test_hostile_words_are_words(place: int) -> None:
    root = parsed(svg(samples(HOSTILE)[place]))
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "a", "text", "path"}
    keys = {key for one in root.iter() for key in one.attrib}
    assert not [key for key in keys if key.startswith("on")]
    told = "".join(root.itertext())
    assert "<script>alert(1)</script>" in told and "\x1b" not in told and "\u202e" not in told


@pytest.mark.parametrize("place", range(5))
def test_links_lead_where_they_should(place: int) -> None:
    link = "/m?a=1&b=\"<x>'"
    hrefs = {one.get("href") for one in parsed(svg(samples(link=link)[place])).iterfind(".//s:a", NS)}
    assert hrefs == {link}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "JaVaScRiPt:x", "x y"])
def test_links_that_run_something_are_refused(link: str) -> None:
    for make in (
        lambda: bars("a", "b", [Mark("c", 1, link)]),
        lambda: columns("a", "b", ["1"], [Series("c", (1,), (link,))]),
        lambda: panels("a", "b", ["1"], [Curve("c", (Band(1),), link)]),
        lambda: heat("a", "b", ["r"], ["h"], [[1]], links=[[link]]),
        lambda: tile_map("a", "b", {"33": Mark("c", 1, link)}),
    ):
        with pytest.raises(ValueError, match="no link"):
            make()


def test_a_bar_and_its_name_are_one_stop_of_the_keyboard() -> None:
    chart = bars("a", "b", [Mark("甲", 2, "/a"), Mark("乙", 1, "/b")])
    links = parsed(svg(chart)).findall(".//s:a", NS)
    assert [(one.get("href"), one.get("tabindex")) for one in links] == [
        ("/a", None),
        ("/a", "-1"),
        ("/b", None),
        ("/b", "-1"),
    ]


def test_role_tells_a_picture_from_a_group_of_links() -> None:
    assert parsed(svg(bars("a", "b", [Mark("甲", 2)]))).get("role") == "img"
    assert parsed(svg(bars("a", "b", [Mark("甲", 2, "/a")]))).get("role") == "group"


def test_bars_are_as_long_as_their_values() -> None:
    chart = bars("a", "b", [Mark("甲", 100), Mark("乙", 25), Mark("丙", 0)])
    lengths = [one.width for one in chart.shapes if type(one).__name__ == "Box"]
    assert len(lengths) == 2 and lengths[1] * 4 == pytest.approx(lengths[0])


def test_stacked_columns_add_up() -> None:
    chart = columns("a", "b", ["2023", "2024"], [Series("省", (1, 2)), Series("市", (3, 2))])
    marks = [one for one in chart.shapes if type(one).__name__ == "Box" and one.tip]
    assert [one.tip for one in marks] == ["2023 省：1", "2023 市：3", "2024 省：2", "2024 市：2"]
    low, high = marks[:2], marks[2:]
    assert sum(one.height for one in low) == pytest.approx(sum(one.height for one in high))
    assert low[0].y == pytest.approx(low[1].y + low[1].height)


def test_points_without_an_interval_say_none_and_gaps_break_the_line() -> None:
    curve = Curve("引才", (Band(5.0, 4.0, 6.0), None, Band(3.0)))
    tips = [
        one.tip
        for one in panels("a", "b", ["1", "2", "3"], [curve], unit="%").shapes
        if one.__class__.__name__ == "Box"
    ]
    assert tips == ["引才 1：5%（4–6）", "引才 3：3%"]
    lines = [one for one in panels("a", "b", ["1", "2", "3"], [curve]).shapes if getattr(one, "kind", "") == "line"]
    assert lines == []


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_values_that_are_none_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        bars("a", "b", [Mark("c", bad)])
    with pytest.raises(ValueError, match="from 0 up"):
        heat("a", "b", ["r"], ["h"], [[bad]])
    with pytest.raises(ValueError, match="from 0 up"):
        panels("a", "b", ["1"], [Curve("c", (Band(1.0, bad, 2.0),))])


def test_empty_charts_are_refused() -> None:
    for make in (
        lambda: bars("a", "b", []),
        lambda: columns("a", "b", [], []),
        lambda: panels("a", "b", [], []),
        lambda: heat("a", "b", [], [], []),
        lambda: tile_map("a", "b", {}),
    ):
        with pytest.raises(ValueError, match="no values"):
            make()


def test_crooked_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="each row and head"):
        heat("a", "b", ["r"], ["h", "i"], [[1]])
    with pytest.raises(ValueError, match="each head"):
        columns("a", "b", ["1", "2"], [Series("c", (1,))])
    with pytest.raises(ValueError, match="no tile"):
        tile_map("a", "b", {"99": Mark("c", 1)})


def test_each_province_has_one_tile() -> None:
    tiles = load_tiles()
    assert len({tile.code for tile in tiles}) == len({(tile.column, tile.row) for tile in tiles}) == len(tiles) == 34
    from pipeline.core.config import load_config
    from pipeline.running.manifest import data_files

    assert not [name for name in data_files(load_config()) if name.startswith("charts/")]


def test_png_needs_a_chinese_font_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["pipeline.charts.png"], "chinese_font", lambda: None)
    with pytest.raises(ChartError, match="没有中文字体"):
        png(samples()[0])


def test_png_is_a_picture_with_the_same_bytes() -> None:
    from matplotlib.font_manager import fontManager

    from pipeline.charts.paint import FONTS

    if not {entry.name for entry in fontManager.ttflist} & set(FONTS):
        pytest.skip("no Chinese font here")
    first = png(samples()[0])
    assert first.startswith(b"\x89PNG") and first == png(samples()[0])


def test_standalone_files_are_whole() -> None:
    text = svg(samples()[0], standalone=True)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns=')
    assert parsed(text).find("s:rect", NS).get("fill") == "#ffffff"


def test_words_are_cut_to_their_room() -> None:
    assert fitted("引进高层次人才", 40, 10) == "引进高…"
    assert text_width(fitted("引进高层次人才abc", 55, 10), 10) <= 55
    assert fitted("引才", 40, 10) == "引才"


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (12345, "12,345"), (0.25, "0.25"), (1234.56, "1,234.6"), (12.345, "12.3")]
)
def test_figures_as_people_read_them(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_ticks_reach_the_top_in_few_steps(top: float) -> None:
    found = ticks(top)
    assert found[0] == 0 and found[-1] >= top * (1 - 1e-9) and 2 <= len(found) <= 7


@given(st.integers(min_value=1, max_value=10**9))
def test_ticks_of_counts_are_whole_and_even(top: int) -> None:
    found = ticks(top, whole=True)
    steps = {b - a for a, b in pairwise(found)}
    assert all(one == int(one) for one in found) and len(steps) == 1 and found[-1] >= top and len(found) <= 7


@given(st.floats(min_value=0, max_value=1))
def test_words_on_shades_have_contrast(part: float) -> None:
    fill = shade(part)

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(fill), light(ink_on(fill))), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=30))
def test_any_words_make_a_well_formed_chart(word: str) -> None:
    parsed(svg(bars(word, word, [Mark(word, 1, note=word)])))
