from extracting import page_of
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.page import CLAUSE_MARKS, SEGMENT_MARKS

TEXT = "给予企业一次性奖励20万元，每年不超过3次。对个人给予补助。"


def test_words_are_split_from_what_the_segmenter_glues_to_them() -> None:
    page = page_of(TEXT)
    assert page.word_behind(TEXT.index("一次性")) == "一次性"
    assert page.word_before(TEXT.index("20")) == "奖励"
    assert page.word_before(0) == "" and page.word_behind(len(TEXT)) == ""


@given(st.text("对给予人才，。；\n奖励获得12", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_counts_agree_with_counting(text: str, low: int, high: int) -> None:
    page = page_of(text)
    low, high = sorted((min(low, len(text)), min(high, len(text))))
    part = text[low:high]
    assert page.marks_between(low, high) == (
        sum(c in CLAUSE_MARKS for c in part),
        sum(c in SEGMENT_MARKS for c in part),
    )
    assert page.clause_end(low) == next((i for i in range(low, len(text)) if text[i] in CLAUSE_MARKS), len(text))
    assert page.borders == sorted(set(page.borders)) and page.borders[0] == 0 and page.borders[-1] == len(text)
