"""Which statements are one fact. All sentences are invented; the cases are those of real reports."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extracting import all_measures, measures

from pipeline.core.layers import CleanText
from pipeline.extract.facts import number_facts


def facts(text: str, quote: str) -> list[int]:
    """The fact numbers of the measures that are printed as ``quote``."""
    return [m.fact for m in measures(text) if text[m.start : m.end] == quote and m.fact is not None]


def test_a_fact_stated_in_abstract_and_body_in_other_words_is_one() -> None:
    text = (
        "摘要：全县工匠缺口率38%。\n"
        "调查结果：装备制造领域工匠缺口达38%，而传统行业过剩。\n"
        "原因（如工匠缺口率达38%的成因）另行分析。\n"
        "装备制造领域的工匠缺口率达38%，制约升级。"
    )
    assert len(facts(text, "38%")) == 4
    assert len(set(facts(text, "38%"))) == 1


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("职业目录未收录24个新兴工种。\n园区吸引24个青年社团入驻。", "24个"),
        ("推动9项科研成果转化。\n编制9项能力标准。", "9项"),
        ("首批入住专家88名。\n聘任88名服务联络员。", "88名"),
        ("2023年新增就业3000人。\n2024年新增就业3000人。", "3000人"),
        ("力争引进博士60名。\n去年已引进博士60名。", "60名"),
        ("给予国家级平台50万元奖励。\n给予省级平台50万元奖励。", "50万元"),
        ("单项奖励最高20万元。\n注册资本不低于20万元的，可以申报。", "20万元"),
    ],
)
def test_different_facts_with_the_same_number_stay_apart(text: str, quote: str) -> None:
    found = facts(text, quote)
    assert len(found) == 2 and len(set(found)) == 2


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("2024年新增技师1450人。\n全市2024年新增技师1450人。", "1450人"),
        ("计划引进紧缺人才642名。\n制定了引进642名紧缺人才的目标。", "642名"),
        ("在职院设立6个产业特色学院。\n在职院设立6个产业学院。", "6个"),
        ("面向415家规上企业发放问卷。\n走访了415家规上企业及园区。", "415家"),
    ],
)
def test_the_same_fact_with_a_nested_name_is_one(text: str, quote: str) -> None:
    found = facts(text, quote)
    assert len(found) == 2 and len(set(found)) == 1


def test_figures_of_one_sentence_are_never_one_fact() -> None:
    text = "认定为国家级的奖励50万元，认定为省级的奖励50万元。"
    assert len(set(facts(text, "50万元"))) == 2


def test_a_measure_without_a_figure_stated_again_is_one_fact() -> None:
    text = "建立人才秘书制度。\n要推行“轮候制”。\n各镇要建立人才秘书制度。\n去年已建立人才秘书制度。"
    first, quota, second, done = all_measures(text)
    assert first.fact == second.fact
    assert len({first.fact, quota.fact, done.fact}) == 3


def test_numbers_count_from_zero_in_order_and_numbering_again_changes_nothing() -> None:
    text = "引进博士60名，增长8%。\n引进硕士90名。\n全年引进博士60名。\n建立人才秘书制度。"
    found = all_measures(text)
    numbers = [m.fact for m in found]
    assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))
    assert number_facts(CleanText(text, ()), found) == found
    assert number_facts(CleanText(text, ()), [replace(m, fact=7) for m in found]) == found


def test_no_measures() -> None:
    assert number_facts(CleanText("", ()), ()) == ()
