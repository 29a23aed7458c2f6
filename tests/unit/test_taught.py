"""Learning from people: votes on clauses, where a model starts, and what it takes to learn a code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.coding.around import Around
from pipeline.coding.chain import neutral
from pipeline.coding.learn import Lessons, fit
from pipeline.coding.learned import CodeModel, load, save
from pipeline.coding.taught import DOUBTFUL, Clauses, Plan, f1, held_out, judged, kappa, learnable, teach
from pipeline.coding.tune import only, tuned
from pipeline.scoring.votes import Votes

CODES = (("own", "a"), ("own", "b"))


def lessons(words: tuple[str, str], count: int = 40) -> Lessons:
    """Clauses of which half speak of one thing; a is given with the first word, b with the second."""
    texts = tuple(f"{words[n % 2]}第{'甲乙丙丁'[n % 4]}项要做好{n}" for n in range(count))
    given = np.array([[n % 2 == 0, n % 2 == 1] for n in range(count)], float)
    none = np.zeros((count, 2))
    return Lessons(texts, none, none, given, np.ones((count, 2)), tuple(n // 4 for n in range(count)))


def model() -> CodeModel:
    return fit("base", lessons(("引进人才", "改善服务")), CODES, CODES)


def clauses(found: Lessons, **more: Any) -> Clauses:
    count = len(found.texts)
    none = np.zeros((count, 2), bool)
    parts = {
        "read": np.ones(count, bool),
        "given": found.given > 0,
        "sure": found.weights,
        "machine": none,
        "doubted": none,
    }
    return Clauses(found.texts, found.strengths, found.raw, found.groups, surroundings(found), **(parts | more))


def surroundings(found: Lessons, headings: tuple[str, ...] = ()) -> Around:
    groups = np.array(found.groups)
    first = np.append(True, groups[1:] != groups[:-1])
    return Around(headings or ("",) * len(groups), first, np.zeros(len(groups), bool))


def chances(of: CodeModel, found: Lessons) -> Any:
    return of.judge(of.weighed(found.texts), found.strengths, found.raw)


def test_a_person_who_agrees_leaves_the_model_as_it_was() -> None:
    base, found = model(), lessons(("引进人才", "改善服务"), 24)
    new = tuned("new", base, found)
    assert np.array_equal(chances(new, found) >= new.threshold, chances(base, found) >= base.threshold)


def test_a_person_who_differs_is_followed() -> None:
    found = lessons(("改善服务", "引进人才"))
    new = tuned("new", model(), found)
    assert f1(chances(new, found)[:, 0] >= new.threshold[0], found.given[:, 0] > 0) > 0.9
    assert tuned("new", model(), found).digest == new.digest


def test_a_model_of_some_codes_judges_them_as_before() -> None:
    base, found = model(), lessons(("引进人才", "改善服务"), 8)
    part = only(base, [CODES[1]])
    assert part.codes == (CODES[1],)
    assert np.allclose(chances(part, found)[:, 0], chances(base, found)[:, 1])


def test_a_code_never_given_by_the_machine_is_learned_from_people_alone() -> None:
    found = lessons(("引进人才", "改善服务"))
    new = teach("new", clauses(found), Plan(CODES, CODES))
    assert f1(chances(new, found)[:, 0] >= new.threshold[0], found.given[:, 0] > 0) > 0.9
    (first, second) = judged(clauses(found), Plan(CODES, CODES))
    assert first.f1 is not None and first.f1 > 0.9
    assert (first.read, first.given, first.present_f1, second.code) == (40, 20, 0.0, CODES[1])


def test_one_document_is_no_test_of_another() -> None:
    found = lessons(("引进人才", "改善服务"))
    alone = Lessons(found.texts, found.strengths, found.raw, found.given, found.weights, (0,) * 40)
    assert held_out(clauses(alone), Plan(CODES, CODES)) is None
    assert next(judged(clauses(alone), Plan(CODES, CODES, model()))).f1 is None


def test_a_code_needs_five_clauses_for_and_against_from_people_who_are_sure() -> None:
    found = lessons(("引进人才", "改善服务"), 10)
    assert learnable(clauses(found)) == [0, 1]
    doubt = found.weights.copy()
    doubt[0, 0] = DOUBTFUL
    assert learnable(clauses(found, sure=doubt)) == [1]
    assert learnable(clauses(found, read=np.arange(10) > 0)) == []


def test_kappa_as_worked_by_hand() -> None:
    found, given = np.array([1, 1, 0, 0], bool), np.array([1, 0, 0, 0], bool)
    assert kappa(found, given) == pytest.approx(0.5)
    assert kappa(found[:0], given[:0]) is None
    assert kappa(np.ones(3, bool), np.ones(3, bool)) is None


def test_votes_the_majority_ties_what_was_left_and_what_was_not_read() -> None:
    places = [(0, 10), (10, 20), (20, 30)]
    codes = [("own", "top"), ("own", "child")]
    both = {"top": [(0, 10)], "child": [(0, 10)]}
    votes = Votes(
        ("甲", "乙"),
        {"d": {"甲": (), "乙": ((0, 10),)}},
        {("d", "甲"): both, ("d", "乙"): {"top": [(2, 8)]}},
        {("d", "甲"): {"top": [(10, 20)]}},
    )
    read, given, sure = votes.on("d", places, codes)
    assert read.tolist() == [True, True, True]
    assert given.tolist() == [[True, True], [True, False], [False, False]]
    assert sure.tolist() == [[1.0, DOUBTFUL], [DOUBTFUL, 1.0], [1.0, 1.0]]
    assert votes.unknown(["top"]) == {"child"}
    sampled = Votes(("乙",), {"d": {"乙": ((0, 10),)}}, {}, {})
    read, given, sure = sampled.on("d", places, codes)
    assert (read.tolist(), given.any(), sure[1:].any()) == ([True, False, False], False, False)


def test_a_heading_teaches_what_the_clause_alone_cannot() -> None:
    """The clauses say nothing; all that are below 人才 have the code."""
    base = model()
    count = 60
    headings = tuple("人才队伍建设" if n // 5 % 2 else "环境保护治理" for n in range(count))
    base_words = lessons((("引进人才"), "改善服务"), count)
    base = fit("base", replace(base_words, texts=tuple(f"{h}{n % 3}项" for n, h in enumerate(headings))), CODES, CODES)
    given = np.array([[h == "人才队伍建设", False] for h in headings], float)
    none = np.zeros((count, 2))
    texts = tuple(f"各单位要做好{'甲乙丙丁'[n % 4]}项工作" for n in range(count))
    found = Lessons(texts, none, none, given, np.ones((count, 2)), tuple(n // 10 for n in range(count)))
    around = surroundings(found, headings)
    new = tuned("new", base, replace(found, around=around))
    weighed = new.weighed(texts)
    here = new.judge(weighed, none, none, around)[:, 0] >= new.threshold[0]
    alone = new.judge(weighed, none, none)[:, 0] >= new.threshold[0]
    assert f1(here, given[:, 0] > 0) > 0.9 > f1(alone, given[:, 0] > 0)


def test_context_is_kept_in_the_file_and_in_part_of_the_codes(tmp_path: Path) -> None:
    found = lessons(("改善服务", "引进人才"))
    around = surroundings(found, tuple("一、总体要求" if n % 4 < 2 else "二、人才" for n in range(40)))
    new = tuned("new", model(), replace(found, around=around))
    assert new.context is not None
    save(new, tmp_path / "new.codes")
    back = load(tmp_path / "new.codes")
    assert back.digest == new.digest and back.context is not None
    wanted = new.judge(new.weighed(found.texts), found.strengths, found.raw, around)
    assert np.allclose(back.judge(back.weighed(found.texts), found.strengths, found.raw, around), wanted, atol=1e-5)
    part = only(back, [CODES[1]])
    weighed = part.weighed(found.texts)
    assert np.allclose(part.judge(weighed, found.strengths, found.raw, around)[:, 0], wanted[:, 1], atol=1e-5)


def in_runs(seed: int, count: int = 200) -> tuple[Lessons, Around]:
    """Codes in runs of five clauses, which say little of them; documents of 25."""
    random = np.random.RandomState(seed)
    run = np.repeat(random.rand(count // 5) < 0.5, 5)
    says = np.where(random.rand(count) < 0.7, run, ~run)
    texts = tuple(f"{'引进人才' if one else '改善服务'}第{'甲乙丙丁'[n % 4]}项{n}" for n, one in enumerate(says))
    none = np.zeros((count, 2))
    given = np.stack([run, ~run], axis=1).astype(float)
    found = Lessons(texts, none, none, given, np.ones((count, 2)), tuple(n // 25 for n in range(count)))
    return found, surroundings(found)


def test_who_agrees_with_a_taught_coder_leaves_its_chain_alone() -> None:
    found, around = in_runs(0)
    first = tuned("first", model(), replace(found, around=around))
    assert first.context is not None and first.context.chain[2].max() > 0.5
    other, there = in_runs(1)
    judged_so = first.judge(first.weighed(other.texts), other.strengths, other.raw, there) >= first.threshold
    second = tuned("second", first, replace(other, given=judged_so.astype(float), around=there))
    third, place = in_runs(2)
    weighed = first.weighed(third.texts)
    before = first.judge(weighed, third.strengths, third.raw, place) >= first.threshold
    after = second.judge(second.weighed(third.texts), third.strengths, third.raw, place) >= second.threshold
    assert (before == after).mean() > 0.97


def test_one_document_gives_no_chain_and_no_threshold() -> None:
    found, around = in_runs(0, 40)
    first = np.arange(40) == 0
    alone = replace(found, groups=(0,) * 40, around=Around(around.headings, first, around.opens))
    base = model()
    new = tuned("new", base, alone)
    assert np.array_equal(new.threshold, base.threshold)
    assert new.context is not None and np.array_equal(new.context.chain, neutral(2))
