from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from pipeline.export.topic_choice import plot, section
from pipeline.topics.choose import HEADS, Row, Sweep

SVG = "{http://www.w3.org/2000/svg}"
ROW = Row(10, 10, 0.2, 0.05, 0.4, 1.0, 0.75, 0.5, 0.1, 1, 0.9)


def swept(*rows: Row) -> Sweep:
    return Sweep("nmf", "document", 588, 3, 3, rows)


def lines(found: Sweep) -> list[list[tuple[float, float]]]:
    """The points of the five lines: C_V, NPMI, seeds, samples, coherent topics."""
    drawn = ElementTree.fromstring(plot(found)).iter(f"{SVG}polyline")
    return [[tuple(map(float, point.split(","))) for point in one.get("points", "").split()] for one in drawn]  # type: ignore[misc]


def texts(found: Sweep) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(plot(found)).iter(f"{SVG}text")]


def bands(found: Sweep) -> list[tuple[float, float]]:
    drawn = [one for one in ElementTree.fromstring(plot(found)).iter(f"{SVG}rect") if one.get("class") == "plateau"]
    return [(float(one.get("x", "")), float(one.get("x", "")) + float(one.get("width", ""))) for one in drawn]


def test_every_figure_stands_at_its_height() -> None:
    c_v, npmi, seeds, samples, coherent = lines(swept(ROW, replace(ROW, k=20, coherent=0.0)))
    assert all(len(one) == 2 for one in (c_v, npmi, seeds, samples, coherent))
    # of the lower diagram, from 1 (a whole share) down to 0
    top, bottom = coherent[0][1], coherent[1][1]
    assert seeds[0][1] == pytest.approx(top + (bottom - top) / 4, abs=0.2)
    assert samples[0][1] == pytest.approx((top + bottom) / 2, abs=0.2)
    # the upper one ends at .4, the highest figure of all
    assert npmi[0][1] - c_v[0][1] == pytest.approx((bottom - top) / 2, abs=0.2)


def test_numbers_of_topics_stand_at_their_distance() -> None:
    (first, second, third) = (x for x, _ in lines(swept(ROW, replace(ROW, k=15), replace(ROW, k=30)))[0])
    assert third - second == pytest.approx(3 * (second - first), abs=0.3)
    assert {"10", "15", "30", "主题数 k"} <= set(texts(swept(ROW, replace(ROW, k=15), replace(ROW, k=30))))


def test_labels_of_the_axis_do_not_stand_on_each_other() -> None:
    rows = [replace(ROW, k=k) for k in (2, 3, 4, 500)]
    assert {"2", "500"} <= set(texts(swept(*rows))) and "3" not in texts(swept(*rows))


def test_one_number_alone_is_drawn() -> None:
    assert [len(one) for one in lines(swept(ROW))] == [1] * 5


def test_coherence_below_zero_and_its_error_have_room() -> None:
    low = replace(ROW, npmi=-0.35, npmi_error=0.2)
    told = texts(swept(low))
    assert "-0.6" in told and "-0.8" not in told
    errors = re.findall(r'<path d="M[\d.]+ ([\d.]+)V([\d.]+)', plot(swept(low)))
    assert len(errors) == 2 and all(float(bottom) > float(top) for bottom, top in errors)


@pytest.mark.parametrize(("plateau", "count"), [((), 0), ((10,), 1), ((10, 15), 1), ((10, 30), 2), ((10, 15, 30), 1)])
def test_the_plateau_is_marked_and_nothing_else(plateau: Sequence[int], count: int) -> None:
    found = swept(*(replace(ROW, k=k, plateau=k in plateau) for k in (10, 15, 30)))
    assert len(bands(found)) == 2 * count  # in both diagrams
    assert texts(found).count("平台") == count
    for k, (x, _) in zip((10, 15, 30), lines(found)[0], strict=True):
        assert any(left <= x <= right for left, right in bands(found)) == (k in plateau)


def test_a_plot_needs_nothing_from_anywhere() -> None:
    text = plot(swept(ROW))
    assert not re.search(r"script|href|url\(|@import|<image|@font-face", text)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    fonts = ElementTree.fromstring(text).get("font-family", "")
    assert fonts.endswith(", sans-serif") and all(f"'{name}'" in fonts for name in ("Microsoft YaHei", "PingFang SC"))
    assert "Noto Sans CJK SC" in fonts and plot(swept(ROW)) == text


def test_the_section_has_the_plot_the_table_and_what_they_say() -> None:
    found = swept(ROW, replace(ROW, k=20, plateau=True))
    page = section(found, same=True)
    assert page.count("<svg") == 1 and "http" not in page
    assert all(f">{head}</th>" in page for head in HEADS.values())
    assert page.count("<tr>") == 3 and ">0.75</td>" in page and ">是</td>" in page
    assert "再自行选定" in page and "有变化" not in page
    assert "此后文档或其内容有变化" in section(found, same=False)
