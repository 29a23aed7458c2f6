import pytest
from extracting import measures


def only(text: str, kind: str):
    return [m for m in measures(text) if m.kind == kind]


def test_tiers_are_aligned_by_their_order() -> None:
    found = only("对认定的A类、B类、C类人才，分别给予100万元、50万元、30万元安家补助。", "money")
    assert [(m.beneficiary, int(m.value_min)) for m in found] == [
        ("A类人才", 1000000),
        ("B类人才", 500000),
        ("C类人才", 300000),
    ]
    assert {m.item for m in found} == {"安家补助"}
    assert len({m.group for m in found}) == 1 and found[0].group is not None


def test_rate_with_cap_is_one_group_and_the_cap_keeps_the_beneficiary() -> None:
    rate, cap = [m for m in measures("对新建物流项目，按投资额的20%给予补助，最高500万元。") if m.role == "benefit"]
    assert (rate.kind, cap.kind, cap.bound) == ("percent", "money", "max")
    assert rate.group == cap.group
    assert rate.beneficiary == cap.beneficiary == "新建物流项目"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("给予全日制博士最高40万元安家补助。", "benefit"),
        ("2024年已引进高层次人才731名。", "fact"),
        ("到2027年，力争引进高层次人才800名。", "target"),
        ("年销售收入2000万元以上的企业，给予奖励。", "condition"),
        ("市财政每年安排人才专项资金3000万元。", "budget"),
        ("本办法有效期5年。", "other"),
        ("处五千元以下罚款。", "other"),
        ("年龄在45周岁以下。", "condition"),
        ("自受理之日起10个工作日内办结。", "condition"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert measures(text)[-1].role == role


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("给予每人每月2000元生活补贴。", ("人", "月")),
        ("给予租房补贴，标准为20元/平方米。", ("平方米",)),
        ("给予一次性奖励20万元。", ("once",)),
        ("给予10万元的一次性奖励。", ("once",)),
        ("每家企业最高补助50万元。", ("企业",)),
        ("对单个企业每年最高奖励100万元。", ("企业", "年")),
    ],
)
def test_per(text: str, per: tuple[str, ...]) -> None:
    assert measures(text)[0].per == per


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("到2027年，培育企业500家。", "2027"),
        ("2024年1—5月，新增就业3000人。", "2024-01/2024-05"),
        ("2021—2023年，累计投入3亿元。", "2021/2023"),
        ("新增就业3000人。", None),
        ("到2027年，实现以下目标：\n1.培育企业500家。\n2.引进人才300名。", "2027"),
    ],
)
def test_time(text: str, time: str | None) -> None:
    assert {m.time for m in measures(text)} == {time}


def test_the_same_fact_stated_twice_is_one_fact() -> None:
    text = "2024年已引进高层次人才731名。\n2024年已引进高层次人才731名。"
    first, second = measures(text)
    assert first.fact == second.fact
    assert first.start != second.start


def test_reached_in_a_condition_is_a_floor_but_exact_in_a_fact() -> None:
    assert only("对年销售额达到1000万元的企业，给予奖励。", "money")[0].bound == "min"
    assert only("全年产值达到1000万元，同比增长。", "money")[0].bound == "exact"


def test_no_mentions_no_measures() -> None:
    assert measures("加强组织领导。") == ()


def test_the_parts_of_a_budget_are_budgets() -> None:
    text = "专项资金由市财政预算安排，年度规模8000万元，其中风险补偿4000万元、贷款贴息2000万元、奖励2000万元。"
    assert [m.role for m in measures(text)] == ["budget"] * 4


def test_growth_has_the_item_it_grows_from() -> None:
    assert [m.item for m in measures("实现国有资本收益64.6亿元，增长8%。")] == ["国有资本收益", "国有资本收益"]


def test_an_open_end_is_empty() -> None:
    [cap] = only("给予最高40万元补助。", "money")
    assert (cap.value_min, cap.value_max) == (None, 400000)
    [floor] = only("不少于50万元。", "money")
    assert (floor.value_min, floor.value_max) == (500000, None)


def test_a_benefit_keeps_the_words_of_its_condition_and_its_agency_and_action() -> None:
    text = "对年销售收入2000万元以上、纳税50万元以上的企业，给予10万元奖励。（责任单位：市工信局、市财政局）"
    benefit = next(m for m in measures(text) if m.role == "benefit")
    assert benefit.condition == "年销售收入2000万元以上、纳税50万元以上"
    assert benefit.action == "给予"


def test_each_figure_of_a_sentence_has_the_group_named_beside_it() -> None:
    text = "对新认定为国家级孵化器的奖励200万元，认定为省级孵化器的奖励100万元。"
    assert [m.beneficiary for m in only(text, "money")] == ["国家级孵化器", "省级孵化器"]


@pytest.mark.parametrize("text", ["比1980年增长8%", "较2020年下降2个百分点"])
def test_the_base_of_a_comparison_is_no_time(text: str) -> None:
    assert [m.time for m in measures(text)] == [None]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("对每发行一期债券（短期融资券需发行1亿元以上）的企业给予奖励。", "condition"),
        ("全年发放以旧换新补贴3亿元、带动销售金额905亿元，同比增长12%。", "fact"),
    ],
)
def test_roles_that_look_like_benefits(text: str, role: str) -> None:
    assert measures(text)[-1].role == role


def test_a_cap_in_a_sentence_of_its_own_belongs_to_the_benefit_before_it() -> None:
    text = "对新落户的整机项目，按照投资额的10%给予补助。同一企业每年最高不超过3000万元。"
    rate, cap = measures(text)
    assert (cap.item, cap.beneficiary, cap.group) == (rate.item, rate.beneficiary, rate.group)
    assert cap.per == ("企业", "年")


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("对新建公共服务平台，按投资额的20%给予一次性补助，最高不超过50万元。", ("once",)),
        ("对发行债券的企业，每单给予所募资金1%的补助，最高不超过30万元。", ("单",)),
        ("对新投产企业一次性奖励10万元，销售收入每增加1000万元，增加奖励2万元，最高不超过20万元。", ("once",)),
        # a length of time has no basis, nor has a cap whose benefit has none, and another sentence's is not its own
        ("符合条件的人才每月给予租房补贴2000元，最长36个月。", ()),
        ("对技改项目，按投资额的20%给予补助，最高不超过50万元。", ()),
        ("对新建平台给予一次性补助。按投资额的20%给予补助，最高不超过50万元。", ()),
    ],
)
def test_a_cap_of_money_has_the_basis_of_the_benefit_it_closes(text: str, per: tuple[str, ...]) -> None:
    cap = measures(text)[-1]
    assert cap.bound == "max" and cap.per == per
