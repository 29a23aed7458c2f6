"""Topics, words, terms and chains of a run compared: made-up documents of two years, places led back to raw texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from topic_runs import TopicRun

from pipeline.core.errors import PipelineError
from pipeline.running.comparing import compare_words, network_of_terms, pairs_of_chains
from pipeline.scoring.groups import choose
from pipeline.scoring.topic_shares import topic_shares
from pipeline.table.query import connect, query


@pytest.fixture(scope="module")
def out(topic_run: TopicRun) -> Path:
    return topic_run.out


def test_shares_by_year_have_intervals_and_a_test(out: Path) -> None:
    found = topic_shares(out, "年份", draws=499)
    assert [(group.label, group.documents, group.few) for group in found.groups] == [
        ("2019", 9, False),
        ("2024", 9, False),
    ]
    assert found == topic_shares(out, "year", draws=499)
    assert sum(share.share for share in found.shares) == pytest.approx(2, abs=1e-4)
    assert all(one.interval and one.interval[0] <= one.share <= one.interval[1] for one in found.shares)
    assert min(test.q or 1 for test in found.tests) < 0.05
    assert [group.label for group in topic_shares(out, "省份", draws=9).groups] == ["江苏省", "浙江省"]
    assert [group.label for group in topic_shares(out, "年份/5", draws=9).groups] == ["2015–2019", "2020–2024"]
    spans = topic_shares(out, "年份=2018-2020,2023-", draws=9)
    assert [(group.label, group.documents) for group in spans.groups] == [("2018–2020", 9), ("2023–", 9)]
    few = topic_shares(out, "年份", ["文种=意见", "年份=2020-"], draws=9)
    assert few.documents == 9 and few.tests[0].p is None and any("没有检验" in note for note in few.notes)


@pytest.mark.parametrize(
    "by,words", [("作用", "不是文档的属性"), ("无此", "没有可作行或列的"), ("文档", "不是文档的属性")]
)
def test_other_axes_are_refused(out: Path, by: str, words: str) -> None:
    with pytest.raises(PipelineError, match=words):
        topic_shares(out, by)


def test_groups_by_conditions(out: Path) -> None:
    with connect(out) as connection:
        assert len(choose(connection, ["年份=2018-2020", "省份=浙江"]).doc_ids) == 9
        assert len(choose(connection, ["年份=2024", "发文机关=江苏"]).doc_ids) == 9
        for wrong, words in (("年份=2030-", "没有同时符合"), ("浙江", "应写成"), ("省份=海南", "没有“海南”")):
            with pytest.raises(PipelineError, match=words):
                choose(connection, [wrong])


def test_key_words_of_the_later_year(out: Path) -> None:
    found = compare_words(out, ["年份=2024"])
    assert (found.target.documents, found.reference.label) == (9, "其余文档")
    own = [word for word in found.words if word.side == "target"]
    top = {word.term for word in own[:8]}
    assert {"安家补贴", "人才公寓"} & top and "粮食" not in top
    assert all(word.log_ratio > 0 for word in own)
    first = found.words[0]
    assert first.low is not None and first.high is not None and first.low <= first.log_ratio <= first.high
    assert first.low * first.log_ratio > 0


def test_terms_of_a_clause_are_joined(out: Path) -> None:
    edges = {frozenset((edge.source, edge.target)) for edge in network_of_terms(out).edges}
    assert any("农机" in edge and "灌溉" in edge for edge in edges)
    assert not any("农机" in "".join(edge) and "人才" in "".join(edge) for edge in edges)


def test_chains_with_verbs_quotes_and_places(out: Path) -> None:
    found = pairs_of_chains(out)
    assert [(p.a, p.b, p.directed, p.sentences, p.verbs) for p in found.pairs] == [
        ("产业链", "创新链", True, 2, (("部署", 2),)),
        ("创新链", "产业链", True, 2, (("布局", 2),)),
        ("产业链", "创新链", False, 2, (("融合", 2),)),
        ("产业链", "人才链", False, 2, (("融合", 2),)),
        ("创新链", "人才链", False, 2, (("融合", 2),)),
    ]
    assert found.pairs[0].years == (("2019", 1), ("2024", 1))
    assert (found.documents, found.with_chains, found.unnamed) == (18, 2, 2)
    raw = {row["doc_id"]: row["raw_text"] for row in query(out, "SELECT doc_id, raw_text FROM documents").to_pylist()}
    for link in found.links:
        assert raw[link.doc_id][link.start : link.end] == link.quote
        assert link.link in link.quote.replace("\n", "")
    assert pairs_of_chains(out, ["年份=2024"]).pairs[0].documents == 1
