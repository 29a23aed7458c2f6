"""Word documents: order, headings, tables and automatic numbers."""

import io
import time
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from test_ingest_formats import read, refusal

from pipeline.clean.steps import clean
from pipeline.core.counting import chinese


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def add_list(document, number: str, *levels: tuple[str, str]) -> None:
    """Put a list of (format, pattern) levels into the numbering part."""
    body = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for i, (kind, pattern) in enumerate(levels)
    )
    root = document.part.numbering_part.element
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="9{number}">{body}</w:abstractNum>')
    root.insert(0, abstract)
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="9{number}"/></w:num>'))


def numbered(document, text: str, number: str, level: int = 0):
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


def test_paragraphs_headings_and_tables_in_order():
    document = docx.Document()
    document.core_properties.title = "人才办法"
    document.add_heading("总体要求", level=2)
    document.add_paragraph("坚持人才引领发展。")
    table = document.add_table(rows=2, cols=3)
    for row, texts in enumerate((("类别", "标准", "备注"), ("博士", "40万元", "分三年"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.add_paragraph("表后的一段。")
    raw = read("a.docx", saved(document))
    assert raw.text == "总体要求\n坚持人才引领发展。\n类别\t标准\t备注\n博士\t40万元\t分三年\n表后的一段。"
    assert raw.title == "人才办法"
    assert [b.kind for b in raw.blocks] == ["heading", "paragraph", *["cell"] * 6, "paragraph"]
    assert raw.blocks[0].level == 2
    assert [(b.table, b.row, b.column) for b in raw.blocks[2:8]] == [(0, r, c) for r in (0, 1) for c in (0, 1, 2)]
    assert raw.text[raw.blocks[6].start : raw.blocks[6].end] == "40万元"


def test_merged_cells_come_once():
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横向合并"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "纵向合并"
    table.cell(2, 2).text = "末格"
    raw = read("a.docx", saved(document))
    assert raw.text.count("横向合并") == raw.text.count("纵向合并") == 1
    last = raw.blocks[-1]
    assert (last.row, last.column, raw.text[last.start : last.end]) == (2, 2, "末格")
    after = next(b for b in raw.blocks if b.row == 0 and b.start > 0)
    assert after.column == 2


def test_automatic_numbers_are_written_out():
    document = docx.Document()
    add_list(document, "71", ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    for text, level in (
        ("总则", 0),
        ("目标", 1),
        ("指标", 2),
        ("任务", 2),
        ("原则", 1),
        ("措施", 0),
        ("引进", 1),
        ("细则", 2),
    ):
        numbered(document, text, "71", level)
    raw = read("a.docx", saved(document))
    expected = ["一、总则", "（一）目标", "1. 指标", "2. 任务", "（二）原则", "二、措施", "（一）引进", "1. 细则"]
    assert raw.text.split("\n") == expected


def test_several_levels_in_one_label_and_chapters():
    document = docx.Document()
    add_list(document, "72", ("decimal", "%1"), ("decimal", "%1.%2"))
    add_list(document, "73", ("chineseCountingThousand", "第%1章"))
    add_list(document, "74", ("bullet", "\uf06c"))
    numbered(document, "背景", "72")
    numbered(document, "现状", "72", 1)
    numbered(document, "总则", "73")
    numbered(document, "要点", "74")
    assert read("a.docx", saved(document)).text.split("\n") == ["1 背景", "1.1 现状", "第一章 总则", "• 要点"]


def test_heading_level_by_localised_style_and_by_outline():
    document = docx.Document()
    style = document.styles.add_style("标题 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("一、样式", style=style)
    paragraph = document.add_paragraph("二、大纲级别")
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))
    document.add_paragraph("正文。")
    assert [(b.kind, b.level) for b in read("a.docx", saved(document)).blocks] == [
        ("heading", 1),
        ("heading", 3),
        ("paragraph", None),
    ]


def test_what_is_read_and_what_not():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    paragraph = document.add_paragraph("正文")
    w = nsdecls("w")
    for xml in (
        f'<w:ins {w} w:id="1" w:author="x"><w:r><w:t>插入</w:t></w:r></w:ins>',
        f'<w:del {w} w:id="2" w:author="x"><w:r><w:delText>删去</w:delText></w:r></w:del>',
        f"<w:smartTag {w}><w:r><w:t>标记</w:t></w:r></w:smartTag>",
        f"<w:r {w}><w:pict><w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:pict></w:r>",
        f"<w:r {w}><w:br/><w:t>换行</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    assert read("a.docx", saved(document)).text == "正文插入标记\n换行"


def test_damage():
    document = docx.Document()
    document.add_paragraph("正文内容" * 50)
    content = saved(document)
    assert refusal("a.docx", content[: len(content) // 2]) == "ingest.damaged"
    empty = docx.Document()
    assert refusal("a.docx", saved(empty)) == "ingest.no-text"
    assert refusal("a.docx", content, limit=10) in ("ingest.too-long", "ingest.too-large")


def test_cells_are_left_alone_by_cleaning():
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "支持企业引进人才，给予"
    table.cell(0, 1).text = "补助"
    raw = read("a.docx", saved(document))
    assert clean(raw).text == raw.text


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百〇五"),
        (110, "一百一十"),
    ],
)
def test_chinese_counting(number: int, expected: str):
    assert chinese(number) == expected


def test_nesting_beyond_reason_is_damage():
    inner = "<w:p><w:r><w:t>深</w:t></w:r></w:p>"
    deep = "<w:sdt><w:sdtContent>" * 900 + inner + "</w:sdtContent></w:sdt>" * 900
    body = f'<?xml version="1.0"?><w:document {nsdecls("w")}><w:body>{deep}</w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", body)
    assert refusal("a.docx", buffer.getvalue()) == "ingest.damaged"


def packed(body: str, numbering: str = "") -> bytes:
    """Return a package of bare XML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", f"<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>")
        package.writestr("word/numbering.xml", f"<w:numbering {nsdecls('w')}>{numbering}</w:numbering>")
    return buffer.getvalue()


def in_xml(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


ODD_NUMBERS = ["\u00b2", "\u2461", "-1", "--5", "", "x", "9" * 5000]


@pytest.mark.parametrize("value", ODD_NUMBERS)
def test_odd_numbers_in_tables_and_outlines(value: str):
    row = (
        f'<w:tr><w:trPr><w:gridBefore w:val="{value}"/></w:trPr>'
        f'<w:tc><w:tcPr><w:gridSpan w:val="{value}"/></w:tcPr>{in_xml("甲")}</w:tc><w:tc>{in_xml("乙")}</w:tc></w:tr>'
    )
    raw = read("a.docx", packed(f"<w:tbl>{row}</w:tbl>" + in_xml("正文", f'<w:outlineLvl w:val="{value}"/>')))
    assert raw.text == "甲\t乙\n正文"
    assert all((block.column or 0) <= 2000 for block in raw.blocks)


@pytest.mark.parametrize("value", [*ODD_NUMBERS, "99999999"])
@pytest.mark.parametrize("kind", ["decimal", "ideographDigital", "lowerLetter", "upperRoman", "chineseCounting"])
def test_odd_numbers_in_lists(kind: str, value: str):
    numbering = (
        f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="{value}"/><w:numFmt w:val="{kind}"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    asked = f'<w:numPr><w:ilvl w:val="{value if value in ODD_NUMBERS[:2] else 0}"/><w:numId w:val="1"/></w:numPr>'
    text = read("a.docx", packed(in_xml("正文", asked), numbering)).text
    assert text.endswith("、正文") and len(text) < 2000


def test_a_long_table_is_read_quickly():
    row = "<w:tr>" + f"<w:tc>{in_xml('数据')}</w:tc>" * 6 + "</w:tr>"
    content = packed(f"<w:tbl>{row * 1500}</w:tbl>")
    start = time.process_time()
    assert len(read("a.docx", content).blocks) == 9000
    assert time.process_time() - start < 3
