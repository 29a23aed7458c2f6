import pytest

from pipeline.core.config import configs_dir
from pipeline.core.counting import chinese
from pipeline.core.layers import Block, CleanText, RawText, Section
from pipeline.structure.gaps import find_gaps
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


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("一、任务\n略。\n三、措施\n略。\n", [("一、", "三、", ("二、",))]),
        ("第一条 略。\n第四条 略。\n", [("第一条", "第四条", ("第二条", "第三条"))]),
        ("一、任务\n（一）甲。略。\n（二）乙。略。\n二、措施\n（三）丙。略。\n（四）丁。略。\n", []),
        (
            "一、任务\n（一）甲。略。\n（二）乙。略。\n二、措施\n（一）丙。略。\n（三）丁。略。\n",
            [("（一）", "（三）", ("（二）",))],
        ),
        ("第一章 总则\n第一条 略。\n第二章 管理\n第二条 略。\n", []),
        ("一、任务\n首先做好二、三两项。\n三、措施\n略。\n", [("一、", "三、", ("二、",))]),
        ("一、任务：略。其中二、措施同上。\n三、其他\n略。\n", []),
        ("一、任务\n略。\n九、措施\n略。\n", []),
        ("三、任务\n略。\n", []),
        ("", []),
    ],
)
def test_gaps_in_the_numbering(text: str, gaps: list[tuple[str, str, tuple[str, ...]]], ranks: Ranks) -> None:
    found = list(find_gaps(outline(text, ranks), text))
    assert [(gap.before, gap.after, gap.missing) for gap in found] == gaps
    assert all(text[gap.start : gap.end] == gap.after for gap in found)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百零五"),
        (115, "一百一十五"),
    ],
)
def test_numbers_in_chinese(number: int, words: str) -> None:
    assert chinese(number, zero="零") == words
    assert value_of(words) == number


def test_the_imprint_is_a_section_of_its_own(ranks: Ranks) -> None:
    text = "一、任务\n略。\n抄送：市委办公室。\n湘潭市水务局办公室 2023年5月6日印发\n后记\n附件1\n任务表\n略。\n"
    sections = outline(text, ranks)
    assert [(s.level, s.number, s.heading) for s in sections] == [
        (1, "一、", "任务"),
        (1, "", "版记"),
        (1, "附件1", "任务表"),
    ]
    assert text[sections[1].start : sections[1].end].endswith("印发") and sections[0].end == sections[1].start


def test_articles_that_count_on_across_parts_stand_below_them(ranks: Ranks) -> None:
    text = "一、人才\n第一条 略。\n第二条 略。\n二、资金\n第三条 略。\n三、服务\n第四条 略。\n第五条 略。\n"
    assert {number: level for level, number, _ in shape(text, ranks)} == {
        **dict.fromkeys(("一、", "二、", "三、"), 1),
        **dict.fromkeys(("第一条", "第二条", "第三条", "第四条", "第五条"), 2),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "湘潭市节水办法第一章总则第一条为节约用水，制定本办法。\n第二条本市适用本办法。\n第二章管理第三条市水务局负责。\n",
            [(1, "第一章", "总则"), (2, "第一条", ""), (2, "第二条", ""), (1, "第二章", "管理"), (2, "第三条", "")],
        ),
        (
            "现将办法印发。湘潭市节水办法（试行）第一条为节约用水，制定本办法。\n第二条本市适用。\n",
            [(1, "第一条", ""), (1, "第二条", "")],
        ),
        ("一、强化统筹1.加强谋划。略。\n二、加大投入\n略。\n", [(1, "一、", "强化统筹"), (1, "二、", "加大投入")]),
        ("第一条 略。\n资金支持第二条对企业给予奖励。\n", [(1, "第一条", ""), (1, "第二条", "")]),
        ("第一条 略。\n依照本办法第二条执行。\n", [(1, "第一条", "")]),
    ],
)
def test_headings_glued_to_what_stands_around_them(
    text: str, expected: list[tuple[int, str, str]], ranks: Ranks
) -> None:
    found = shape(text, ranks)
    assert [one for one in found if one[1] != "1."] == expected


def test_leaders_of_any_length_make_a_table_of_contents(ranks: Ranks) -> None:
    text = f"第一章 总则{'.' * 130}2\n第二章 管理{'.' * 130}9\n第一章 总则\n略。\n第二章 管理\n略。\n"
    assert shape(text, ranks) == [(1, "第一章", "总则"), (1, "第二章", "管理")]


def test_buttons_of_a_page_are_no_headings(ranks: Ranks) -> None:
    assert outline("节水通知\n【打印】【字体：大 中 小】\n略。\n", ranks) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("一、材料\n①身份证；\n②学历证。\n", ["一、"]),
        (
            "一、程序\n①申请。企业向区水务局提出书面申请并附有关材料。\n②审核。区水务局在五日内完成审核并公示结果。\n",
            ["一、", "①", "②"],
        ),
        ("第一款　申请人应当是本市企业。\n第二款 其他单位参照执行。\n", ["第一款", "第二款"]),
    ],
)
def test_small_ranks(text: str, numbers: list[str], ranks: Ranks) -> None:
    assert [number for _, number, _ in shape(text, ranks)] == numbers


def lines(rows: list[tuple[str, float, float]]) -> tuple[str, tuple[Block, ...]]:
    """Return text and blocks of printed lines, given as words, height and right edge, one below the other."""
    text, blocks, top = "", [], 800.0
    for words, height, right in rows:
        blocks.append(Block(len(text), len(text) + len(words), "line", page=2, box=(72, top - height, right, top)))
        text += words + "\n"
        top -= height + 8
    return text, tuple(blocks)


BODY = [("全市上下扎实推进节水工作并取得新的明显成效和进展", 12.0, 520.0)] * 9


def test_larger_lines_are_headings(ranks: Ranks) -> None:
    text, blocks = lines([("编写说明", 18, 160), *BODY, ("节水的成效", 18, 180), *BODY, ("居民用水", 15, 150), *BODY])
    assert [(s.level, s.heading) for s in outline(text, ranks, blocks)] == [
        (1, "编写说明"),
        (1, "节水的成效"),
        (2, "居民用水"),
    ]


def test_large_lines_that_are_no_headings(ranks: Ranks) -> None:
    rows = [
        ("节水的成效有哪些呢，", 18.0, 180.0),
        ("2023年5月", 18.0, 150.0),
        ("人数 其中", 18.0, 150.0),
        ("目录", 18.0, 110.0),
        ("节水的成效", 90.0, 90.0),
    ]
    text, blocks = lines(
        [*BODY, *BODY, *rows, *BODY, ("各行各业节水水平不断提升并走在全国前列取得实效", 18.0, 520.0), *BODY]
    )
    assert outline(text, ranks, blocks) == ()


def test_numbered_headings_of_the_same_size_stand_level(ranks: Ranks) -> None:
    text, blocks = lines([("前言", 18, 120), *BODY, ("第一章 总则", 18, 180), *BODY, ("第二章 管理", 18, 180), *BODY])
    assert [(s.level, s.number) for s in outline(text, ranks, blocks)] == [(1, ""), (1, "第一章"), (1, "第二章")]


def test_numbers_beyond_a_thousand_are_counted_in_chinese() -> None:
    found = [chinese(n, zero="零") for n in (10, 205, 999, 1000, 1001, 1010, 1100, 9999)]
    assert found == ["十", "二百零五", "九百九十九", "一千", "一千零一", "一千零一十", "一千一百", "九千九百九十九"]


def styled(*paragraphs: tuple[str, int | None]) -> tuple[str, tuple[Block, ...]]:
    text, blocks = "", []
    for words, level in paragraphs:
        text += "\n" if text else ""
        kind = "heading" if level else "paragraph"
        blocks.append(Block(len(text), len(text) + len(words), kind, level=level))
        text += words
    return text, tuple(blocks)


def test_the_only_styled_headings_count_where_text_stands_between_or_above_them(ranks: Ranks) -> None:
    two = styled(("云州市手册", None), ("环境", 1), ("临江而建。", None), ("政策", 1), ("最高50万元。", None))
    assert [one.heading for one in outline(two[0], ranks, two[1])] == ["环境", "政策"]
    one = styled(("云州市手册", None), ("投资环境", 1), ("临江而建。", None))
    assert [one.heading for one in outline(one[0], ranks, one[1])] == ["投资环境"]


def test_a_styled_title_is_no_heading(ranks: Ranks) -> None:
    alone = styled(("云州市手册", 1), ("临江而建。", None))
    assert outline(alone[0], ranks, alone[1]) == ()
    lines = styled(("云州市人民政府关于", 1), ("节水的通知", 1), ("各县：", None), ("请节水。", None))
    assert outline(lines[0], ranks, lines[1]) == ()
