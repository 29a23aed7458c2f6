import pytest

from pipeline.core.config import configs_dir
from pipeline.core.layers import Block, CleanText, RawText, Section
from pipeline.structure.numbering import used_order, value_of
from pipeline.structure.outline import Ranks, build_outline, load_ranks

LONG = "为引进人才并支持其在本市创新创业，对符合条件且与用人单位签订三年以上劳动合同的博士研究生给予补助"


@pytest.fixture(scope="module")
def ranks() -> Ranks:
    return load_ranks(configs_dir())


def outline(text: str, ranks: Ranks, blocks: tuple[Block, ...] = ()) -> tuple[Section, ...]:
    return build_outline(RawText(text, "text/plain", blocks=blocks), CleanText(text, ()), ranks=ranks)


def shape(text: str, ranks: Ranks) -> list[tuple[int, str, str]]:
    return [(section.level, section.number, section.heading) for section in outline(text, ranks)]


def test_no_headings_no_sections(ranks: Ranks) -> None:
    assert outline("", ranks) == ()
    assert outline("今天天气很好。\n明天也很好。\n", ranks) == ()


def test_sections_nest_and_end_where_the_next_of_their_rank_begins(ranks: Ranks) -> None:
    text = "前言文字。\n一、总体要求\n说明。\n（一）指导思想。坚持发展。\n（二）目标。\n二、措施\n1.资金。\n"
    sections = outline(text, ranks)
    assert [(s.number, s.heading, s.level, s.parent) for s in sections] == [
        ("一、", "总体要求", 1, None),
        ("（一）", "指导思想", 2, 0),
        ("（二）", "目标", 2, 0),
        ("二、", "措施", 1, None),
        ("1.", "资金", 2, 3),
    ]
    assert sections[0].start == text.index("一、") and sections[0].end == text.index("二、措施")
    assert sections[1].end == text.index("（二）")
    assert text[sections[1].body :].startswith("坚持发展")
    assert sections[-1].end == len(text)


def test_laws(ranks: Ranks) -> None:
    text = (
        "第一章　总　则\n第一条　为了节约用水，制定本条例。\n（一）生活用水；\n（二）生产用水。\n"
        "第二条【适用范围】本市适用本条例。\n第二章 罚则\n第三条 违反本条例第一条规定的，处罚。\n"
    )
    assert shape(text, ranks) == [
        (1, "第一章", "总则"),
        (2, "第一条", ""),
        (3, "（一）", "生活用水"),
        (3, "（二）", "生产用水"),
        (2, "第二条", "适用范围"),
        (1, "第二章", "罚则"),
        (2, "第三条", ""),
    ]


def test_running_text_after_a_number_gives_a_label_and_an_early_body(ranks: Ranks) -> None:
    text = f"一、措施\n（一）{LONG}。\n"
    section = outline(text, ranks)[1]
    assert section.heading == "为引进人才并支持其在本市创新创业"
    assert text[section.body :].startswith("为引进人才")


def test_a_list_inside_a_sentence_is_no_heading(ranks: Ranks) -> None:
    text = (
        "一、条件\n申请人应当提供：（一）身份证；（二）学历证；（三）合同。\n二、程序\n按规定办理。\n三、其他\n略。\n"
    )
    assert [number for _, number, _ in shape(text, ranks)] == ["一、", "二、", "三、"]


@pytest.mark.parametrize(
    "line", ["1.5亿元以上的项目", "3.5 万元", "12 月 5 日前报送", "2024.5.1前完成", "一、二类人才", "3岁以下儿童"]
)
def test_numbers_that_begin_a_line_but_no_heading(line: str, ranks: Ranks) -> None:
    assert outline(f"本市支持以下事项。\n{line}\n给予支持。\n", ranks) == ()


def test_a_document_may_turn_the_ranks_round(ranks: Ranks) -> None:
    text = "\n".join(f"{i}．任务{i}甲。\n一、内容甲。\n二、内容乙。" for i in range(1, 5))
    levels = {number: level for level, number, _ in shape(text, ranks)}
    assert (levels["1．"], levels["4．"], levels["一、"]) == (1, 1, 2)


def test_an_arabic_top_rank_is_fine(ranks: Ranks) -> None:
    assert shape("1．引进人才。\n给予补助。\n2．培养人才。\n给予奖励。\n", ranks) == [
        (1, "1．", "引进人才"),
        (1, "2．", "培养人才"),
    ]


def test_decimals_and_markdown(ranks: Ranks) -> None:
    text = "# 服务规范\n## 前言\n略。\n## 1 范围\n本文件规定了要求。\n### 1.1 对象\n企业。\n## 2 要求\n略。\n"
    assert shape(text, ranks) == [(1, "", "前言"), (1, "1", "范围"), (2, "1.1", "对象"), (1, "2", "要求")]


def test_annexes_begin_sections_of_their_own_but_their_list_does_not(ranks: Ranks) -> None:
    text = "一、总体要求\n略。\n附件：1.任务表\n2.申报表\n海岚市人民政府\n"
    text += "附件1\n重点任务分工\n一、任务\n略。\n附件2\n申报要求\n略。\n"
    assert shape(text, ranks) == [
        (1, "一、", "总体要求"),
        (1, "附件1", "重点任务分工"),
        (2, "一、", "任务"),
        (1, "附件2", "申报要求"),
    ]


def test_headings_in_texts_that_lost_their_breaks(ranks: Ranks) -> None:
    filler = "各部门要加强统筹协调，明确任务分工，确保各项政策落地见效。" * 25
    text = f"现提出如下意见。一、总体要求（一）指导思想。{filler}（二）基本原则。{filler}"
    text += f"二、主要任务（一）引进人才。{filler}"
    assert shape(text, ranks) == [
        (1, "一、", "总体要求"),
        (2, "（一）", "指导思想"),
        (2, "（二）", "基本原则"),
        (1, "二、", "主要任务"),
        (2, "（一）", "引进人才"),
    ]


def test_wide_gaps_stand_for_line_breaks(ranks: Ranks) -> None:
    assert shape("现公告如下：　　一、条件　　符合规定。　　二、程序　　按期申报。", ranks) == [
        (1, "一、", "条件"),
        (1, "二、", "程序"),
    ]


def test_unnumbered_headings_of_plain_texts(ranks: Ranks) -> None:
    paragraph = "全市上下坚持稳中求进，扎实推进各项工作，经济社会发展取得新的成效，人民生活持续改善，城乡面貌明显变化。"
    text = f"各位代表：\n现在报告工作。\n过去一年的工作\n{paragraph}\n一、发展经济\n{paragraph}\n"
    text += f"今后一年的任务\n{paragraph}\n"
    assert shape(text, ranks) == [(1, "", "过去一年的工作"), (2, "一、", "发展经济"), (1, "", "今后一年的任务")]


def test_styled_blocks_are_headings(ranks: Ranks) -> None:
    text = "人才计划\n背景\n人才重要。\n一、任务\n略。\n"
    blocks = (Block(0, 4, "heading", level=1), Block(5, 7, "heading", level=2), Block(14, 18, "heading", level=2))
    assert [(s.number, s.heading) for s in outline(text, ranks, blocks)] == [("", "背景"), ("一、", "任务")]


@pytest.mark.parametrize(("number", "value"), [("（十二）", 12), ("3.1", 1), ("第二十三条", 23), ("③", 3), ("", 0)])
def test_values(number: str, value: int) -> None:
    assert value_of(number) == value


def test_the_usual_order_stands_without_evidence() -> None:
    assert used_order([("a", 1), ("b", 1), ("a", 2)], {"a": 10, "b": 20}) == {"a": 10.0, "b": 20.0}


def test_a_table_of_contents_gives_no_sections(ranks: Ranks) -> None:
    body = "第一章 总则\n第一条 为了节水，制定本办法。\n第二章 管理\n第二条 市水务局负责。\n"
    text = "第一章 总则\n第二章 管理\n" + body
    assert shape(text, ranks) == shape(body, ranks)
    assert outline(text, ranks)[0].start == text.rindex("第一章")
