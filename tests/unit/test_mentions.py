from decimal import Decimal

import pytest
from extracting import claimed, mentions


def values(text: str) -> list[tuple[str, str, str]]:
    return [(s, f"{m.value_min.normalize():f}", f"{m.value_max.normalize():f}") for s, m in claimed(text)]


@pytest.mark.parametrize(
    ("text", "surface", "low", "high"),
    [
        ("给予30—50万元", "30—50万元", "300000", "500000"),
        ("给予3万-5万元", "3万-5万元", "30000", "50000"),
        ("给予20到30万元", "20到30万元", "200000", "300000"),
        ("每县5-8所", "5-8所", "5", "8"),
        ("占比30%—50%", "30%—50%", "30", "50"),
        ("投资500万元以上1000万元以下的", "500万元以上1000万元", "5000000", "10000000"),
        ("投资500万(含)至5000万元", "500万(含)至5000万元", "5000000", "50000000"),
        ("收入1亿元及以上不足10亿元", "1亿元及以上不足10亿元", "100000000", "1000000000"),
        ("年满60周岁不满65周岁", "60周岁不满65周岁", "60", "65"),
        ("缴费一至四年的", "一至四年", "1", "4"),
        ("预留一千到两千万元", "一千到两千万元", "10000000", "20000000"),
        ("融资八千至三万元", "八千至三万元", "8000", "30000"),
        ("投资七千到九千亿元", "七千到九千亿元", "700000000000", "900000000000"),
        ("增长百分之八到九", "百分之八到九", "8", "9"),
        ("增长百分之二十至百分之三十", "百分之二十至百分之三十", "20", "30"),
        ("增产二千五百～三千五百万吨", "二千五百～三千五百万吨", "25000000", "35000000"),
        ("补助10万元和20万元之间", "10万元和20万元", "100000", "200000"),
        ("比例不高于50%且不低于20%", "50%且不低于20%", "20", "50"),
        ("处一倍至三倍罚款", "一倍至三倍", "1", "3"),
        ("投资500万元（含）以上、1000万元以下的", "500万元（含）以上、1000万元", "5000000", "10000000"),
        ("投资500万元以上（含500万元）1000万元以下的", "500万元以上（含500万元）1000万元", "5000000", "10000000"),
        ("补助比例不低于10%且不高于20%", "10%且不高于20%", "10", "20"),
        ("每县至少1名最多3名", "1名最多3名", "1", "3"),
        ("期限6个月至1年", "6个月至1年", "6", "12"),
        ("给予5000元/月-8000元/月补贴", "5000元/月-8000元", "5000", "8000"),
    ],
)
def test_ranges(text: str, surface: str, low: str, high: str) -> None:
    assert values(text) == [(surface, low, high)]
    assert claimed(text)[0][1].bound == "range"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分别给予100万、50万、20万元", ["1000000", "500000", "200000"]),
        ("分别给予10、8、5万元", ["100000", "80000", "50000"]),
        ("分别奖励100万元、50万元和30万元", ["1000000", "500000", "300000"]),
    ],
)
def test_lists_share_their_unit(text: str, expected: list[str]) -> None:
    assert [low for _, low, _ in values(text)] == expected


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("按1：5.3配比", "ratio", "5.3"),
        ("按1:1比例配套", "ratio", "1"),
        ("不少于三分之一", "ratio", "0.3333"),
        ("不低于2/3", "ratio", "0.6667"),
        ("百分之二十", "percent", "20"),
        ("千分之五", "percent", "5"),
        ("占比近3成", "percent", "30"),
        ("达三成五", "percent", "35"),
        ("实现翻一番", "multiple", "2"),
        ("产值翻两番", "multiple", "4"),
        ("半年内", "duration", "0.5"),
        ("两年半", "duration", "2.5"),
        ("6600多万农村人口", "count", "66000000"),
        ("人口100万", "count", "1000000"),
        ("三又二分之一", "ratio", "3.5"),
        ("世界百万分之一地形图", "ratio", "0.000001"),
        ("节约百 分 之2.4", "percent", "2.4"),
        ("按2.5成补助", "percent", "25"),
        ("租金打八折", "percent", "80"),
        ("按八五折收取", "percent", "85"),
        ("房租8.5折优惠", "percent", "85"),
        ("人均收入翻了两番", "multiple", "4"),
        ("增长一倍", "multiple", "1"),
        ("三个半月", "duration", "3.5"),
        ("一个半小时", "duration", "1.5"),
        ("17个多月", "duration", "17"),
        ("重三斤半", "other", "3.5"),
        ("增速为-5.4%", "percent", "-5.4"),
        ("增长负3.9%", "percent", "-3.9"),
        ("群众减负237亿元", "money", "23700000000"),
        ("六角五分钱，共3元2角5分", "money", "3.25"),
        ("农村贫困人口两亿五千多万", "count", "250000000"),
        ("师生比1比20", "ratio", "20"),
        ("规模分别达到29753\n万人", "count", "297530000"),
        ("提高4.89\n百分点", "percent", "4.89"),
        ("营收占全市近一半", "ratio", "0.5"),
        ("按一比三配套", "ratio", "3"),
        ("惠及近千万农村人口", "count", "10000000"),
        ("货运量突破万亿", "count", "1000000000000"),
        ("千余家企业", "count", "1000"),
        ("亿元以上项目", "money", "100000000"),
    ],
)
def test_special_forms(text: str, kind: str, value: str) -> None:
    [(_, mention)] = claimed(text)
    assert (mention.kind, mention.value_min) == (kind, Decimal(value))


@pytest.mark.parametrize(
    "text",
    [
        "13:30开会",
        "上午9：00-11：00",
        "三年行动计划",
        "一批企业",
        "三位一体",
        "第3.5条",
        "超百亿级产业",
        "一半是海水",
        "汽车零部件",
        "第十二个五年规划",
        "上述三项奖励",
        "机场三期扩建",
        "公安、司法等三部门",
    ],
)
def test_no_quantity(text: str) -> None:
    assert claimed(text) == []


def test_numbers_of_list_items_are_told_from_decimals() -> None:
    text = "对象：\n1.低保老人；\n2.75周岁以上空巢老人；\n3.90周岁以上高龄老人。"
    assert [surface for surface, _ in claimed(text)] == ["75周岁", "90周岁"]
    assert next(surface for surface, _ in claimed("1、80周岁以上的，100元；\n2、90周岁以上的，300元。")) == "80周岁"
    assert [surface for surface, _ in claimed("投资额\n1.5亿元以上的")] == ["1.5亿元"]


@pytest.mark.parametrize("text", ["年龄不超过 45\n周岁", "期限为3\n年，", "津贴20万\n元", "补助10\n%"])
def test_a_unit_may_stand_on_the_next_line(text: str) -> None:
    assert len(claimed(text)) == 1 and "\n" in claimed(text)[0][0]


def test_a_bound_before_a_list_governs_it_and_so_does_one_behind() -> None:
    assert {m.bound for _, m in claimed("最高给予100万元、50万元、30万元")} == {"max"}
    assert {m.bound for _, m in claimed("收入达到1000万元、500万元、200万元以上")} == {"min"}


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("最高不超过500万元", "max"),
        ("不低于50万元", "min"),
        ("不足1年", "max"),
        ("超过30%", "min"),
        ("未超过30%", "max"),
        ("不超过合同额的20%", "max"),
        ("至少每六个月一次评估", "exact"),
        ("增速高于全国0.4个百分点", "exact"),
        ("以100万元为限", "max"),
        ("补助高达500万元", "exact"),
    ],
)
def test_no_direction_is_inverted(text: str, bound: str) -> None:
    assert claimed(text)[0][1].bound == bound


@pytest.mark.parametrize("text", ["1家以上5名以下", "从98元/月提高到178元/月", "由3%提高到5%", "15天至1个月"])
def test_two_quantities_are_no_range(text: str) -> None:
    assert [m.rule for _, m in claimed(text)] == ["数量", "数量"]


def test_an_arabic_number_without_unit_is_reported() -> None:
    assert [(m.fate, m.rule) for m in mentions("得到37的结果")] == [("unclaimed", "无单位")]


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("得到37的结果", 37, 37, "exact"),
        ("评价不低于60的结果", 60, 60, "min"),
        ("人口大于4865并少于20793的", 4865, 20793, "range"),
        ("得到20和30之间的结果", 20, 30, "range"),
    ],
)
def test_a_bare_number_has_its_value_and_bound(text: str, low: int, high: int, bound: str) -> None:
    [mention] = [m for m in mentions(text) if m.fate == "unclaimed"]
    assert (mention.value_min, mention.value_max, mention.bound) == (low, high, bound)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("人民币 50万", "元"), ("US$300", "美元"), ("港币两千元", "港元"), ("￥300元", "元"), ("1000万人民币", "元")],
)
def test_a_currency_before_the_number_is_its_unit(text: str, unit: str) -> None:
    assert [m.unit for _, m in claimed(text)] == [unit]


@pytest.mark.parametrize("text", ["", "。", "没有数字", "万元", "分之", "1", "元", "1、", "—5"])
def test_edges(text: str) -> None:
    assert all(0 <= m.start < m.end <= len(text) for m in mentions(text))
    assert claimed(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "九" * 5000,
        "编号9：" + "1" * 26,
        "一分之九千亿亿亿亿亿",
        "产值翻9999999999番",
        "账号62220212345678901234567890123元",
        "9" * 100_000 + "元",
        "2023年1月5日" * 2000,
        "a" * 50_000 + "@",
        "一" * 50_000,
        "abc 12 " * 5000,
    ],
    ids=lambda text: text[:12],
)
def test_what_nobody_means_as_a_figure_is_set_aside_and_breaks_nothing(text: str) -> None:
    assert claimed(text) == []
