"""Every example in spans.toml, of paid numbers, and of single words of slots.toml and roles.toml is run."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from extracting import claimed, page_of, rules

from pipeline.core.config import configs_dir
from pipeline.extract.tiers import called


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((configs_dir() / name).read_text(encoding="utf-8"))


SPANS = _file("patterns/spans.toml")
PAID = _file("units.toml")["paid"]
NO_CONDITION, TOTALS = _file("patterns/slots.toml")["no_condition"], _file("patterns/roles.toml")["totals"]


def _limit(text: str) -> int:
    return page_of(text).limit(0)


@pytest.mark.parametrize("text", [text for end in SPANS["end"] for text in end["examples"]])
def test_a_span_stops_before_words_that_end_a_slot(text: str) -> None:
    before, _, behind = text.partition("|")
    assert before and behind and _limit(before + behind) == len(before)


@pytest.mark.parametrize("text", [text for end in SPANS["end"] for text in end.get("not", ())])
def test_a_span_goes_over_words_that_only_look_so(text: str) -> None:
    assert _limit(text) == len(text)


@pytest.mark.parametrize(("text", "who"), [pair for payer in SPANS["payer"] for pair in payer["examples"].items()])
def test_who_gives_is_nothing_to_point_at(text: str, who: str) -> None:
    page, at = page_of(text), text.index(who)
    assert all(page.limit(place) == place for place in page.places(at, at + len(who) - 1))
    assert page.limit(page.borders[-2]) == len(text)


@pytest.mark.parametrize("text", [text for payer in SPANS["payer"] for text in payer["not"]])
def test_who_only_looks_like_giving(text: str) -> None:
    page = page_of(text)
    assert not [at for at in page.borders if page.limit(at) == at < len(text) and text[at] in "企职用单者业"]


@pytest.mark.parametrize(("text", "name"), [pair for tier in SPANS["tier"] for pair in tier["examples"].items()])
def test_the_first_tier_of_each_example_is_called_in_full(text: str, name: str) -> None:
    page = page_of(text)
    end = next(found.end() for tier in page.rules.tiers if (found := tier.own.match(text)))
    assert called(page, (0, end)) == name


@pytest.mark.parametrize(("text", "kind"), [(t, "money") for p in PAID for t in p["examples"]])
def test_numbers_beside_words_of_payment_are_money(text: str, kind: str) -> None:
    assert [m.kind for _, m in claimed(text)] == [kind]


@pytest.mark.parametrize("text", [t for p in PAID for t in p["not"]])
def test_numbers_beside_other_words_are_counts(text: str) -> None:
    assert [m.kind for _, m in claimed(text)] == ["count"]


def test_single_words() -> None:
    slots, spans = rules().slots, rules().slots.spans
    for said, pattern in ((NO_CONDITION, slots.no_condition), (TOTALS, rules().roles.totals)):
        assert all(pattern.match(text) for text in said["examples"])
        assert not any(pattern.match(text) for text in said["not"])
    assert all(spans.growth.fullmatch(text) for text in SPANS["growth"]["examples"])
    assert not any(spans.growth.fullmatch(text) for text in SPANS["growth"]["not"])
    for name, pattern in (("purpose", spans.purpose), ("stage", spans.stage), ("row_name", spans.row_name)):
        assert all(pattern.search(text) for text in SPANS[name]["examples"])
        assert not any(pattern.search(text) for text in SPANS[name]["not"])
