import re
from collections import Counter
from math import exp
from zlib import crc32

import pytest
from extracting import page_of
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.wording import same_squeezed, same_words
from pipeline.extract.drafts import Drafts
from pipeline.extract.page import Page
from pipeline.extract.pointer import PagePointer, Pointer, agreed
from pipeline.extract.pointing import (
    LONGEST,
    Asked,
    candidates,
    length_features,
    nothing_features,
    question,
    span_features,
    tidied,
)
from pipeline.extract.tiers import called, coordinated, own_tier

TEXT = "对认定的A类、B类、C类人才，分别给予100万元、50万元、30万元安家补助。"


def asked_about(text: str, figure: str, *, place: int = 0, n: int = 1) -> tuple[Page, Asked]:
    page, start = page_of(text), text.index(figure)
    tiers = coordinated(page, 0, start, n) if n > 1 else ()
    return page, Asked(start, start + len(figure), 0, len(text), "money", "benefit", place, (), tiers)


def test_members_of_a_group_are_found_with_and_without_what_leads_to_the_first() -> None:
    groups = coordinated(page_of(TEXT), 0, TEXT.index("100万元"), 3)
    assert [[TEXT[a:b] for a, b in group] for group in groups] == [
        ["对认定的A类", "B类", "C类人才"],
        ["A类", "B类", "C类人才"],
    ]
    assert coordinated(page_of(TEXT), 0, TEXT.index("100万元"), 4) == ()


def test_candidates_keep_within_clauses_reach_and_length_and_leave_the_figures_out() -> None:
    page, asked = asked_about(TEXT, "100万元、50万元、30万元")
    spans = list(candidates(page, asked))
    assert len(spans) == len(set(spans))
    assert {"C类人才", "安家补助"} <= {TEXT[a:b] for a, b in spans}
    for start, end in spans:
        assert 0 < end - start <= LONGEST
        assert "，" not in TEXT[start:end] and not (start < asked.list_end and end > asked.list_start)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("区财政按照小学每生5000元发放补助。", "区财政按照小学"),
        ("引进高校（含博士学位）专任教师12名。", "学位）"),
        ("岗位待遇由用人单位商定，补助60万元。", "岗位待遇由用人单位"),
        ("认定“小升规”“规改股”企业，奖励10万元。", "小升规”“规改股"),
    ],
)
def test_no_candidate_is_a_clause_or_leaves_its_brackets(text: str, never: str) -> None:
    figure = re.search(r"\d+[万元名]+", text)
    assert figure and never in text
    page, asked = asked_about(text, figure[0])
    spans = {text[a:b] for a, b in candidates(page, asked)}
    assert spans and never not in spans


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("“专精特新", "“专精特新”"),
        ("获评《云州名匠", "获评《云州名匠》"),
        ("企业“", "企业"),
        ("“专精特新”企业", "“专精特新”企业"),
    ],
)
def test_a_quote_is_whole(words: str, clean: str) -> None:
    text = "对“专精特新”企业、获评《云州名匠》的个人奖励5万元。"
    start = text.find(words)
    start = start if start >= 0 else text.index(words[:-1])
    if words == "企业“":
        text, start = "奖励企业“小巨人", 2
    assert text[slice(*tidied(text, (start, start + len(words))))] == clean


@pytest.mark.parametrize(
    ("text", "figures", "chosen", "owners"),
    [
        (
            "对B、C、D类人才，依次按8000元、5000元、3000元发放。",
            "8000元、5000元、3000元",
            "B、C、D类人才",
            ["B", "C", "D类人才"],
        ),
        ("对省级、市级示范园分别奖励20万元、5万元。", "20万元、5万元", "省级", ["省级", "市级"]),
        ("对商会、协会达到2000万元、1亿元的分别奖励5万元、9万元。", "5万元、9万元", "商会、协会", ["商会、协会"] * 2),
        ("对园区、街道、乡镇给予5万元、9万元。", "5万元、9万元", "园区、街道、乡镇", ["园区、街道、乡镇"] * 2),
    ],
)
def test_a_group_is_shared_out_among_a_lists_figures(text: str, figures: str, chosen: str, owners: list[str]) -> None:
    start = text.index(chosen)
    for place, owner in enumerate(owners):
        page, asked = asked_about(text, figures, place=place, n=len(owners))
        own = own_tier(page, (start, start + len(chosen)), asked, len(owners))
        assert text[slice(*own)] == owner
    assert own_tier(page, (start, start + len(chosen)), asked, 1) == (start, start + len(chosen))


@pytest.mark.parametrize(
    ("text", "tier", "name"),
    [
        ("对国家级、省级企业技术（研发）中心的，分别给予奖励", "国家级", "国家级企业技术（研发）中心"),
        ("通过国家、省级检测中心验收的，分别奖励", "国家", "国家级检测中心"),
        ("对A、B、C类人才分别发放", "A", "A类人才"),
        ("获一、二、三等奖的", "二", "二等奖"),
        ("新评定为五星级、四星级的饭店，", "五星级", "五星级饭店"),
        ("国家级、省级分别给予300万元", "国家级", "国家级"),
        ("对国家级的给予100%配套", "国家级", "国家级"),
        ("企业拟上市的一次性奖励", "拟上市", "拟上市"),
        ("C、D类人才可以申请补贴", "C", "C类人才"),
        ("市级每年遴选20个项目，每个奖励5万元", "市级", None),
    ],
)
def test_a_tier_is_called_by_the_noun_it_shares(text: str, tier: str, name: str | None) -> None:
    at = text.index(tier)
    assert called(page_of(text), (at, at + len(tier))) == name


def test_a_span_chosen_before_stays_a_candidate_out_of_reach() -> None:
    page, asked = asked_about(TEXT, "50万元")
    far = Asked(asked.list_start, asked.list_end, asked.list_start, asked.high, "money", "benefit", 0, ((4, 6),))
    assert (4, 6) in list(candidates(page, far))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("摘要：全县工匠缺口率", "全县工匠缺口率"),
        ("、创业补贴", "创业补贴"),
        ("原因（如工匠缺口率", "如工匠缺口率"),
        ("（如缺口率", "如缺口率"),
        ("首台（套）装备", "首台（套）装备"),
        ("：", "："),
    ],
)
def test_what_is_shown_has_no_label_and_no_loose_marks(said: str, kept: str) -> None:
    assert said[slice(*tidied(said, (0, len(said))))] == kept


@pytest.mark.parametrize(
    ("weights", "chosen"),
    [
        ({"0": 9.0}, None),
        ({"0": -9.0, "e-补助": 5.0, "s+安家补助": 5.0}, "安家补助"),
        ({"0": -9.0, "t]31": 5.0, "t[1": 5.0, "t[benefit": 1.0}, "B类"),
    ],
)
def test_the_choice_follows_the_weights(weights: dict[str, float], chosen: str | None) -> None:
    page, asked = asked_about(TEXT, "100万元、50万元、30万元", place=1, n=3)
    span, sure = PagePointer(Pointer(weights), page).choose(asked)
    assert (span and TEXT[slice(*span)]) == chosen
    assert 0 < sure <= 1


def _named(page: Page, asked: Asked, spans: list[tuple[int, int]]) -> list[str]:
    """Every feature that can play a part, in a fixed order."""
    places = sorted({at for span in spans for at in span})
    names = [name for at in places for side in question(page, at, asked) for name in side]
    names += [name for span in spans for name in length_features(span[1] - span[0], asked.role, asked.kind)]
    return list(dict.fromkeys([*names, *nothing_features(page, asked)]))


def _weights(page: Page, asked: Asked, spans: list[tuple[int, int]]) -> dict[str, float]:
    """A weight for each feature that depends on its name alone."""
    return {name: crc32(name.encode()) % 1000 / 500 - 1 for name in _named(page, asked, spans)}


@settings(deadline=None)
@given(
    st.text("对的人才企业给予奖励补助，、。\n0123万元（）", min_size=1, max_size=60),
    st.integers(0, 60),
    st.integers(1, 20),
)
def test_what_the_tables_say_is_what_the_features_weigh(text: str, start: int, length: int) -> None:
    start = min(start, len(text) - 1)
    stop = min(start + length, len(text))
    page = page_of(text)
    asked = Asked(start, stop, 0, len(text), "money", "benefit")
    spans = list(candidates(page, asked))
    pointer = Pointer(_weights(page, asked, spans))

    def score(span: tuple[int, int]) -> float:
        places = question(page, span[0], asked)[0] + question(page, span[1], asked)[1]
        return pointer.sum(places + length_features(span[1] - span[0], asked.role, asked.kind))

    drafts, scores = PagePointer(pointer, page).drafts(asked)
    assert drafts == spans
    assert scores.tolist() == pytest.approx([score(span) for span in spans])
    chosen, sure = PagePointer(pointer, page).choose(asked)
    assert chosen is None or chosen in spans
    assert 0 < sure <= 1 + 1e-9


WORDS = "对的个人才员者企业给予奖励补助，、。\n0123.万元（）"


@settings(deadline=None)
@given(st.text(WORDS, min_size=4, max_size=60), st.lists(st.integers(0, 60), min_size=4, max_size=4, unique=True))
def test_questions_drafted_together_score_as_alone_and_as_their_features(text: str, cuts: list[int]) -> None:
    first, second, third, fourth = sorted(cuts)
    page, high = page_of(text), len(text)
    asked = [
        Asked(min(a, high - 1), min(b, high), low, high, "money", role)
        for a, b, low, role in ((first, second, 0, "benefit"), (third, fourth, min(first, high - 1), "fact"))
        if min(a, high - 1) < min(b, high)
    ]
    spans = [list(candidates(page, one)) for one in asked]
    weights = {name: w for one, own in zip(asked, spans, strict=True) for name, w in _weights(page, one, own).items()}
    pointer = Pointer(weights)
    drafts = Drafts(page, pointer.tables)
    for one, own, draft in zip(asked, spans, drafts.of(asked), strict=True):
        assert draft.at(range(len(draft.scores))) == own
        assert draft.scores.tolist() == Drafts(page, pointer.tables).of([one])[0].scores.tolist()
        assert [draft.row(span) for span in own] == list(range(len(own)))
        assert drafts.elsewhere(own, one) == pytest.approx(draft.scores.tolist()) if own else True


@settings(deadline=None)
@given(st.text(WORDS, min_size=2, max_size=24), st.integers(0, 20), st.integers(1, 4))
def test_the_chosen_share_is_that_of_all_features_by_name(text: str, start: int, length: int) -> None:
    start = min(start, len(text) - 1)
    page = page_of(text)
    stop = min(start + length, len(text))
    # few enough candidates that all are looked at whole, and a span chosen before
    asked = Asked(start, stop, max(0, start - 5), min(len(text), stop + 4), "money", "benefit", 0, ((0, 1),))
    spans = list(candidates(page, asked))
    names = {span: span_features(page, span, asked) for span in spans}
    weights = {name: crc32(name.encode()) % 100 / 100 for own in names.values() for name in own}
    pointer = Pointer(weights)
    shares, nothing = PagePointer(pointer, page).shares(asked)
    if len(spans) <= 20:
        total = 1 + sum(exp(pointer.sum(own)) for own in names.values())
        assert nothing == pytest.approx(1 / total)
        for words, (_, share) in shares.items():
            said = [span for span in spans if "".join(text[slice(*tidied(text, span))].split()) == words]
            assert share == pytest.approx(sum(exp(pointer.sum(names[span])) for span in said) / total)


@given(st.text("个人才员者企业单位项目，0123.", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_what_stands_between_is_counted_as_if_read_anew(text: str, low: int, high: int) -> None:
    page, between = page_of(text), text[low:high]
    assert page.figures_between(low, min(high, len(text))) == len(re.findall(r"\d[\d.,]*", between))
    takers = r"企业|单位|个人|人才|机构|人员|项目|团队|组织|者(?![，。])"
    if text[high : high + 1] != "，":
        assert page.takers_between(low, min(high, len(text)), 99) == len(re.findall(takers, between))
        assert page.takers_between(low, min(high, len(text)), 2) == min(2, len(re.findall(takers, between)))


@given(st.text("人才企业补贴", max_size=8), st.text("人才企业补贴", max_size=8))
def test_half_the_characters_of_the_longer_name_the_same(a: str, b: str) -> None:
    shared = sum((Counter(a) & Counter(b)).values())
    held = bool(a and b) and (a in b or b in a)
    assert same_squeezed(a, b) is (a == b if not (a and b) else held or shared * 2 >= max(len(a), len(b)))


@pytest.mark.parametrize(
    ("shares", "nothing", "chosen", "sure"),
    [
        ({"补助": 0.5, "奖励": 0.3}, 0.2, "补助", 0.5),
        # two that name the same outdo one
        ({"安家补助": 0.3, "补助": 0.25, "项目评审费": 0.35}, 0.1, "安家补助", 0.55),
        ({"补助": 0.3}, 0.7, None, 0.7),
        # what holds all others but is unlikely itself isn't chosen for them
        ({"给予企业和人才的安家补助": 0.05, "安家补助": 0.5, "人才": 0.4}, 0.05, "安家补助", 0.55),
        ({}, 1.0, None, 1.0),
    ],
)
def test_likely_words_that_agree_are_chosen_together(
    shares: dict[str, float], nothing: float, chosen: str | None, sure: float
) -> None:
    spans = {words: ((at, at + len(words)), share) for at, (words, share) in enumerate(shares.items())}
    span, share = agreed(spans, nothing)
    assert span == (None if chosen is None else spans[chosen][0])
    assert share == pytest.approx(sure)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("安家补助", "补助", True),
        ("高层次 人才", "高层次人才", True),
        ("国家级企业", "省级企业", True),
        ("企业", "个人", False),
        ("企业", None, False),
        ("", None, True),
    ],
)
def test_words_that_name_the_same(first: str | None, second: str | None, same: bool) -> None:
    assert same_words(first, second) is same
    assert same_words(second, first) is same


TABLE = "平台级别\t一次性奖励（万元）\t年度运行补助（万元）\n国家级\t100\t50\n合计：300万元\n"


@pytest.mark.parametrize(
    ("figure", "head"), [("100", "一次性奖励"), ("50", "年度运行补助"), ("300", None), ("国家级", None)]
)
def test_a_figure_in_a_table_has_the_head_of_its_column(figure: str, head: str | None) -> None:
    found = page_of(TABLE).head_of(TABLE.index(figure))
    assert (found and TABLE[slice(*found)]) == head


def test_the_head_of_the_column_is_a_candidate_however_far() -> None:
    text = TABLE + "省级\t20\t10\n"
    start = text.index("10\n")
    page = page_of(text)
    asked = Asked(start, start + 2, start - 3, len(text), "money", "benefit", head=page.head_of(TABLE.index("50\n")))
    assert asked.head in candidates(page, asked)
    span, _ = PagePointer(Pointer({"0": -9.0, "h=": 9.0}), page).choose(asked)
    assert span is not None and text[slice(*span)] == "年度运行补助"
