# ruff: noqa: RUF001 - look-alike characters are the subject here
"""Laws of cleaning: offsets hold, unedited characters map back, cleaning twice is cleaning once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.steps import clean
from pipeline.core.layers import Block, Place, RawText
from pipeline.core.offsets import apply

MESS = st.text(
    "人才政策，。；：、（）《》〔〕“”一二○0123４５％．－.,%年月万元个ABab \t　\xa0\n\r\f\u200b\ue000-—第页条[]⼈",
    max_size=300,
)
CLAUSES = st.sampled_from(
    [
        "对新引进的博士给予40万元安家补助",
        "分五年发放",
        "由市财政局会同有关部门负责落实",
        "到 2025 年引进 300 名人才",
        "支持企业建设研发平台",
        "加强组织领导和督促检查",
        "使用 SPSS 软件进行分析",
        "增长 15.8 %以上",
        "推动产业链和人才链深度融合",
        "完善人才评价机制",
    ]
)
HEADINGS = st.sampled_from(
    ["一、总体要求", "（一）引进人才", "第三条 申请条件", "1. 支持范围", "附件：项目清单", "2.1 培养机制"]
)


@st.composite
def documents(draw) -> str:
    """Return a plausible document: headings and paragraphs, as they are or cut at a width, with page numbers or not."""
    paragraphs = []
    for _ in range(draw(st.integers(1, 8))):
        if draw(st.booleans()):
            paragraphs.append(draw(HEADINGS))
        paragraphs.append("，".join(draw(st.lists(CLAUSES, min_size=1, max_size=9))) + "。")
    columns = draw(st.sampled_from([0, 20, 28, 36]))
    if not columns:
        return draw(st.sampled_from(["\n", "\n\n", "\n　　"])).join(paragraphs)
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [paragraph[i : i + columns] for i in range(0, len(paragraph), columns)]
    if draw(st.booleans()):
        lines = [
            line for i, each in enumerate(lines, 1) for line in ([each, f"— {i // 9} —"] if i % 9 == 0 else [each])
        ]
    return draw(st.sampled_from(["\n", "\n\n", "\r\n"])).join(lines)


@given(st.one_of(MESS, documents()))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_edits_give_the_text_and_lead_back(text: str):
    result = clean(RawText(text, "text/plain"))
    assert apply(text, result.edits) == result.text
    offsets = result.offsets()
    edited = {i for edit in result.edits for i in range(edit.start, edit.end)}
    for i, char in enumerate(result.text):
        start, end = offsets.to_source(i, i + 1)
        if end - start == 1 and start not in edited:
            assert text[start] == char
        else:
            assert edited & set(range(start, end)) or start == end
    for i, char in enumerate(text):
        if i not in edited:
            start, end = offsets.from_source(i, i + 1)
            assert result.text[start:end] == char


@given(documents())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_cleaning_twice_is_cleaning_once(text: str):
    once = clean(RawText(text, "text/plain")).text
    assert clean(RawText(once, "text/plain")).text == once


@given(documents())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_nothing_but_furniture_and_spaces_is_lost(text: str):
    once = clean(RawText(text, "text/plain")).text
    kept = [line for line in text.splitlines() if not line.startswith("— ")]
    assert "".join(once.split()) == "".join("".join(kept).split())


@st.composite
def printed(draw) -> RawText:
    """Return what a PDF gives: printed lines, cells that may go on over a page break, furniture, with their places."""
    parts: list[str] = []
    blocks: list[Block] = []
    at, page = 0, 1
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["line", "line", "line", "cell", "furniture"]))
        words = draw(st.lists(st.one_of(CLAUSES, HEADINGS, MESS.map(_one_line)), min_size=1, max_size=3))
        words = words if kind == "cell" else words[:1]
        before = draw(st.sampled_from(["\n", "\n", "\f", "\t" if kind == "cell" else "\n"])) if parts else ""
        page += before == "\f"
        start = at = at + len(before)
        parts.append(before)
        lines = []
        for n, text in enumerate(words):
            mark = draw(st.sampled_from(["\n", "\f"])) if n else ""
            x1 = draw(st.sampled_from([500.0, 300.0, 90.0 + 12 * len(text)]))
            y = 700.0 - 20 * number - n
            lines.append(Place(at + len(mark), at + len(mark) + len(text), page, (90.0, y, x1, y + 12)))
            parts.append(mark + text)
            at += len(mark) + len(text)
        box = (90.0, 700.0 - 20 * number, 500.0, 712.0 - 20 * number)
        cell = (0, number, 0) if kind == "cell" else (None, None, None)
        blocks.append(Block(start, at, kind, page, box, *cell, lines=tuple(lines) if kind == "cell" else ()))
    return RawText("".join(parts), "application/pdf", blocks=tuple(blocks))


def _one_line(text: str) -> str:
    """Return ``text`` without line breaks and tabs."""
    return "".join(char for char in text if char not in "\n\r\f\t") or "字"


@given(printed())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_offsets_of_printed_pages_lead_back_and_cells_stay_apart(raw: RawText):
    result = clean(raw)
    assert apply(raw.text, result.edits) == result.text
    offsets = result.offsets()
    edited = {i for edit in result.edits for i in range(edit.start, edit.end)}
    for i, char in enumerate(raw.text):
        if i not in edited:
            start, end = offsets.from_source(i, i + 1)
            assert result.text[start:end] == char
            assert offsets.to_source(start, end) == (i, i + 1)
    for block in raw.blocks:
        start, end = offsets.from_source(block.start, block.end)
        if block.kind == "cell" and result.text[start:end].strip():
            assert result.text[end : end + 1].strip() == ""  # nothing of another block is glued to a cell
            assert result.text[max(0, start - 1) : start].strip() == ""
        if block.kind == "furniture":
            assert not result.text[start:end].strip()
