# ruff: noqa: RUF001 - look-alike characters are the subject here
"""Laws of cleaning: offsets hold, unedited characters map back, cleaning twice is cleaning once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.steps import clean
from pipeline.core.layers import RawText
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
