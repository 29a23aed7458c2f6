"""Measures without a figure: what is one, what isn't, and what its slots say. All sentences are invented."""

from __future__ import annotations

import pytest
from extracting import all_measures, deeds, rules, sentences

from pipeline.core.errors import PipelineError
from pipeline.core.layers import CleanText, Measure, Section
from pipeline.extract.deed_rules import load_deed_rules
from pipeline.extract.deeds import find_deeds
from pipeline.extract.when import Times


def quotes(text: str) -> list[str]:
    return [text[m.start : m.end] for m in deeds(text)]


def under(heading: str, body: str) -> tuple[Measure, ...]:
    """The deeds of ``body`` in a section with a heading of its own line."""
    text = f"{heading}\n{body}"
    outline = (Section(0, None, 1, "", heading, 0, len(heading) + 1, len(text)),)
    return find_deeds(CleanText(text, ()), outline, sentences(text), (), times=Times(text), rules=rules().finish.deeds)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("优化政策，推行人才住房“轮候制”。", "推行人才住房“轮候制”"),
        ("为返乡人才开辟绿色通道。", "开辟绿色通道"),
        ("对吸纳就业的企业，给予贷款贴息。", "给予贷款贴息"),
        ("建立人才秘书制度。", "建立人才秘书制度"),
        ("免费提供办公场所。", "免费提供办公场所"),
        ("优先安排子女入学。", "优先安排子女入学"),
        ("在企业实行首席技师制度。", "实行首席技师制度"),
        ("市财政局牵头设立人才创业引导基金，支持青年创业。", "设立人才创业引导基金"),
        ("组建智能装备产业联盟。", "组建智能装备产业联盟"),
        ("落实税收优惠。", "落实税收优惠"),
        ("鼓励企业设立海外研发中心。", "鼓励企业设立海外研发中心"),
        ("到省外布局“研发飞地”。", "布局“研发飞地”"),
        ("取消职称评审论文限制。", "取消职称评审论文限制"),
    ],
)
def test_concrete_deeds_are_measures(text: str, quote: str) -> None:
    assert quotes(text) == [quote]


@pytest.mark.parametrize(
    "text",
    [
        "加强组织领导，提高思想认识，高度重视人才工作。",
        "坚持以人才优先发展为指导，深入贯彻会议精神。",
        "完善工作机制，健全服务体系，出台相关政策。",
        "尚未建立信息共享机制。",
        "不得违反规定，增设收费项目。",
        "本办法所称人才驿站，是指为人才提供住宿服务的场所。",
        "根据《关于建立人才秘书制度的意见》，制定本办法。",
        "设立民办学校，应当符合本条例规定。",
        "对设立研发机构的企业进行奖励。",
        "市委组织部和市财政局联合审核。",
        "人才公寓的建设情况另行通报。",
        "高效能治理体系建设取得成效",
        "支持企业做大做强。",
    ],
)
def test_slogans_conditions_and_talk_are_none(text: str) -> None:
    assert quotes(text) == []


def test_values_are_empty_and_the_spans_are_the_texts() -> None:
    text = "一是市科技局要建立科技特派员制度，二是为创业青年免费提供办公场所。"
    first, second = deeds(text)
    for one in (first, second):
        assert (one.kind, one.value_min, one.value_max, one.unit, one.per) == ("none", None, None, None, ())
        assert text[one.evidence_start : one.evidence_end] == text
    assert (first.action, first.item, first.agency, first.role) == ("建立", "科技特派员制度", "市科技局", "other")
    assert (second.action, second.item, second.beneficiary) == ("免费提供", "办公场所", "创业青年")
    assert second.role == "benefit"
    assert 0 < first.confidence < second.confidence <= 1


def test_names_handed_out_together_are_a_measure_each_in_one_group() -> None:
    text = "推行人才住房“轮候制”“积分制”“举荐制”，支持用人单位自主开展工种评价。"
    *names, last = deeds(text)
    assert [text[m.start : m.end] for m in names] == ["推行人才住房“轮候制”", "“积分制”", "“举荐制”"]
    assert [m.instrument for m in names] == ["轮候制", "积分制", "举荐制"]
    assert len({m.group for m in names}) == 1 and names[0].group is not None
    assert last.group is None and last.beneficiary == "用人单位"


def test_groups_go_on_from_those_of_figures() -> None:
    text = "对A类、B类人才分别给予50万元、30万元补助。推行“周转制”“轮候制”。"
    groups = [m.group for m in all_measures(text)]
    assert groups == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "给予最高40万元安家补助。",
        "按投资额的20%给予补助。",
        "给予贷款贴息，最高100万元。",
        "设立规模10亿元的人才基金。",
        "建设标准化实训基地5个。",
    ],
)
def test_what_a_figure_tells_is_not_told_again(text: str) -> None:
    assert quotes(text) == []
    assert all_measures(text)


def test_a_threshold_is_no_figure_of_the_deed() -> None:
    assert quotes("对年销售收入2000万元以上的企业给予贷款贴息。") == ["给予贷款贴息"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("对符合条件的高层次人才，优先安排子女入学。", "高层次人才"),
        ("为小微企业提供开业指导、法律咨询服务。", "小微企业"),
        ("支持民营企业参与重大科技项目攻关。", "民营企业"),
        ("高技能人才可享受人才公寓租金减免。", "高技能人才"),
        ("给予科研团队股权激励。", "科研团队"),
        ("优先推荐申报高新技术企业。", None),
    ],
)
def test_who_benefits(text: str, who: str | None) -> None:
    [found] = deeds(text)
    assert (found.role, found.beneficiary) == ("benefit", who)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("由市人社局牵头建立联席会议制度。", "市人社局"),
        ("县教育局应当定期组织教师技能竞赛。", "县教育局"),
        ("鼓励企业设立博士后工作站。", None),
    ],
)
def test_who_is_to_do_it(text: str, agency: str | None) -> None:
    assert [m.agency for m in deeds(text)] == [agency]


def test_the_labels_of_a_section_name_the_agency() -> None:
    [found] = under("（一）强化平台", "设立人才驿站联盟。（责任单位：市委人才办、市财政局）")
    assert found.agency == "市委人才办、市财政局"


def test_the_condition_before_a_benefit() -> None:
    [found] = deeds("被认定为市级工匠的，优先安排健康疗养。")
    assert found.condition == "被认定为市级工匠"
    [other] = deeds("被认定为市级工匠的，建立市级工匠档案。")
    assert other.condition is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("去年已建立科技特派员信息库。", "fact"),
        ("推行了人才积分落户制度。", "fact"),
        ("到2027年，建成国家级检验检测中心。", "target"),
        ("力争创建国家级人力资源产业园。", "target"),
        ("推行人才积分落户制度。", "other"),
    ],
)
def test_what_is_done_and_what_is_aimed_at(text: str, role: str) -> None:
    assert [m.role for m in deeds(text)] == [role]


def test_a_heading_decides_on_past_and_aim() -> None:
    assert [m.role for m in under("一、2024年工作回顾", "推行人才积分落户制度。")] == ["fact"]
    assert [m.role for m in under("二、优化发展环境", "推行人才积分落户制度。")] == ["other"]


def test_a_heading_alone_is_none_but_an_item_of_a_list_is() -> None:
    assert under("（一）建立人才秘书制度。", "为重点企业选派人才秘书。")[0].item == "人才秘书"
    assert len(under("（一）建立人才秘书制度。", "为重点企业选派人才秘书。")) == 1
    assert quotes("1.建立人才秘书制度。\n2.建立校企联络员制度。") == ["建立人才秘书制度", "建立校企联络员制度"]
    assert quotes("（一）建立人才秘书制度。为重点企业选派人才秘书。") == ["选派人才秘书"]


def test_lists_of_conditions_are_none() -> None:
    assert quotes("申报企业应当具备下列条件：\n（一）建立财务内控制度；\n（二）设立研发中心。") == []
    assert len(quotes("重点做好下列工作：\n（一）建立校企联络员制度；\n（二）设立海外研发中心。")) == 2


def test_no_deeds_in_an_empty_text() -> None:
    assert find_deeds(CleanText("", ()), (), (), (), times=Times(""), rules=rules().finish.deeds) == ()


def test_an_unknown_list_of_nouns_is_a_mistake(tmp_path) -> None:
    import shutil

    from pipeline.core.config import configs_dir

    folder = tmp_path / "configs"
    shutil.copytree(configs_dir(), folder)
    path = folder / "patterns" / "deeds.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"channels"', '"chanels"'), encoding="utf-8")
    with pytest.raises(PipelineError, match="chanels"):
        load_deed_rules(folder)
