"""Heads printed in unusual ways: odd dates, orders, explanations, tables, chronicles."""

import pytest

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import Given, Head, HeadField, RawText
from pipeline.structure.head import HeadRules, load_head_rules, read_head
from pipeline.structure.references import find_references, load_reference_rules

SOURCE = Source("a.txt", "a.txt", "0" * 64, 1)


@pytest.fixture(scope="module")
def rules() -> HeadRules:
    return load_head_rules(configs_dir())


def read(raw: RawText | str, rules: HeadRules) -> Head:
    raw = RawText(raw, "text/plain") if isinstance(raw, str) else raw
    return read_head(SOURCE, raw, clean(raw), rules=rules)


def value(field: HeadField | None) -> str | None:
    return field.value if field else None


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        *[(printed, None) for printed in ("待定", "5月6日", "23/5/6", "06/05/2023", "May-23", "12.5", "1.5.2023")],
        *[(printed, None) for printed in ("1709251200000", "45052", "1709251200", "2023Q2", "2023-13-45", "202313")],
        ("2023.7", "2023-07"),
        ("202305", "2023-05"),
        ("2023/05", "2023-05"),
        ("2023", "2023"),
        ("20230506", "2023-05-06"),
        ("2023-5-6 0:00:00", "2023-05-06"),
        ("2023年5月6日至7日", "2023-05-06"),
    ],
)
def test_a_given_date_is_iso_or_nothing(printed: str, expected: str | None, rules: HeadRules) -> None:
    text = f"云州市节水办法\n{printed}\n请节约用水。"
    given = (Given("title", 0, 7), Given("issue_date", 8, 8 + len(printed)))
    head = read(RawText(text, "text/plain", given=given), rules)
    assert value(head.issue_date) == expected
    assert head.year == (int(expected[:4]) if expected else None)


@pytest.mark.parametrize("day", ["2021年3月9日", "二〇二一年三月廿九日", "1998年5月5日", "一九九八年五月五日"])
def test_a_congress_is_named_without_the_day_before_it(day: str, rules: HeadRules) -> None:
    head = read(f"节水条例\n\n（{day}湘潭市第十五届人民代表大会常务委员会第三次会议通过）\n\n第一条 略。\n", rules)
    assert [one.value for one in head.issuers] == ["湘潭市第十五届人民代表大会常务委员会"]
    assert head.region == "湖南省湘潭市"


def test_a_congress_whose_name_begins_like_a_day(rules: HeadRules) -> None:
    head = read("节水条例\n（2021年3月9日日照市第十八届人民代表大会常务委员会第三次会议通过）\n第一条 略。\n", rules)
    assert [one.value for one in head.issuers] == ["日照市第十八届人民代表大会常务委员会"]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("（2023年3月8日）", "2023-03-08"),
        ("（2023年3月8日中国共产党湘潭市第十三届委员会第四次全体会议通过）", "2023-03-08"),
    ],
)
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_date_in_brackets_under_the_title_is_no_part_of_it(line: str, date: str, gap: str, rules: HeadRules) -> None:
    head = read(f"中共湘潭市委关于支持节水的决定{gap}{line}\n\n为支持节水，作出如下决定。\n一、总体要求\n", rules)
    assert (value(head.title), value(head.issue_date)) == ("中共湘潭市委关于支持节水的决定", date)


def test_a_span_of_days_stays_in_the_title(rules: HeadRules) -> None:
    head = read("云州市节水行动计划（2021年1月1日—2025年12月31日）\n一、总体要求\n略。\n", rules)
    assert value(head.title) == "云州市节水行动计划（2021年1月1日—2025年12月31日）"


def test_lines_glued_to_the_title_by_a_copy_are_parted(rules: HeadRules) -> None:
    head = read("湘潭市人民政府关于节水的通知潭政发〔2022〕8号各县（市、区）人民政府：\n请节约用水。\n", rules)
    assert (value(head.title), value(head.doc_number)) == ("湘潭市人民政府关于节水的通知", "潭政发〔2022〕8号")
    assert value(head.addressee) == "各县（市、区）人民政府"


@pytest.mark.parametrize(("line", "expected"), [("各区：", "各区"), ("各县：", "各县"), ("各位：", None)])
def test_the_shortest_addressees(line: str, expected: str | None, rules: HeadRules) -> None:
    assert value(read(f"湘潭市民政局关于发放补贴的通知\n\n{line}\n每月300元。\n", rules).addressee) == expected


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("《云州市节水奖励办法》政策解读", "其他"),
        ("《云州市节水奖励办法》解读", "其他"),
        ("一图读懂《云州市节水奖励办法》", "其他"),
        ("《云州市节水奖励办法》政策问答", "问答"),
        ("《办法》解读", "其他"),
    ],
)
def test_an_explanation_is_not_the_text_it_explains(title: str, kind: str, rules: HeadRules) -> None:
    text = f"{title}\n\n近日，市水利局印发《云州市节水奖励办法》（以下简称《办法》）。《办法》共三条。\n"
    head = read(text, rules)
    assert (value(head.title), head.doc_kind) == (title, kind)


def test_an_explanation_refers_to_the_text_it_explains(rules: HeadRules) -> None:
    raw = RawText("《云州市节水办法》解读\n\n市水利局印发了《云州市节水办法》（云水发〔2024〕7号）。\n", "text/plain")
    text = clean(raw)
    references = find_references(text, read(raw, rules), rules=load_reference_rules(configs_dir()))
    assert ("云州市节水办法", "云水发〔2024〕7号") in [(one.title, one.doc_number) for one in references]


def test_an_earlier_version_of_the_same_name_is_another_document(rules: HeadRules) -> None:
    raw = RawText(
        "云州市水利局关于印发云州市节水办法的通知\n云水发〔2024〕7号\n各县水利局：\n"
        "2021年印发的《云州市节水办法》（云水发〔2021〕3号）同时废止。\n",
        "text/plain",
    )
    text = clean(raw)
    references = find_references(text, read(raw, rules), rules=load_reference_rules(configs_dir()))
    assert [(one.title, one.doc_number) for one in references] == [("云州市节水办法", "云水发〔2021〕3号")]


PUT_IN_FORCE = "《湘潭市节水办法》已经2024年1月5日市人民政府第40次常务会议审议通过，现予公布，自2024年3月1日起施行。\n"


@pytest.mark.parametrize(
    "number", ["湘潭市人民政府令第340号\n", "湘潭市人民政府令\n第 340 号\n\n", "湘潭市人民政府令\n\n（第340号）\n\n"]
)
@pytest.mark.parametrize(
    "signed", ["市长  王云水\n2024年1月20日\n", "\n                市长　王云水\n2024年1月20日\n\n"]
)
@pytest.mark.parametrize("below", ["", "湘潭市节水办法\n\n第一条 为了节水，制定本办法。\n"])
def test_an_order_bears_the_title_of_what_it_puts_into_force(
    number: str, signed: str, below: str, rules: HeadRules
) -> None:
    head = read(number + PUT_IN_FORCE + signed + below, rules)
    assert (value(head.title), value(head.doc_number)) == ("湘潭市节水办法", "湘潭市人民政府令第340号")
    assert [one.value for one in head.issuers] == ["湘潭市人民政府"]
    assert (value(head.issue_date), value(head.effective_date)) == ("2024-01-20", "2024-03-01")
    assert (head.doc_kind, head.region) == ("办法", "湖南省湘潭市")


def test_an_order_of_several_bodies(rules: HeadRules) -> None:
    text = "湘潭市水利局\n湘潭市财政局\n令\n第 20 号\n\n《湘潭市节水目录》已经审议通过，现予公布，自2023年1月1日起施行。\n\n"
    head = read(text + "水利局局长：王云水\n财 政 局 局 长：李海岚\n2022年10月26日\n", rules)
    assert value(head.title) == "湘潭市节水目录"
    assert value(head.doc_number) == "湘潭市水利局湘潭市财政局令第20号"
    assert [one.value for one in head.issuers] == ["湘潭市水利局", "湘潭市财政局"]
