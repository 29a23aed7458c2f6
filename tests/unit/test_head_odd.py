"""Heads printed in unusual ways: odd dates, orders, explanations, tables, chronicles."""

import pytest

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import Block, Given, Head, HeadField, RawText
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
    text = "湘潭市水利局\n湘潭市财政局\n令\n第 20 号\n\n"
    text += "《湘潭市节水目录》已经审议通过，现予公布，自2023年1月1日起施行。\n\n"
    head = read(text + "水利局局长：王云水\n财 政 局 局 长：李海岚\n2022年10月26日\n", rules)
    assert value(head.title) == "湘潭市节水目录"
    assert value(head.doc_number) == "湘潭市水利局湘潭市财政局令第20号"
    assert [one.value for one in head.issuers] == ["湘潭市水利局", "湘潭市财政局"]


def table(*rows: str, above: str = "") -> RawText:
    """Return a text with a table, cells parted by ``|``."""
    text, blocks = above, []
    for number, row in enumerate(rows):
        text += "\n" if text else ""
        for column, cell in enumerate(row.split("|")):
            text += "\t" if column else ""
            blocks.append(Block(len(text), len(text) + len(cell), "cell", table=0, row=number, column=column))
            text += cell
    return RawText(text, "text/plain", blocks=tuple(blocks))


@pytest.mark.parametrize(
    "rows",
    [
        ("县区|产值（亿元）|增速", "湘潭县|1,200.5|5.6%", "雨湖区|330.2|4.1%"),
        ("标题|链接|日期", "关于节水的通知|http://a.cn/1|2024-01-02", "关于节电的通知|http://a.cn/2|2024-01-03"),
        ("政策|文号|内容", "云州市节水办法|云财〔2023〕1号|最高10万元", "云州市节电办法|云财〔2023〕2号|最高20万元"),
    ],
)
def test_a_row_of_a_list_gives_the_document_no_head(rows: tuple[str, ...], rules: HeadRules) -> None:
    head = read(table(*rows), rules)
    assert (head.title, head.doc_number, head.issue_date, head.issuers) == (None, None, None, ())
    below = read(table(*rows, above="云州市2024年节水情况报告\n2024年3月8日\n"), rules)
    assert (value(below.title), value(below.issue_date)) == ("云州市2024年节水情况报告", "2024-03-08")


def test_a_table_of_labels_is_the_documents_head(rules: HeadRules) -> None:
    rows = ("标题|云州市节水办法", "发文字号|云政发〔2023〕5号", "成文日期|2023年5月6日", "发布日期|2023年5月8日")
    head = read(table(*rows), rules)
    assert (value(head.doc_number), value(head.issue_date)) == ("云政发〔2023〕5号", "2023-05-06")


def test_the_caption_of_a_list_may_be_the_title(rules: HeadRules) -> None:
    head = read(table("云州市2024年节水奖励公示", "单位|金额", "甲公司|10.5", "乙公司|20.5"), rules)
    assert value(head.title) == "云州市2024年节水奖励公示"


def styled(*paragraphs: tuple[str, int | None]) -> RawText:
    """Return paragraphs of a Word file with the levels of their styles."""
    text, blocks = "", []
    for words, level in paragraphs:
        text += "\n" if text else ""
        kind = "heading" if level else "paragraph"
        blocks.append(Block(len(text), len(text) + len(words), kind, level=level))
        text += words
    return RawText(text, "text/plain", blocks=tuple(blocks))


def test_a_covers_words_are_no_part_of_a_styled_title(rules: HeadRules) -> None:
    assert value(read(styled(("内部资料", None), ("云州市节水报告", 1), ("背景", 2)), rules).title) == "云州市节水报告"
    joined = styled(("云州市水利局", None), ("关于节水的通知", 1), ("各县水利局：", None))
    assert value(read(joined, rules).title) == "云州市水利局关于节水的通知"


EVENTS = "2018年1月3日\n市政府审议节水办法。\n2018年2月4日\n节水馆开馆。\n2018年3月5日\n节水办成立。\n"


def test_the_days_of_a_chronicle_are_not_its_own(rules: HeadRules) -> None:
    head = read("云州市节水大事记\n" + EVENTS, rules)
    assert (value(head.title), head.issue_date) == ("云州市节水大事记", None)
    assert value(read("云州市节水大事记\n成文日期：2019-01-08\n" + EVENTS, rules).issue_date) == "2019-01-08"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("数字经济：来自三角洲的证据\n王云水　李海岚\n\n一、引言\n略。\n", "数字经济：来自三角洲的证据"),
        ("云州观察：节水产业怎么走\n王云水\n\n一、背景\n略。\n", "云州观察：节水产业怎么走"),
        ("浙江：节水新政30条\n\n一、引进\n略。\n", "浙江：节水新政30条"),
        ("责任编辑：王云水\n云州市节水办法\n第一条 略。\n", "云州市节水办法"),
        ("体裁分类：其他公文\n主题分类：水利\n索引号：12\n节水台账\n略。\n", "节水台账"),
        ("云州日报：节水新政出台\n云州市节水奖励办法\n第一条 略。\n", "云州市节水奖励办法"),
    ],
)
def test_titles_with_a_colon(text: str, title: str, rules: HeadRules) -> None:
    assert value(read(text, rules).title) == title


def test_an_order_says_from_when_above_the_regulation(rules: HeadRules) -> None:
    order = "云州银行 海岚监督管理总局令\n〔2024〕第3号\n\n"
    order += "《节水信息管理办法》已经审议通过，现予公布，自2024年11月1日起施行。\n"
    head = read(f"{order}\n行长：王云水\n2024年4月29日\n\n节水信息管理办法\n第一条 为了节水。\n", rules)
    assert (value(head.title), value(head.effective_date)) == ("节水信息管理办法", "2024-11-01")


def test_an_order_carries_nothing_beside_what_it_is_called_by(rules: HeadRules) -> None:
    text = "湘潭市人民政府令\n第12号\n\n现公布《湘潭市人民政府关于废止部分规章的决定》，自公布之日起施行。\n\n"
    head = read(text + "市长 王云水\n2024年3月8日\n", rules)
    assert (value(head.title), head.attached_title) == ("湘潭市人民政府关于废止部分规章的决定", None)
