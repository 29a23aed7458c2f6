"""Which measures share a group, and what a cap inherits."""

from __future__ import annotations

import pytest
from given_roles import measures

from pipeline.extract.groups import alike


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("分别给予100万元、50万元、30万元。", [0, 0, 0]),
        ("按投资额的20%给予补助，最高500万元，连续3年。", [0, 0, 0]),
        ("按投资额的10%给予补助。同一企业每年最高不超过3000万元。", [0, 0]),
        ("给予每亩100元补助。\n奖励金额最高不超过20万元。", [0, 0]),
        ("对企业给予10万元奖励，另给予团队5万元。", [0, 1]),
        ("对获评国家级的奖励50万元，对获评省级的奖励20万元。", [0, 0]),
        ("对企业给予10万元奖励。对个人给予5万元奖励。", [0, 1]),
        ("奖励如下：\n1.国家级20万元；\n2.省级10万元；\n3.市级5万元。", [0, 0, 0]),
        ("按下列标准补助：\n县道：1万元；\n乡道：5000元。", [0, 0]),
        ("措施如下：\n1.建设用地优先，免3年租金；\n2.用电优惠10万元。", [0, 1]),
        ("等级\t安家费\t月补\nA类\t50万元\t3000元\nB类\t30万元\t2000元", [0, 1, 0, 1]),
        ("研发费用增量达标，给予不超过30万元资金支持；研发费用增量未达标，给予不超过20万元资金支持。", [0, 0]),
        ("新认定的国家级中心，给予50万元奖励；获得专利的个人，每件补贴2000元。", [0, 1]),
    ],
)
def test_benefits(text: str, groups: list[int]) -> None:
    assert [m.group for m in measures(text)] == groups


def test_a_single_fact_has_no_group() -> None:
    assert [m.group for m in measures("建成园区5个。", "f")] == [None]


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("给予每人2000元补贴，最高10万元。", ("人",)),
        ("按采购价15%给予一次性补助，最高200万元。", ("once",)),
        ("给予每人2000元补贴，累计不超过10万元。", ()),
        ("每增加1000万元，给予2万元奖励，最高20万元。", ()),
        ("一至四级每人发20万元，五至六级12万元。", ("人",)),
        ("给予每人2000元补贴，另给予5万元。", ()),
        ("给予每亩100元补助，单个主体最高20万元。", ("主体",)),
    ],
)
def test_what_a_cap_inherits(text: str, per: tuple[str, ...]) -> None:
    assert measures(text)[-1].per == per


def test_a_cap_has_the_action_of_its_benefit() -> None:
    assert [m.action for m in measures("按投资额的20%给予补助，最高500万元。")] == ["给予", "给予"]


def test_parts_of_a_budget_keep_its_basis() -> None:
    found = measures("危桥改造按每平方米3200元核定，其中省补1800元，市补800元。", "m")
    assert [m.per for m in found] == [("平方米",)] * 3


def test_clauses_are_alike_when_most_of_both_is_the_same() -> None:
    assert alike("认定为国家级工业设计中心的，奖励", "认定为省级工业设计中心的，奖励")
    assert not alike("对新认定的高新技术企业，给予", "对新认定为国家级孵化器的，给予")
    assert not alike("", "奖励")
