"""Titles against the page: smaller lines beside them, cells of tables."""

from __future__ import annotations

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import Block, RawText
from pipeline.structure.head import read_head
from pipeline.structure.rules import load_head_rules

RULES = load_head_rules(configs_dir())
SOURCE = Source("a.pdf", "a.pdf", "0" * 64, 1)


def title(raw: RawText) -> str | None:
    head = read_head(SOURCE, raw, clean(raw), rules=RULES)
    return head.title.value if head.title else None


def printed(*lines: tuple[str, float]) -> RawText:
    """Return a page of lines, each with its height in points."""
    text, blocks, y = "", [], 800.0
    for line, height in lines:
        text += "\n" if text else ""
        blocks.append(
            Block(len(text), len(text) + len(line), "line", page=1, box=(90, y - height, 90 + 9.0 * len(line), y))
        )
        text += line
        y -= 30
    return RawText(text, "application/pdf", n_pages=1, blocks=tuple(blocks))


BODY = [("为贯彻落实人才强市战略，加快引进高层次人才，制定本纲要。", 12.0), ("一、总体要求", 12.0)]


def test_smaller_lines_above_are_no_part_of_the_title():
    raw = printed(
        ("云州日报/ 2021年/ 02月/ 20日/第A01版/", 12),
        ("云州市国民经济和社会发展", 20),
        ("第十四个五年规划纲要", 20),
        *BODY,
    )
    assert title(raw) == "云州市国民经济和社会发展第十四个五年规划纲要"


def test_lines_of_one_size_stay_together():
    raw = printed(("云州市人民政府关于印发", 20), ("云州市人才发展规划的通知", 20), *BODY)
    assert title(raw) == "云州市人民政府关于印发云州市人才发展规划的通知"


def test_the_head_of_a_table_is_no_title_but_a_labelled_one_is():
    def table(*cells: str) -> RawText:
        text, blocks = "", []
        for column, cell in enumerate(cells):
            text += "\t" if column else ""
            blocks.append(Block(len(text), len(text) + len(cell), "cell", table=0, row=0, column=column))
            text += cell
        return RawText(f"{text}\n各地按此执行，由市财政局负责解释。", "text/html", blocks=tuple(blocks))

    assert title(table("农业耕地面积数值", "增长率", "总产值", "增速", "粮食产量规划")) is None
    assert title(table("名称", "云州市人才公寓管理办法")) == "云州市人才公寓管理办法"
