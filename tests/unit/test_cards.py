"""Which tables are cards, where each begins and ends, and what it says of its document."""

from __future__ import annotations

import pytest

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.layers import Block, RawText
from pipeline.structure.parts import find_parts, load_part_rules

RULES = load_part_rules(configs_dir())
Card = tuple[str, list[tuple[str, ...]]]


def document(*pieces: str | list[tuple[str, ...]]) -> RawText:
    """Return a text of paragraphs (str) and tables (rows of cells)."""
    text, blocks, table = "", [], 0
    for piece in pieces:
        if isinstance(piece, str):
            text += "\n" if text else ""
            blocks.append(Block(len(text), len(text) + len(piece), "paragraph"))
            text += piece
            continue
        for row, cells in enumerate(piece):
            text += "\n"
            for column, cell in enumerate(cells):
                text += "\t" if column else ""
                blocks.append(Block(len(text), len(text) + len(cell), "cell", table=table, row=row, column=column))
                text += cell
        table += 1
    return RawText(text, "text/html", blocks=tuple(blocks))


def card(number: int, **changes: str) -> list[tuple[str, ...]]:
    values = {
        "发文机构": "云州市财政局",
        "发文字号": f"云财发〔2024〕{number}号",
        "发布日期": "2024年3月1日",
        "服务对象": "企业",
    }
    return [(label, value) for label, value in (values | changes).items()]


def found(raw: RawText) -> list[tuple[str, dict[str, str]]]:
    text = clean(raw)
    parts = find_parts(raw, text, rules=RULES)
    given = [{one.field: raw.text[one.start : one.end] for one in part.given} for part in parts]
    return [(text.text[part.start : part.end], fields) for part, fields in zip(parts, given, strict=True)]


def test_each_table_with_its_title_is_a_document():
    raw = document(
        "政策导引", "一、综合篇", "1. 贷款贴息", card(1), "2. 设备补助", card(2), "3. 首台套奖励", card(3), "附录说明"
    )
    rest, first, second, third = found(raw)
    assert rest[1] == {}
    assert first[0].startswith("1. 贷款贴息\n发文机构")
    assert first[1] == {
        "title": "贷款贴息",
        "issuer": "云州市财政局",
        "doc_number": "云财发〔2024〕1号",
        "issue_date": "2024年3月1日",
    }
    assert second[0].endswith("企业")
    assert [one[1]["title"] for one in (second, third)] == ["设备补助", "首台套奖励"]
    assert "附录说明" not in third[0]


def test_one_table_of_many_cards_is_cut_at_its_rows_of_one_cell():
    rows = [row for n, name in enumerate(("甲措施", "乙措施", "丙措施"), 1) for row in [(name,), *card(n)]]
    assert [fields["title"] for text, fields in found(document("导引", rows)) if fields] == [
        "甲措施",
        "乙措施",
        "丙措施",
    ]


def test_a_label_for_the_title_counts_more_than_the_line_above():
    tables = [card(n, 政策名称=f"第{n}项政策") for n in (1, 2, 3)]
    raw = document("导引", *[piece for table in tables for piece in ("办事卡", table)])
    assert [fields["title"] for _, fields in found(raw) if fields] == ["第1项政策", "第2项政策", "第3项政策"]


@pytest.mark.parametrize(
    "raw",
    [
        document("导引", "甲", card(1), "乙", card(2)),  # two are no collection
        document("名单", [("单位", "金额"), ("甲公司", "30"), ("乙公司", "40")]),
        document("联系", *[[("联系电话", f"1234{n}")] for n in range(5)]),
        RawText("没有表格。", "text/plain"),
    ],
)
def test_other_tables_are_left_alone(raw: RawText):
    assert found(raw) == []
