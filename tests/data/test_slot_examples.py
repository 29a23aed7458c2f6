"""Every example in configs/patterns/slots.toml is run: action and agency of a figure in a given role."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from extracting import mentions, sentences

from pipeline.core.config import configs_dir
from pipeline.extract.context import Surroundings
from pipeline.extract.mentions import lists
from pipeline.extract.slots import action_of, agency_of, load_slot_rules

FILE = tomllib.loads((configs_dir() / "patterns/slots.toml").read_text(encoding="utf-8"))
RULES = load_slot_rules(configs_dir())


@pytest.mark.parametrize("example", FILE["example"], ids=lambda e: e["text"])
def test_slot_examples(example: dict[str, Any]) -> None:
    text, figure = example["text"], example.get("figure")
    found = mentions(text)
    run = [found[i] for i in lists(text, found)[-1]]
    if figure is not None:
        run = [m for m in found if text[m.start : m.end] == figure]
    context = Surroundings(text, sentences(text), ()).of(run[-1], run[0], run[-1])
    role = example.get("role", "benefit")
    assert action_of(text, context, role, RULES) == example.get("action")
    assert agency_of(text, context, run[-1].end, run[-1].end, RULES) == example.get("agency")
