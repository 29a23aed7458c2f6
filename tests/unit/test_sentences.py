from __future__ import annotations

import pytest

from pipeline.core.layers import CleanText, Section
from pipeline.segment.sentences import LONGEST, borders, cut, spans


def sentences(text: str, *fixed: int) -> list[str]:
    return [text[start:end] for start, end in spans(text, fixed)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \u3000\n\t", []),
        ("补", ["补"]),
        ("一是奖励。二是补助。", ["一是奖励。", "二是补助。"]),
        ("奖励甲；补助乙；贴息丙。", ["奖励甲；补助乙；贴息丙。"]),
        ("真的吗？！是的！！好", ["真的吗？！", "是的！！", "好"]),
        ("他说：“不求所有。”又说：“但求所用。”", ["他说：“不求所有。”", "又说：“但求所用。”"]),
        ("（此件公开发布。）\n正文。", ["（此件公开发布。）", "正文。"]),
        ("按《人才住得好吗？住得好！办法》执行。", ["按《人才住得好吗？住得好！办法》执行。"]),
        ("给予补助（限一次。逾期不补）后公示。再发。", ["给予补助（限一次。逾期不补）后公示。", "再发。"]),
        ("甲（乙（丙。）丁。）戊。己", ["甲（乙（丙。）丁。）戊。", "己"]),
        ("投入3.5亿元，占2.8%。", ["投入3.5亿元，占2.8%。"]),
        ("见 https://example.org/a?b=1 页。", ["见 https://example.org/a?b=1 页。"]),
        ("标题\n\u3000\u3000第一段  \n\n第二段", ["标题", "第一段", "第二段"]),
        ("《没有收尾。下一句。", ["《没有收尾。", "下一句。"]),
        ("（没有收尾。\n下一句）。", ["（没有收尾。", "下一句）。"]),
        ("等等……还有。", ["等等……还有。"]),
        ("Only Latin. No end! Yes", ["Only Latin. No end!", "Yes"]),
        ("🙂。🙂", ["🙂。", "🙂"]),
    ],
)
def test_sentences_are_full_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_long_bracket_is_no_reason_not_to_split() -> None:
    text = "（" + "甲乙丙丁。" * 50 + "）"
    assert len(sentences(text)) == 50


def test_sections_begin_and_go_on_with_a_sentence_of_their_own() -> None:
    text = "一、人才 引进人才 二、资金"
    outline = (
        Section(0, None, 1, "一、", "人才", 0, 4, 10),
        Section(1, None, 1, "二、", "资金", 10, 14, 14),
        Section(2, None, 1, "第三条", "", 14, 14, 14),
    )
    assert borders(outline) == (0, 4, 10, 14)
    assert sentences(text, *borders(outline)) == ["一、人才", "引进人才", "二、资金"]


@pytest.mark.parametrize("piece", ["甲", "甲乙丙，", "甲；", "甲 ", "（", "《甲", "1"])
def test_a_very_long_line_is_cut_and_nothing_lost(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    found = list(spans(text))
    assert all(0 < end - start <= LONGEST for start, end in found)
    assert "".join(text[a:b] for a, b in found).replace(" ", "") == text.replace(" ", "")
    if piece == "甲乙丙，":
        assert all(text[b - 1] == "，" for _, b in found)


class Characters:
    name, version, digest = "characters", "1", "0"

    def words(self, text: str) -> list[str]:
        return [text[i : i + 2] for i in range(0, len(text), 2)]


def test_word_ends_are_offsets_into_the_text() -> None:
    first, second = cut(CleanText(" 引进人才。\n补助\n", ()), (), segmenter=Characters())
    assert (first.start, first.end, first.words) == (1, 6, (3, 5, 6))
    assert (second.start, second.end, second.words) == (7, 9, (9,))
    assert cut(CleanText("", ()), (), segmenter=Characters()) == ()
