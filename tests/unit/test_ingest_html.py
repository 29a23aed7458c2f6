"""Web pages: the article without what stands around it."""

import time
import tracemalloc

import pytest
from test_ingest_formats import read, refusal

from pipeline.core.errors import UnreadableFile

PARAGRAPHS = [
    "为进一步优化人才发展环境，根据上级有关规定，结合本区实际，制定本办法。",
    "第一条 对新引进的高层次人才，给予最高一百万元的安家补助，分五年发放。",
    "第二条 用人单位应当在每年六月底前提出申请，由区人力资源部门审核。",
]
NAVIGATION = "".join(f'<li><a href="/{i}">栏目之{i}</a></li>' for i in range(12))
RELATED = "".join(f'<li><a href="/n{i}">相关新闻第{i}条的标题，点击查看</a></li>' for i in range(6))


def page(body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}'
        "<title>某办法_某区人民政府门户网站</title></head><body>"
        f"<nav>{NAVIGATION}</nav><ul class=menu>{NAVIGATION}</ul><script>var a = '脚本，不是正文。';</script>"
        f'<div class="main"><div id="zoom">{body}</div><ul>{RELATED}</ul></div>'
        f"<div class=footer>主办：某区人民政府 网站标识码：1234567890</div></body></html>"
    )


def test_article_only():
    raw = read("a.html", page("".join(f"<p>{p}</p>" for p in PARAGRAPHS)).encode())
    assert raw.text.split("\n") == ["某办法", *PARAGRAPHS]
    assert [b.kind for b in raw.blocks] == ["heading", *["paragraph"] * 3]
    assert raw.title == "某办法"


def test_title_and_date_from_the_metadata():
    head = '<meta name="ArticleTitle" content="关于印发某办法的通知"><meta name="PubDate" content="2024-05-06 09:30">'
    raw = read("a.html", page("".join(f"<p>{p}</p>" for p in PARAGRAPHS), head).encode())
    assert (raw.title, raw.published) == ("关于印发某办法的通知", "2024-05-06")


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("来源：某局 发布日期：2024-5-6 浏览次数：9", "2024-05-06"),
        ("发文时间: 2024年5月6日", "2024-05-06"),
        ("报名时间：2024-05-06", None),
        ("发布日期：待定", None),
    ],
)
def test_the_date_beside_the_article(line, published):
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    raw = read("a.html", page(f"<div><p>{line}</p></div><div>{text}</div>").encode())
    assert raw.published == published


def test_line_breaks_and_source_breaks():
    body = (
        PARAGRAPHS[0]
        + "<br>　　第一条 对新引进的\n      高层次人才，给予<b>最高</b>一百万元的补助。<br/>"
        + PARAGRAPHS[2]
    )
    assert read("a.html", page(body).encode()).text.split("\n")[1:] == [
        PARAGRAPHS[0],
        "　　第一条 对新引进的高层次人才，给予最高一百万元的补助。",
        PARAGRAPHS[2],
    ]


def test_data_tables_become_cells_and_layout_tables_paragraphs():
    table = (
        "<table><tr><th colspan=2>对象</th><th>标准</th></tr>"
        "<tr><td rowspan=2>人才</td><td>博士</td><td>40万元</td></tr>"
        "<tr><td>硕士</td><td>20万元</td></tr></table>"
    )
    body = f"<table><tr><td><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{table}<p>{PARAGRAPHS[2]}</p></td></tr></table>"
    raw = read("a.html", page(body).encode())
    cells = {raw.text[b.start : b.end]: (b.row, b.column) for b in raw.blocks if b.kind == "cell"}
    assert cells == {
        "对象": (0, 0),
        "标准": (0, 2),
        "人才": (1, 0),
        "博士": (1, 1),
        "40万元": (1, 2),
        "硕士": (2, 1),
        "20万元": (2, 2),
    }
    assert [line for line in raw.text.split("\n") if line in PARAGRAPHS] == PARAGRAPHS


def test_a_first_paragraph_in_its_own_element_is_kept():
    body = f"<div><p>{PARAGRAPHS[0]}</p></div><div>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS[1:] * 4)}</div>"
    assert PARAGRAPHS[0] in read("a.html", page(body).encode()).text


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "utf-8"])
def test_charset(declared: str):
    source = page("".join(f"<p>{p}</p>" for p in PARAGRAPHS)).replace('charset="utf-8"', f'charset="{declared}"')
    raw = read("a.html", source.encode(declared.replace("gb2312", "gbk")))
    assert raw.text.split("\n")[1:] == PARAGRAPHS
    assert raw.doubts == ()


def test_charset_is_found_without_a_declaration():
    source = page("".join(f"<p>{p}</p>" for p in PARAGRAPHS)).replace('<meta charset="utf-8">', "")
    assert read("a.html", source.encode("gbk")).text.split("\n")[1:] == PARAGRAPHS


def test_fragments_and_indexes():
    fragment = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    assert read("a.html", fragment.encode()).text.split("\n") == PARAGRAPHS
    index = (
        "<html><body><ul>"
        + "".join(f"<li><a href='{i}'>第{i}号公告</a></li>" for i in range(9))
        + "</ul></body></html>"
    )
    assert "第8号公告" in read("a.html", index.encode()).text


def test_a_page_without_text():
    assert (
        refusal("a.html", b"<html><head><title></title></head><body><img src=a.png></body></html>") == "ingest.no-text"
    )


def test_deep_nesting_is_read_or_refused():
    source = "<html><body>" + "<div>" * 3000 + PARAGRAPHS[0] + "</div>" * 3000 + "</body></html>"
    try:
        assert PARAGRAPHS[0] in read("a.html", source.encode()).text
    except UnreadableFile as error:
        assert error.code in ("ingest.damaged", "ingest.no-text")


WRONG_CHARSETS = (
    "undefined idna punycode unicode_escape raw_unicode_escape rot13 hex zlib mbcs utf-7 utf-16 iso-8859-1 latin1 "
    "windows-1252 ascii koi8-r cp437 no-such-charset"
)


@pytest.mark.parametrize("declared", WRONG_CHARSETS.split())
def test_a_wrong_charset_counts_as_none(declared: str):
    source = page("".join(f"<p>{p}</p>" for p in PARAGRAPHS)).replace('charset="utf-8"', f'charset="{declared}"')
    raw = read("a.html", source.encode("gbk"))
    assert raw.text.split("\n")[1:] == PARAGRAPHS
    assert [doubt.code for doubt in raw.doubts] == ["ingest.encoding-guessed"]
    assert read("a.html", source.encode()).text.split("\n")[1:] == PARAGRAPHS


def cells(table: str) -> list[tuple[str, int | None, int | None]]:
    raw = read("a.html", page("".join(f"<p>{p}</p>" for p in PARAGRAPHS) + f"<table>{table}</table>").encode())
    return [(raw.text[b.start : b.end], b.row, b.column) for b in raw.blocks if b.kind == "cell"]


@pytest.mark.parametrize("span", ["\u00b2", "\u2461", "", "-3", "x", "1.5", "0", "9" * 5000])
def test_odd_spans(span: str):
    found = cells(f'<tr><td colspan="{span}">甲</td><td rowspan="{span}">乙</td></tr><tr><td>丙</td></tr>')
    assert [text for text, _, _ in found] == ["甲", "乙", "丙"]
    assert found[2] == ("丙", 1, 0)


def test_a_cell_over_very_many_rows():
    rows = "".join(f"<tr><td>第{i}项</td></tr>" for i in range(1, 500))
    found = cells(f"<tr><td rowspan=500>类别</td><td>第0项</td></tr>{rows}")
    assert found[1:] == [(f"第{i}项", i, 1) for i in range(500)]


def test_spans_take_little_memory():
    wide = "<tr>" + "<td rowspan=200 colspan=200>甲</td>" * 300 + "</tr>"
    tracemalloc.start()
    try:
        assert len(cells(wide)) == 300
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("body", [f"<p>{PARAGRAPHS[0]}<p>{PARAGRAPHS[1]}", f"{PARAGRAPHS[0]}<br>{PARAGRAPHS[1]}"])
def test_fragments_without_closing_tags_when_the_name_says_so(body: str):
    assert read("a.html", body.encode()).text.split("\n") == PARAGRAPHS[:2]
    assert read("a.txt", body.encode()).text == body


def test_a_page_in_utf16_without_a_mark():
    source = page("".join(f"<p>{p}</p>" for p in PARAGRAPHS))
    raw = read("a.html", source.encode("utf-16-le"))
    assert (raw.media_type, raw.text.split("\n")[1:]) == ("text/html", PARAGRAPHS)


@pytest.mark.parametrize(
    "source",
    [
        f"<html><frameset cols='1,2'><frame src=a><noframes><body>{PARAGRAPHS[0]}</body></noframes></frameset></html>",
        "<html><body><table><tr><td></td><td></td></tr></table></body></html>",
        "<html><body><iframe src=x></iframe></body></html>",
        "<html></html>",
    ],
)
def test_pages_that_show_nothing(source: str):
    assert refusal("a.html", source.encode()) == "ingest.no-text"


def test_a_title_without_end_is_read_quickly():
    source = page(PARAGRAPHS[0]).replace("<title>", f"<title>-{'政府' * 20_000}-")
    start = time.process_time()
    read("a.html", source.encode())
    assert time.process_time() - start < 2


def test_what_says_it_is_hidden_is_not_read():
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    raw = read("a.html", page(f"{body}<p hidden>不显示的一段。</p><p style='display: none'>也不显示的。</p>").encode())
    assert raw.text.split("\n") == ["某办法", *PARAGRAPHS]


def test_entities_a_page_declares_are_told_and_not_expanded():
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    raw = read(
        "a.html", ('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page(f"{body}<p>&x;</p>")).encode()
    )
    assert "root:" not in raw.text
    assert [doubt.code for doubt in raw.doubts] == ["ingest.entities"]


def test_lists_are_marked_as_a_browser_marks_them():
    page = (
        "<body><p>支持下列项目，由市科技局会同市财政局组织实施，具体标准另行制定并向社会公布。</p>"
        "<ul><li>设备更新</li><li>技术改造</li></ul><ol start='3'><li>提出申请</li><li>专家评审</li></ol>"
        "<ul><li>一、已有编号</li><li>联系人：张三</li><li><p>段落</p></li></ul><ul><li>仅此一项</li></ul></body>"
    )
    lines = read("a.html", page.encode()).text.split("\n")
    assert lines[1:] == [
        "• 设备更新",
        "• 技术改造",
        "3. 提出申请",
        "4. 专家评审",
        "一、已有编号",
        "联系人：张三",
        "段落",
        "仅此一项",
    ]
