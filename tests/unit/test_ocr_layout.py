"""From lines with corners to blocks: skew, ruled tables, columns, scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_ingest_ocr import SETTINGS

from pipeline.ingest import ocr
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.ocr_engine import Recogniser, Seen
from pipeline.ingest.ocr_rules import find_rules
from pipeline.ingest.ocr_upright import set_upright, slope_of
from pipeline.ingest.pdf_flow import write_flow

WIDTH, HEIGHT, SCALE = 1190, 1684, 2.0
LEFT, MIDDLE, RIGHT = 100, 300, 1090
ROWS = (200, 260, 520, 580)


def turn(x: float, y: float, slope: float) -> tuple[float, float]:
    """Return where a point of an upright page lies when its lines fall by ``slope``, turned about its centre."""
    angle = math.atan(slope)
    right, down = x - WIDTH / 2, y - HEIGHT / 2
    cos, sin = math.cos(angle), math.sin(angle)
    return WIDTH / 2 + right * cos - down * sin, HEIGHT / 2 + right * sin + down * cos


def seen(text: str, x: float, y: float, slope: float, score: float = 0.9) -> Seen:
    x1, y1 = x + 13 * len(text.encode("gbk")), y + 28
    a, b, c, d = (turn(px, py, slope) for px, py in ((x, y), (x1, y), (x1, y1), (x, y1)))
    return Seen(text, (a, b, c, d), score)


def picture(slope: float) -> ocr.Picture:
    """Return a page with a table of two columns and three rows, its lines drawn three pixels thick."""
    image = np.full((HEIGHT, WIDTH), 245, np.uint8)
    lines = [((LEFT, y), (RIGHT, y)) for y in ROWS] + [((x, ROWS[0]), (x, ROWS[-1])) for x in (LEFT, MIDDLE, RIGHT)]
    for (ax, ay), (bx, by) in lines:
        for step in np.linspace(0, 1, 3000):
            x, y = turn(ax + (bx - ax) * step, ay + (by - ay) * step, slope)
            image[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2] = 60
    return ocr.Picture(image, SCALE, (0, 0, WIDTH / SCALE, HEIGHT / SCALE))


@pytest.mark.parametrize("slope", [0.0, 0.0122, -0.03])
def test_a_ruled_table_on_a_skewed_page(slope: float) -> None:
    lines = [
        seen("北京市支持政策", 400, 120, slope, 0.5),
        seen("服务对象", 130, 215, slope),
        seen("全市范围", 320, 215, slope, 0.8),
        seen("服务内容", 130, 375, slope),
        seen("对符合条件的改造项目按照固定资产投资总额的一定比例给予", 345, 280, slope),
        seen("补助，最高不超过", 320, 330, slope, 0.7),
        seen("5000万元。", 320, 380, slope, 0.7),
        seen("发布日期", 130, 535, slope),
        seen("2023-09-26", 320, 535, slope),
    ]
    assert slope_of(lines) == pytest.approx(slope, abs=1e-3)
    page = ocr.recognise(Recogniser(lambda: lambda _: lines, SETTINGS), picture(slope), 1)
    builder = TextBuilder("a.png", 1000)
    write_flow([page.parts], builder)
    blocks = ocr.scored(builder.blocks, {1: page})
    found = [(b.kind, b.row, b.column, builder.text[b.start : b.end].replace("\n", "/"), b.score) for b in blocks]
    assert found[:3] == [
        ("line", None, None, "北京市支持政策", 0.5),
        ("cell", 0, 0, "服务对象", 0.9),
        ("cell", 0, 1, "全市范围", 0.8),
    ]
    content = "对符合条件的改造项目按照固定资产投资总额的一定比例给予/补助，最高不超过/5000万元。"
    assert found[3][:4] == ("cell", 1, 0, "服务内容")
    assert found[4][:4] == ("cell", 1, 1, content) and 0.7 < (found[4][4] or 0) < 0.9
    assert [one[3] for one in found[5:]] == ["发布日期", "2023-09-26"]


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [
        seen("左栏的文字从这里开始一直写到左栏末尾为止" + "一二三四五六七八九十"[i], 100, 200 + 40 * i, 0)
        for i in range(10)
    ]
    right = [
        seen("右栏的文字接在左栏后面继续往下写直到结束" + "一二三四五六七八九十"[i], 700, 200 + 40 * i, 0)
        for i in range(10)
    ]
    both = [line for pair in zip(left, right, strict=True) for line in pair]
    blank = ocr.Picture(np.full((HEIGHT, 1400), 255, np.uint8), SCALE, (0, 0, 700, HEIGHT / SCALE))
    page = ocr.recognise(Recogniser(lambda: lambda _: both, SETTINGS), blank, 1)
    builder = TextBuilder("a.png", 10_000)
    write_flow([page.parts], builder)
    assert builder.text.split("\n") == [line.text for line in (*left, *right)]


def test_strokes_and_filled_areas_are_no_rules() -> None:
    image = np.full((800, 600), 255, np.uint8)
    image[100:140, 50:550] = 0  # a bar
    image[300:303, 50:550] = 0  # a rule
    image[400:403, 50:60] = 0  # a dash
    across, down = find_rules(image, 0.0, 1.0)
    assert [(round(rule.at), rule.low, rule.high) for rule in across] == [(800 - 301, 50, 550)]
    assert down == []


def test_short_lines_are_as_high_as_their_characters() -> None:
    tall = Seen("方式。", ((0, 0), (88, 0), (88, 47), (0, 47)), 1.0)
    (line,) = set_upright([tall], 0.0, (600, 800), 1.0)
    assert line.box[3] - line.box[1] == pytest.approx(1.2 * 88 / 3)


def test_a_page_without_long_lines_is_level() -> None:
    assert slope_of([]) == 0.0
    assert slope_of([Seen("章", ((0, 0), (20, 3), (20, 23), (0, 20)), 1.0)]) == 0.0
