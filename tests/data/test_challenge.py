"""The challenge set: sentences written without sight of the extractor, each with every measure it holds.

A measure that isn't listed is spurious. ``role``, ``per``, ``time``, ``item``, ``beneficiary``, ``condition``,
``agency``, ``action`` and ``group`` are checked where a case gives them: names as the open gold's scorer compares
them (one contains the other, or they share half their characters), equal numbers of ``group`` share a group.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.layers import Measure, RawText
from pipeline.core.wording import same_words
from pipeline.extract.lexicon import MentionLexicon, load_mention_lexicon
from pipeline.extract.mentions import find_mentions
from pipeline.scoring.records import basis

FOLDER = Path(__file__).parents[1] / "challenge"
_WORDS = ("item", "beneficiary", "condition", "agency")


@lru_cache
def _lexicon() -> MentionLexicon:
    return load_mention_lexicon(configs_dir())


@lru_cache
def _cases() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}-{number}", case)
        for path in sorted(FOLDER.glob("*.toml"))
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1)
    ]


def _faults(text: str, wanted: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the measures found in ``text``, nothing for a passed case."""
    found = [m for m in pipeline.extract_measures(text) if m.kind != "none"]
    quotes = [text[m.start : m.end] for m in found]
    if quotes != [w["quote"] for w in wanted]:
        return [f"found {quotes}, wanted {[w['quote'] for w in wanted]}"]
    faults = [fault for m, w in zip(found, wanted, strict=True) for fault in _differences(m, w)]
    groups = [(w["group"], m.group) for m, w in zip(found, wanted, strict=True) if "group" in w]
    if len({mine for _, mine in groups}) != len({given for given, _ in groups}) or len(set(groups)) != len(
        {given for given, _ in groups}
    ):
        faults.append(f"groups {groups}")
    return faults


def _differences(m: Measure, wanted: dict[str, Any]) -> list[str]:
    """Return the slots of ``m`` that differ from ``wanted``."""
    low = m.value_min if m.value_min is not None else m.value_max
    high = m.value_max if m.value_max is not None else m.value_min
    right = {
        "min": low is not None and abs(low - Decimal(wanted["min"])) <= abs(low) / 1000,
        "max": high is not None and abs(high - Decimal(wanted["max"])) <= abs(high) / 1000,
        **{
            slot: getattr(m, slot) == wanted[slot]
            for slot in ("kind", "unit", "bound", "role", "time")
            if slot in wanted
        },
        **{slot: same_words(wanted[slot], getattr(m, slot)) for slot in _WORDS if slot in wanted},
    }
    if "per" in wanted:
        right["per"] = basis(m.per) == basis(wanted["per"])
    if "action" in wanted:
        right["action"] = wanted["action"] in (m.action or "")
    return [
        f"{wanted['quote']} {slot}: {getattr(m, slot, (low, high))!r}, wanted {wanted[slot]!r}"
        for slot, ok in right.items()
        if not ok
    ]


@pytest.mark.parametrize(
    ("text", "wanted"), [pytest.param(case["text"], case["measures"], id=name) for name, case in _cases()]
)
def test_each_case_is_read_as_written(text: str, wanted: list[dict[str, Any]]) -> None:
    assert not _faults(text, wanted)


def _mentions(text: str) -> list[tuple[str, str, str]]:
    """Return fate, rule and words of every number of ``text``."""
    doc = find_mentions(clean(RawText(text, "text/plain")), lexicon=_lexicon())
    return [(m.fate, m.rule, text[m.start : m.end]) for m in doc]


@pytest.mark.parametrize(("text"), [pytest.param(c["text"], id=name) for name, c in _cases() if not c["measures"]])
def test_what_is_no_measure_is_set_aside_by_a_named_rule(text: str) -> None:
    assert not [m for m in _mentions(text) if m[0] != "set_aside" or not m[1]]


@pytest.mark.parametrize(
    ("text", "aside"), [pytest.param(c["text"], c["aside"], id=name) for name, c in _cases() if c.get("aside")]
)
def test_the_rule_says_why(text: str, aside: dict[str, str]) -> None:
    told = {words: rule for _, rule, words in _mentions(text)}
    assert {number: told.get(number) for number in aside} == aside


def test_the_set_is_large_and_has_negatives() -> None:
    cases = [case for _, case in _cases()]
    assert len(cases) >= 300
    assert sum(not case["measures"] for case in cases) >= 60
