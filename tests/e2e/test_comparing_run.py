"""Topics, words, terms and chains of a run compared: made-up documents of two years, places led back to raw texts."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.core.errors import PipelineError
from pipeline.running.comparing import compare_words, network_of_terms, pairs_of_chains
from pipeline.scoring.groups import choose
from pipeline.scoring.topic_shares import topic_shares
from pipeline.table.query import connect, query

TALENT = "引进高层次人才，发放安家补贴，建设人才公寓。\n博士后工作站给予科研经费，落实人才公寓和安家补贴。\n"
FARMS = "建设高标准农田，扶持粮食合作社。\n推广农机灌溉，发展冷链物流，粮食合作社购置农机。\n"
CHAINS = "围绕产业链部署创新链、围绕创新链布局产业链。\n推动四链融合；推动创新链产业链人才链深度融合。\n"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("comparing")
    texts = folder / "texts"
    texts.mkdir()
    for number in range(14):
        early = number < 7
        year, place = (2019, "浙江省") if early else (2024, "江苏省")
        body = (FARMS if early else TALENT) * 2 + (CHAINS if number in (3, 12) else f"完成第{number}项任务。\n")
        head = f"{place}人民政府关于第{number}批事项的意见\n{place[0]}政发〔{year}〕{number + 1}号\n"
        text = f"{head}{body}{place}人民政府\n{year}年5月{number + 1}日\n"
        (texts / f"{number:02}.txt").write_text(text, encoding="utf-8")
    pipeline.run([texts], folder / "out", workers=1)
    return folder / "out"


def test_shares_by_year_have_intervals_and_a_test(out: Path) -> None:
    found = topic_shares(out, "年份", draws=499)
    assert [(group.label, group.documents, group.few) for group in found.groups] == [
        ("2019", 7, False),
        ("2024", 7, False),
    ]
    assert found == topic_shares(out, "year", draws=499)
    assert sum(share.share for share in found.shares) == pytest.approx(2, abs=1e-4)
    assert all(one.interval and one.interval[0] <= one.share <= one.interval[1] for one in found.shares)
    assert min(test.q or 1 for test in found.tests) < 0.05
    assert [group.label for group in topic_shares(out, "省份", draws=9).groups] == ["江苏省", "浙江省"]
    assert [group.label for group in topic_shares(out, "年份/5", draws=9).groups] == ["2015–2019", "2020–2024"]
    few = topic_shares(out, "年份", ["文种=意见", "年份=2020-"], draws=9)
    assert few.documents == 7 and few.tests[0].p is None and any("没有检验" in note for note in few.notes)


@pytest.mark.parametrize(
    "by,words", [("作用", "不是文档的属性"), ("无此", "没有可作行或列的"), ("文档", "不是文档的属性")]
)
def test_other_axes_are_refused(out: Path, by: str, words: str) -> None:
    with pytest.raises(PipelineError, match=words):
        topic_shares(out, by)


def test_groups_by_conditions(out: Path) -> None:
    with connect(out) as connection:
        assert len(choose(connection, ["年份=2018-2020", "省份=浙江"]).doc_ids) == 7
        assert len(choose(connection, ["年份=2024", "发文机关=江苏"]).doc_ids) == 7
        for wrong, words in (("年份=2030-", "没有同时符合"), ("浙江", "应写成"), ("省份=海南", "没有“海南”")):
            with pytest.raises(PipelineError, match=words):
                choose(connection, [wrong])


def test_key_words_of_the_later_year(out: Path) -> None:
    found = compare_words(out, ["年份=2024"])
    assert (found.target.documents, found.reference.label) == (7, "其余文档")
    own = [word for word in found.words if word.side == "target"]
    top = {word.term for word in own[:8]}
    assert {"安家补贴", "人才公寓"} & top and "粮食" not in top
    assert all(word.log_ratio > 0 for word in own)
    assert found.words[0].interval and found.words[0].interval[0] * found.words[0].log_ratio > 0


def test_terms_of_a_clause_are_joined(out: Path) -> None:
    edges = {frozenset((edge.a, edge.b)) for edge in network_of_terms(out).edges}
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
    assert (found.documents, found.with_chains, found.unnamed) == (14, 2, 2)
    raw = {row["doc_id"]: row["raw_text"] for row in query(out, "SELECT doc_id, raw_text FROM documents").to_pylist()}
    for link in found.links:
        assert raw[link.doc_id][link.start : link.end] == link.quote
        assert link.link in link.quote.replace("\n", "")
    assert pairs_of_chains(out, ["年份=2024"]).pairs[0].documents == 1
