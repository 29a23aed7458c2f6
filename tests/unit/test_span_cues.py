"""Features of whole spans: their lines and what counts them."""

from extracting import page_of

from pipeline.extract.span_cues import line_features, unit_features


def lines_of(text: str, words: str, figure: str) -> list[str]:
    page, start = page_of(text), text.index(words)
    return line_features(page, (start, start + len(words)), text.index(figure), "benefit")


def units_of(text: str, words: str, figure: str, unit: str) -> list[str]:
    page, start = page_of(text), text.index(words)
    return unit_features(page, (start, start + len(words)), text.index(figure) + len(figure), unit, "benefit")


def test_a_line_above_that_ends_in_a_colon_governs_a_list_line() -> None:
    text = "对企业给予下列奖励：\n（1）首次上市，100万元。\n发明人得5万元。"
    assert lines_of(text, "企业", "100万元") == ["L111benefit", "L11-对"]
    assert lines_of(text, "首次上市", "100万元") == ["L001benefit"]
    # another line stands between, and the last is in no list
    assert lines_of(text, "企业", "5万元")[0] == "L210benefit"
    assert lines_of(text, "首次上市", "5万元")[0] == "L100benefit"


def test_a_colon_in_the_same_line_is_seen_and_what_stands_behind_has_no_line() -> None:
    text = "对企业给予奖励：上市100万元补助。"
    assert lines_of(text, "企业", "100万元") == ["L010benefit"]
    assert lines_of(text, "补助", "100万元") == []


def test_a_line_that_began_long_ago_is_no_list_line() -> None:
    text = "（1）" + "很" * 500 + "好的企业得5万元。"
    assert lines_of(text, "企业", "5万元") == ["L000benefit"]


def test_a_span_meets_the_unit_that_counts_it() -> None:
    text = "引进5家企业，另给1000万元。"
    assert units_of(text, "企业", "5家", "家") == ["u家~企业", "ub1家"]
    assert units_of(text, "引进", "5家", "家") == ["u家~引进", "ub0家"]
    assert "amountbenefit" in units_of(text, "1000万元", "5家", "家")
