"""The time of the last figure of a text, when its measure has a given role."""

from __future__ import annotations

import pytest
from extracting import mentions, sentences

from pipeline.core.layers import Role
from pipeline.extract.context import Surroundings
from pipeline.extract.mentions import lists
from pipeline.extract.when import Times


def time_of(text: str, role: Role, place: int = -1) -> str | None:
    found = mentions(text)
    members = lists(text, found)[-1]
    first, last = found[members[0]], found[members[-1]]
    mention = found[members[place]]
    return Times(text).of(mention, Surroundings(text, sentences(text), ()).of(mention, first, last), role)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("到2027年，培育企业500家。", "2027"),
        ("2024年1—5月，新增就业3000人。", "2024-01/2024-05"),
        ("2021—2023年，累计投入3亿元。", "2021/2023"),
        ("新增就业3000人。", None),
        ("2025年，产值1亿元，比2020年增长8%。", "2025"),
        ("产值恢复到2019年的113%。", None),
        ("旅游收入是2015年的3.75倍。", None),
        ("2025年末余额1亿元，较2020年末的8000万元增长。", "2020"),
        ("按2020年不变价计算，产值1亿元。", None),
        ("通车里程由1997年的123万公里增加到2002年的176万公里。", "2002"),
        ("通车里程由1997年的123万公里增加到2002年的176万公里，其中高速由1万公里起。", "1997"),
        ("印发《健康产业规划（2021—2025年）》，建成医院5家。", None),
        ("依据云政发〔2024〕5号，建成医院5家。", None),
        ("2024年（其中2023年底前完成3家）建成医院5家。", "2024"),
        ("完成（2023年启动的）医院5家。", None),
        ("专项实施周期为5年（2017—2021年）。", "2017/2021"),
        ("政策有效期三年，从2017年1月1日至2019年12月31日止。", "2017-01-01/2019-12-31"),
        ("2024年一季度，发放贷款52亿元。", "2024-01/2024-03"),
        ("2024年上半年发放贷款52亿元。", "2024-01/2024-06"),
        ("2024年前三季度发放贷款52亿元。", "2024-01/2024-09"),
        ("指标\t2023年实绩\t2025年目标\n企业（家）\t412家\t500家", "2025"),
        ("2000年收入达到2253元，平均每年增长4.7%。", None),
        ("2024年末余额1亿元，由去年的3000万元增至。", None),
    ],
)
def test_facts(text: str, time: str | None) -> None:
    assert time_of(text, "fact") == time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("到2027年，实现以下目标：\n1.培育企业500家。\n2.引进人才300名。", "2027"),
        ("二、到2027年，实现以下目标：\n（一）培育企业500家。\n（二）引进人才300名。", "2027"),
        ("到2027年，体系基本建成。\n——创新能力。打造平台5个。", "2027"),
        ("到2027年，体系基本建成。\n——创新能力增强。\n打造平台5个。", "2027"),
        ("到2027年，水平明显提升。数字化率达到90%。", "2027"),
        ("到2027年，水平明显提升。今年数字化率达到90%。", None),
        ("到2027年，水平明显提升。\n二、重点任务\n打造平台5个。", None),
        ("现将2024年度配租事项公告如下：\n一、推出房源936套。", None),
        ("2025年主要目标是增长5%。围绕上述目标，抓好以下工作：\n（一）建成企业50家。", None),
        ("到2019年底，实现全覆盖；\n组织申报项目20个；\n认定车间10个。", "2019"),
        ("到2025年，企业由3家增加到5家。", "2025"),
        ("到2025年，年均增长6%以上。", "2025"),
        ("第一步，到2020年取得突破。带动能力增强。\n--产业规模超过1万亿元。", "2020"),
    ],
)
def test_targets(text: str, time: str | None) -> None:
    assert time_of(text, "target") == time


@pytest.mark.parametrize(
    ("text", "role", "time"),
    [
        ("到2020年，收入达到1亿元以上", "condition", None),
        ("2020年利用率不低于50%", "condition", "2020"),
        ("1989年3月1日以后出生，年龄不超过35周岁", "condition", None),
        ("对2022年以来认定的企业，给予50万元", "benefit", None),
        ("对引进品种且2022年销售额达标的企业，按5%", "benefit", None),
        ("2018年认定的项目按投资额的40%", "benefit", "2018"),
        ("自2026年1月起，补贴标准提高至217元", "benefit", "2026-01"),
    ],
)
def test_conditions_and_benefits(text: str, role: Role, time: str | None) -> None:
    assert time_of(text, role) == time


def test_two_years_are_shared_out_to_two_figures() -> None:
    text = "2020年与2022年分别获得样本1764户和1633户。"
    assert [time_of(text, "fact", place) for place in (0, 1)] == ["2020", "2022"]


def test_what_an_aim_starts_from_has_no_time() -> None:
    assert time_of("到2025年，床位由3万张", "fact") is None
