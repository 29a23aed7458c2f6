"""Every example in configs/patterns/per.toml is run: the bases of the last figure of a text, in a given role."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from extracting import mentions, sentences

from pipeline.core.config import configs_dir
from pipeline.extract.context import Surroundings
from pipeline.extract.mentions import lists
from pipeline.extract.per import load_per_rules, per_of

FILE = tomllib.loads((configs_dir() / "patterns/per.toml").read_text(encoding="utf-8"))
RULES = load_per_rules(configs_dir())


@pytest.mark.parametrize("example", FILE["example"], ids=lambda e: e["text"])
def test_per_examples(example: dict[str, Any]) -> None:
    text = example["text"]
    found = mentions(text)
    members = lists(text, found)[-1]
    first, last = found[members[0]], found[members[-1]]
    context = Surroundings(text, sentences(text), ()).of(last, first, last)
    assert list(per_of(text, last, context, example.get("role", "benefit"), RULES)) == example["per"]
