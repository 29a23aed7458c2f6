"""PDF layout: columns, tables, page breaks, furniture, footnotes, turned pages, unreadable fonts."""

from itertools import pairwise

import pytest
from make_pdf import Line, Rule, make_pdf, set_grid, set_text
from test_ingest_formats import read

from pipeline.clean.steps import clean

LEFT = "左栏的文字从这里开始，一直写到左栏的末尾为止，不会跳到右栏去，" * 4
RIGHT = "右栏的文字在左栏之后，它从上往下，一行一行地接着写下去，" * 4


def put(xs: list[float], ys: list[float], rows: list[list[str]], size: float = 10) -> list[Line]:
    """Return the texts of a table's cells; a cell's lines are parted by newlines."""
    lines = []
    for row, top in zip(rows, ys, strict=False):
        for x, text in zip(xs, row, strict=False):
            lines += [(x + 4, top - 14 - 14 * n, size, line) for n, line in enumerate(text.split("\n")) if line]
    return lines


def cells(raw) -> list[tuple[int, int, int, str]]:
    return [(b.table, b.row, b.column, raw.text[b.start : b.end]) for b in raw.blocks if b.kind == "cell"]


def text_of(content: bytes) -> str:
    return clean(read("a.pdf", content)).text


def in_rows(*columns: list[Line]) -> list[Line]:
    """Return lines as a producer that writes row after row gives them."""
    return sorted((line for column in columns for line in column), key=lambda line: (-line[1], line[0]))


@pytest.mark.parametrize("leading", [1.0, 1.4])
def test_columns_under_a_title_are_read_one_after_the_other(leading: float) -> None:
    title = [(180, 780, 18, "关于栏目编排的试验报告")]
    left = set_text(LEFT, left=50, columns=14)
    right = set_text(RIGHT, left=320, columns=14)[:6]
    below = [(50, 300, 16, "下面又是整栏的文字，它比两栏加在一起还要宽一些。")]
    lines = [(x, 780 - (780 - y) * leading, size, text) for x, y, size, text in in_rows(title, left, right)]
    text = "".join(text_of(make_pdf([lines + ([] if leading > 1 else below)])).split())
    assert text.startswith("关于栏目编排的试验报告左栏的文字")
    assert text.index("右栏的文字") > text.rindex("左栏的末尾")
    if leading == 1:
        assert text.endswith("还要宽一些。")


def test_columns_of_different_length() -> None:
    left = set_text(LEFT, left=50, columns=14)
    right = set_text(RIGHT, left=320, columns=14)[:4]
    text = "".join(read("a.pdf", make_pdf([in_rows(left, right)])).text.split())
    assert text.index("右栏的文字") == len("".join(line[3] for line in left))


def test_contents_with_page_numbers_stay_rows() -> None:
    rows = [(90, 700 - 24 * n, 12, f"第{n}章 本章的名称写在这里") for n in range(1, 8)]
    numbers = [(480, 700 - 24 * n, 12, str(n * 3)) for n in range(1, 8)]
    lines = read("a.pdf", make_pdf([in_rows(rows, numbers)])).text.split("\n")
    assert [line.split()[-1] for line in lines] == [str(n * 3) for n in range(1, 8)]


@pytest.mark.parametrize("style", ["line", "dashed", "double", "rect"])
def test_ruled_table_with_merged_cells(style: str) -> None:
    xs, ys = [60.0, 160.0, 300.0, 420.0], [700.0, 670.0, 640.0, 610.0]
    rules: list[Rule] = [
        *[(60.0, y, 420.0, y) for y in (700.0, 670.0, 610.0)],
        (160.0, 640.0, 420.0, 640.0),  # the first column is merged downwards
        *[(x, 610.0, x, 700.0) for x in (60.0, 160.0, 420.0)],
        (300.0, 610.0, 300.0, 670.0),  # the first row is merged across
    ]
    lines = put(xs, ys, [["类别", "标准（万元）"], ["人才", "博士", "40"], ["", "硕士", "20"]])
    above, below = [(60, 730, 12, "表1 补助标准")], [(60, 580, 12, "上表自发布之日起执行。")]
    raw = read("a.pdf", make_pdf([[*above, *lines, *below]], rules=[rules], style=style))
    assert cells(raw) == [
        (0, 0, 0, "类别"),
        (0, 0, 1, "标准（万元）"),
        (0, 1, 0, "人才"),
        (0, 1, 1, "博士"),
        (0, 1, 2, "40"),
        (0, 2, 1, "硕士"),
        (0, 2, 2, "20"),
    ]
    assert raw.text == "表1 补助标准\n类别\t标准（万元）\n人才\t博士\t40\n硕士\t20\n上表自发布之日起执行。"
    cell = next(b for b in raw.blocks if raw.text[b.start : b.end] == "40")
    assert cell.page == 1 and cell.box[0] == pytest.approx(300, abs=2) and cell.lines[0].box[2] < 330


def test_table_without_outer_borders() -> None:
    xs, ys = [60.0, 200.0, 340.0], [700.0, 670.0, 640.0]
    rules: list[Rule] = [*[(60.0, y, 340.0, y) for y in ys], (200.0, 640.0, 200.0, 700.0)]
    raw = read("a.pdf", make_pdf([put(xs, ys, [["姓名", "职务"], ["张三", "主任"]])], rules=[rules]))
    assert [text for *_, text in cells(raw)] == ["姓名", "职务", "张三", "主任"]


def test_three_line_table() -> None:
    xs, ys = [60.0, 200.0, 340.0], [700.0, 670.0, 650.0, 630.0]
    rules: list[Rule] = [(60.0, y, 440.0, y) for y in (700.0, 676.0, 606.0)]
    lines = put(
        xs, ys, [["项目", "2023年", "2024年"], ["企业数", "120", "150"], ["产值", "3.5", "4.1"], ["就业", "9", "12"]]
    )
    prose = [(60, 560 - 20 * n, 12, "表后的正文写满一行，不属于表格，也不进任何一格。") for n in range(3)]
    raw = read("a.pdf", make_pdf([[*lines, *prose]], rules=[rules]))
    assert [text for *_, text in cells(raw)] == [
        *("项目", "2023年", "2024年", "企业数", "120", "150"),
        *("产值", "3.5", "4.1", "就业", "9", "12"),
    ]
    assert raw.text.count("表后的正文") == 3


def test_figures_in_columns_are_a_table_without_rules() -> None:
    xs = [60.0, 200.0, 300.0, 400.0]
    ys = [700.0, 680.0, 660.0, 640.0]
    rows = [
        ["地区", "企业数", "产值", "增速"],
        ["东区", "12", "3.5", "8.1%"],
        ["西区", "9", "1.2", "5.0%"],
        ["南区", "30", "7.7", "9.9%"],
    ]
    raw = read("a.pdf", make_pdf([put(xs, ys, rows)]))
    assert raw.text == "\n".join("\t".join(row) for row in rows)


def test_table_over_a_page_break_is_one() -> None:
    xs, ys = [60.0, 200.0, 340.0], [300.0, 270.0, 240.0]
    first = put(xs, ys, [["姓名", "职务"], ["张三", "主任"]])
    top = [780.0, 750.0, 720.0]
    second = put(xs, top, [["姓名", "职务"], ["李四", "科长"]])
    feet = [[(280, 40, 10, "— 1 —")], [(280, 40, 10, "— 2 —")]]
    raw = read("a.pdf", make_pdf([first + feet[0], second + feet[1]], rules=[set_grid(xs, ys), set_grid(xs, top)]))
    assert cells(raw) == [
        *[(0, 0, 0, "姓名"), (0, 0, 1, "职务"), (0, 1, 0, "张三"), (0, 1, 1, "主任")],
        *[(0, 2, 0, "李四"), (0, 2, 1, "科长")],
    ]
    assert clean(raw).text.strip() == "姓名\t职务\n张三\t主任\n李四\t科长"
    assert raw.text.count("\f") == 1


def test_cell_over_a_page_break_is_one() -> None:
    xs, ys = [60.0, 140.0, 440.0], [300.0, 270.0, 200.0]
    first = put(
        xs,
        ys,
        [
            ["依据文件", "某某办法"],
            [
                "服务内容",
                "对符合条件的企业给予资金支持，单个企业最高不超过一百万元，每\n年安排一次，具体由主管部门另行通知，申报材料应当真实完整，不",
            ],
        ],
    )
    top = [780.0, 740.0, 710.0]
    second = put(xs, top, [["", "得弄虚作假。"], ["联络方式", "市发展改革委"]])
    pages = [[*first, (280, 40, 10, "1")], [*second, (280, 40, 10, "2")]]
    raw = read("a.pdf", make_pdf(pages, rules=[set_grid(xs, ys), set_grid(xs, top)]))
    assert [(row, column) for _, row, column, _ in cells(raw)] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert "材料应当真实完整，不得弄虚作假。\n联络方式\t市发展改革委" in clean(raw).text
    cell = next(b for b in raw.blocks if (b.row, b.column) == (1, 1))
    assert [line.page for line in cell.lines] == [1, 1, 2]


def test_lines_of_a_narrow_cell_are_joined_and_paragraphs_kept() -> None:
    xs, ys = [60.0, 112.0, 340.0], [700.0, 640.0]
    lines = [
        (66, 686, 10, "服务对象"),
        (66, 672, 10, "和条件"),
        (120, 686, 10, "第一段话。"),
        (120, 672, 10, "第二段话。"),
    ]
    text = text_of(make_pdf([lines], rules=[set_grid(xs, ys)]))
    assert text == "服务对象和条件\t第一段话。\n第二段话。"


def test_turned_page_reads_like_an_upright_one() -> None:
    lines = set_text(LEFT + "\n" + RIGHT, top=500, columns=30)
    upright = clean(read("a.pdf", make_pdf([lines])))
    turned = read("a.pdf", make_pdf([lines], turned=True))
    assert clean(turned).text == upright.text
    x0, y0, x1, y1 = turned.blocks[0].box
    assert y1 - y0 > 5 * (x1 - x0)  # on the page as it's stored
    xs, ys = [60.0, 200.0, 340.0], [500.0, 470.0, 440.0]
    table = put(xs, ys, [["姓名", "职务"], ["张三", "主任"]])
    raw = read("a.pdf", make_pdf([table], rules=[set_grid(xs, ys)], turned=True))
    assert raw.text == "姓名\t职务\n张三\t主任"


def test_running_heads_and_feet_are_furniture() -> None:
    pages = [
        [
            (200, 800, 10, "某市统计公报"),
            *[
                (90.0, 700 - 28 * k, 16.0, f"正文{'甲乙丙丁'[n]}篇{word}段的文字。")
                for k, word in enumerate("子丑寅卯辰")
            ],
            (280, 40, 10, f"- {n + 1} -"),
            (60, 40, 10, "内部资料"),
        ]
        for n in range(4)
    ]
    raw = read("a.pdf", make_pdf(pages))
    gone = {raw.text[b.start : b.end].strip() for b in raw.blocks if b.kind == "furniture"}
    assert gone == {"某市统计公报", "- 1 -", "- 2 -", "- 3 -", "- 4 -", "内部资料"}
    text = clean(raw).text
    assert text.count("正文") == 20 and "公报" not in text and "内部" not in text and "- 2 -" not in text


def test_heads_that_alternate_on_odd_and_even_pages_are_furniture() -> None:
    pages: list[list[Line]] = []
    for number in range(1, 5):
        text = set_text(f"正文{'甲乙丙丁'[number - 1]}项任务由各部门按时完成，" * 6, top=740)
        head = "第一章 总体情况" if number % 2 else "岚川市白皮书 2024"
        foot = f"第 {number} 页 共 4 页" if number % 2 else f"内部资料 注意保存 {number}"
        pages.append([(90.0, 800.0, 10.0, head), *text, (90.0, 40.0, 10.0, foot)])
    text_read = text_of(make_pdf(pages))
    assert all(word not in text_read for word in ("总体情况", "白皮书", "内部资料", "共 4 页"))
    assert text_read.count("正文") == 24
    changed = [[*page[:-1], (90.0, 40.0, 10.0, f"专题{'甲乙丙丁'[n]}")] for n, page in enumerate(pages)]
    assert "专题乙" in text_of(make_pdf(changed))


def test_footnotes_come_last_and_raised_marks_stay_in_their_line() -> None:
    left, right = set_text(LEFT, left=50, columns=14), set_text(RIGHT, left=320, columns=14)
    x, y, size, words = left[3]
    mark = (x + len(words) * size, y + 6, 8, "1")
    note = [(50, 380, 9, "1 数据来自统计局。")]
    raw = read("a.pdf", make_pdf([in_rows(left, right, note, [mark])], rules=[[(50.0, 396.0, 150.0, 396.0)]]))
    assert raw.text.endswith("1 数据来自统计局。")
    assert f"{words}1" in raw.text


def test_notes_stand_after_a_paragraph_that_goes_on_on_the_next_page() -> None:
    first = [
        (122.0, 760.0, 16.0, "要坚持问题导向和目标导向相结合，统筹推进各项重点"),
        (90.0, 732.0, 16.0, "任务落地见效，安排专项资金并且支持企业做大做强，确"),
        (90.0, 200.0, 16.0, "1 王某某：《人才政策》，岚川出版社。"),
        (90.0, 172.0, 16.0, "2 李某某：《产业政策》，岚川出版社。"),
    ]
    second = [
        (90.0, 760.0, 16.0, "保年度目标如期完成。后续论述该问题的成因与对策，并"),
        (90.0, 732.0, 16.0, "结合案例展开。"),
        (122.0, 704.0, 16.0, "要加强组织领导，压实主体责任，完善督查考核机制。"),
    ]
    lines = text_of(make_pdf([first, second], rules=[[(90.0, 222.0, 200.0, 222.0)]])).split("\n")
    whole = "".join(text for *_, text in (*first[:2], *second[:2]))
    assert lines == [whole, first[2][3], first[3][3], second[2][3]]
    ended = [*first[:1], (90.0, 732.0, 16.0, "任务落地见效，安排专项资金并且支持企业做大做强了。"), *first[2:]]
    assert text_of(make_pdf([ended, second], rules=[[(90.0, 222.0, 200.0, 222.0)]])).split("\n")[1] == first[2][3]


def test_a_raised_digit_isnt_glued_to_a_number() -> None:
    parts = [(90.0, 760.0, 16.0, "对个人给予"), (170.0, 767.0, 8.0, "1"), (178.0, 760.0, 16.0, "3000元补贴，另给")]
    more = [(90.0, 732.0, 16.0, "共计500"), (170.0, 739.0, 8.0, "12"), (186.0, 732.0, 16.0, "元")]
    assert read("a.pdf", make_pdf([[*parts, *more]])).text == "对个人给予〔1〕3000元补贴，另给\n共计500〔12〕元"


def test_a_font_without_characters_is_reported() -> None:
    raw = read("a.pdf", make_pdf([set_text(LEFT)], unmapped=True))
    assert [doubt.code for doubt in raw.doubts] == ["ingest.garbled-pages", "ingest.unmapped"]
    assert "第 1 页" in raw.doubts[0].message


def test_bytes_read_in_a_wrong_encoding_are_reported() -> None:
    raw = read("a.pdf", make_pdf([set_text(LEFT), set_text("ÈË²ÅÕþ²ßÓë²úÒµ·¢Õ¹" * 5)]))
    assert [doubt.code for doubt in raw.doubts] == ["ingest.garbled-pages"]
    assert "第 2 页" in raw.doubts[0].message


def test_spread_lines_get_no_spaces() -> None:
    spread = [(90 + 21 * n, 700, 16, char) for n, char in enumerate("通知要求各地认真执行")]
    assert read("a.pdf", make_pdf([spread])).text == "通知要求各地认真执行"
    apart = [(90, 700, 16, "前一部分"), (90 + 4.8 * 16, 700, 16, "后一部分")]
    assert read("a.pdf", make_pdf([apart])).text.split() == ["前一部分", "后一部分"]


def test_a_watermark_across_lines_doesnt_mix_them() -> None:
    lines = [(90.0, 700.0 - 22 * n, 12.0, f"第{n}行的文字写在这里。") for n in range(6)]
    read_in_order = read("a.pdf", make_pdf([[*lines, (120, 620, 80, "样稿")]])).text.replace(" ", "")
    assert [line for line in read_in_order.split("\n") if "行" in line] == [line[3] for line in lines]


def test_spaces_inside_cells_go_as_they_do_in_text() -> None:
    xs, ys = [60.0, 200.0, 440.0], [700.0, 670.0]
    lines = put(xs, ys, [["姓 名", "自 2025 年起"]])
    raw = read("a.pdf", make_pdf([lines], rules=[set_grid(xs, ys)]))
    assert clean(raw).text == "姓名\t自2025年起"


def test_cells_each_with_its_own_frame_are_one_table() -> None:
    xs, ys = [60.0, 200.0, 340.0], [700.0, 670.0, 640.0]
    frames = [
        rule
        for x0, x1 in pairwise(xs)
        for y1, y0 in pairwise(ys)
        for rule in set_grid([x0 + 0.5, x1 - 0.5], [y1 - 0.5, y0 + 0.5])
    ]
    raw = read("a.pdf", make_pdf([put(xs, ys, [["姓名", "职务"], ["张三", "主任"]])], rules=[frames]))
    assert raw.text == "姓名\t职务\n张三\t主任"


def test_false_bold_is_read_once() -> None:
    lines = [(90 + 0.3 * n, 700, 16, "印了三遍的标题") for n in range(3)]
    assert read("a.pdf", make_pdf([lines])).text == "印了三遍的标题"


def test_a_ragged_line_goes_on_when_the_next_number_had_no_room() -> None:
    lines = [
        (90.0, 760.0, 16.0, "支持企业做大做强，对符合规定条件的企业给予最高"),
        (90.0, 732.0, 16.0, "1000万元奖励，由市工业和信息化局会同市财政局等"),
        (90.0, 704.0, 16.0, "部门负责落实，加强组织领导，完善督查考核机制确"),
        (90.0, 676.0, 16.0, "保完成，年末全市居民人均可支配收入力争能达到"),
        (90.0, 648.0, 16.0, "56789元。"),
        (90.0, 592.0, 16.0, "岚川市人民政府办公室综合处"),
        (90.0, 564.0, 16.0, "2024年4月12日"),
    ]
    assert text_of(make_pdf([lines])).split("\n") == [
        "".join(text for *_, text in lines[:5]),
        "岚川市人民政府办公室综合处",
        "2024年4月12日",
    ]


def test_lines_of_a_column_under_wide_ones_are_joined() -> None:
    wide = set_text("对高新技术企业给予研发后补助，最高不超过五十万元，" * 5 + "由财政局负责。", left=50, columns=30)
    parts = [
        "对新引进的博士，经市教育局审核",
        "认定后给予安家补助，最高四十万",
        "元，其中第三年起按一定比例递减",
        "，由市人力资源和社会保障局会同",
        "市财政局等部门，制定实施细则并",
        "向社会公布。",
    ]
    lines = [*wide, *((50.0, wide[-1][1] - 56 - 28 * n, 16.0, part) for n, part in enumerate(parts))]
    assert text_of(make_pdf([lines])).split("\n")[1:] == ["".join(parts)]


def test_a_paragraph_of_two_lines_is_joined_without_others_beside_it() -> None:
    lines = [
        (200.0, 760.0, 16.0, "岚川市工业指标分析"),
        (122.0, 704.0, 16.0, "从表中来看，东城区产值占全市六成以上，增速也高于其他"),
        (90.0, 676.0, 16.0, "县区，应当引起重视。"),
    ]
    assert text_of(make_pdf([lines])).split("\n") == [lines[0][3], lines[1][3] + lines[2][3]]


def test_lines_that_hang_below_a_marker_are_joined() -> None:
    items = []
    lines: list[Line] = []
    for number in range(1, 5):
        y = 800.0 - 84 * number
        parts = (
            f"{number}、申报主体应满足第{'一二三四'[number - 1]}项条件且近年来无违法记",
            "录，未被列入严重失信主体名单，并且按要求",
            "提交承诺书。",
        )
        items.append("".join(parts))
        shift = 1.5 * 16  # a digit is half as wide as a mark
        lines += [(90.0 + (shift if n else 0), y - 28 * n, 16.0, part) for n, part in enumerate(parts)]
    assert text_of(make_pdf([lines])).split("\n") == items


def test_a_cells_line_goes_on_when_a_character_and_its_mark_had_no_room() -> None:
    xs, ys = [50.0, 150.0, 312.0], [800.0, 680.0]
    parts = ["一次性给予十万元补助", "另按每月发放租房补", "贴，最长三十六个月"]
    lines: list[Line] = [(56.0, 780.0, 16.0, "标准"), *((156.0, 780.0 - 28 * n, 16.0, t) for n, t in enumerate(parts))]
    assert "".join(parts[1:]) in text_of(make_pdf([lines], rules=[set_grid(xs, ys)]))
