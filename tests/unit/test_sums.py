"""Totals and their parts. All sentences are invented."""

from __future__ import annotations

import pytest
from extracting import measures, rules

from pipeline.core.document import Document, Source
from pipeline.core.layers import CleanText
from pipeline.core.offsets import Edit
from pipeline.extract.sums import find_sums, wrong_sums


def said(text: str) -> list[tuple[str, str]]:
    """Quote and verdict of each total that has one."""
    return [(text[m.start : m.end], m.rule.partition("；")[2]) for m in measures(text) if "；" in m.rule]


def document(text: str) -> Document:
    return Document(Source("a.txt", "a.txt", "0" * 64, 1)).with_layer("text", CleanText(text, ()))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("引进人才642名，其中企业引进182名、事业单位引进460名。", "合计相符"),
        ("引进人才642名，其中：企业引进182名；事业单位引进460名。", "合计相符"),
        ("引进人才642名（其中企业182名、事业单位460名）。", "合计相符"),
        ("总投资1.2亿元，其中省级8500万元、市级3500万元。", "合计相符"),
        ("安排资金1.5万亿元，比上年增加3000亿元，其中中央9000亿元，地方6000亿元。", "合计相符"),
        ("铁路2.46万公里，其中甲线1.4万公里、乙线10598公里。", "合计相符"),
        ("引进博士12名、硕士30名，合计42名。", "合计相符"),
        ("引进人才642名，其中企业引进182名、事业单位引进450名。", "合计不符"),
        ("引进人才642名，其中企业引进282名、事业单位引进460名。", "合计不符"),
        ("评审组共15人，由高校专家9人、企业专家5人组成。", "合计不符"),
        ("认定平台20个，分别为国家级5个、省级8个。", "合计不符"),
    ],
)
def test_sums_are_checked(text: str, verdict: str) -> None:
    assert [word for _, word in said(text)] == [verdict]
    assert len({m.group for m in measures(text) if m.rule.startswith("数量")} - {None}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "引进人才642名，其中博士182名。",
        "新开工项目600个，其中省级90个、市级30个。",
        "抽检超2万批次，其中零售环节超8000批次，农村地区超1200批次。",
        "公路60万公里，新建铁路2万公里、新建航道1万公里。",
        "营造林120万亩，其中南山绿化35万亩，修复草原480万亩，治理沙地60万亩。",
        "五个领域，包括5个一级指标、19个二级指标。",
        "补助标准由每人20元提高到25元。",
        "资助总额不超过300万元，其中发明专利1000元/件、外观专利500元/件。",
        "对年销售额1亿元的企业，分别给予10万元、20万元奖励。",
    ],
)
def test_nothing_is_said_where_nothing_is_claimed(text: str) -> None:
    assert said(text) == []


def test_one_part_is_linked_but_claims_nothing() -> None:
    total, part = measures("引进人才642名，其中博士182名。")
    assert total.group == part.group is not None


def test_groups_of_benefits_are_kept_and_numbers_stay_dense() -> None:
    text = "给予A类、B类人才50万元、30万元补助。引进人才50名，其中博士20名、硕士30名。"
    assert [m.group for m in measures(text)] == [0, 0, 1, 1, 1]


def test_parts_of_parts_belong_to_their_own_total() -> None:
    text = "共有机构100家，其中公办60家（其中省属20家、市属40家），民办40家。"
    sums = find_sums(text, measures(text), rules=rules().finish.sums)
    assert [one.right for one in sums if len(one.parts) > 1] and False not in {one.right for one in sums}


def test_a_wrong_sum_is_an_issue_that_leaves_the_document_done() -> None:
    text = "引进人才642名，其中企业引进182名、事业单位引进450名。"
    [found] = wrong_sums(measures(text), document(text), rules=rules().finish.sums)
    assert (found.code, found.severity, found.start, found.end) == ("number.sum", "info", 4, 8)
    for words in ("642名", "182名、450名", "632名", "相差 10名"):
        assert words in found.message


def test_the_place_of_an_issue_is_in_the_raw_text() -> None:
    text = "引进人才642名，其中企业引进182名、事业单位引进450名。"
    moved = document(text).with_layer("text", CleanText(text, (Edit(0, 5, "", "spaces"),)))
    [found] = wrong_sums(measures(text), moved, rules=rules().finish.sums)
    assert (found.start, found.end) == (9, 13)


def test_right_sums_are_no_issues() -> None:
    text = "引进人才642名，其中企业引进182名、事业单位引进460名。"
    assert list(wrong_sums(measures(text), document(text), rules=rules().finish.sums)) == []
