"""Every example in configs/units.toml and configs/patterns/ is run; an entry without one fails."""

from __future__ import annotations

import re
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from extracting import claimed, deeds, lexicon, measures, mentions, rules, sentences

from pipeline.core.config import configs_dir
from pipeline.core.errors import PipelineError
from pipeline.extract.context import Surroundings
from pipeline.extract.lexicon import load_mention_lexicon
from pipeline.extract.roles import load_role_rules, settle
from pipeline.extract.sums import find_sums
from pipeline.extract.tables import parse_unit


def entries(name: str, key: str) -> list[dict[str, Any]]:
    return tomllib.loads((configs_dir() / name).read_text(encoding="utf-8"))[key]


UNITS = entries("units.toml", "unit")
BARE = entries("units.toml", "bare")
REGIONS = entries("patterns/set_aside.toml", "region")
NEARS = entries("patterns/set_aside.toml", "near")
BOUNDS = entries("patterns/bounds.toml", "bound")
SPREAD = tomllib.loads((configs_dir() / "patterns/bounds.toml").read_text(encoding="utf-8"))["spread"]
TABLES = entries("patterns/tables.toml", "table")
CUES = entries("patterns/roles.toml", "cue")
SETTLED = entries("patterns/roles.toml", "settled")
DEEDS = entries("patterns/deeds.toml", "deed")
CLAIMS = entries("patterns/sums.toml", "claim")
ENTRIES = [*UNITS, *BARE, *REGIONS, *NEARS, *BOUNDS, *TABLES, *CUES, *SETTLED, *DEEDS, *CLAIMS]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: str(e)[:40])
def test_every_entry_has_examples(entry: dict[str, Any]) -> None:
    assert entry["examples"]


@pytest.mark.parametrize(
    ("text", "value", "entry"), [(t, v, e) for e in UNITS for t, v in e["examples"].items()], ids=lambda x: str(x)[:30]
)
def test_unit_examples(text: str, value: str, entry: dict[str, Any]) -> None:
    surface, mention = claimed(text)[0]
    assert (mention.kind, mention.value_min) == (entry["kind"], Decimal(value)), surface
    assert mention.unit == entry.get("unit") or mention.unit in entry["surfaces"] or entry["kind"] == "multiple"


@pytest.mark.parametrize(("text", "value", "entry"), [(t, v, e) for e in BARE for t, v in e["examples"].items()])
def test_indicators_without_a_unit(text: str, value: str, entry: dict[str, Any]) -> None:
    [(_, mention)] = claimed(text)
    assert (mention.kind, mention.value_min, mention.unit) == (entry["kind"], Decimal(value), None)


@pytest.mark.parametrize("text", [t for e in BARE for t in e.get("not", ())])
def test_indicators_without_a_unit_counter_examples(text: str) -> None:
    assert claimed(text) == []


@pytest.mark.parametrize(
    ("text", "entry"), [(t, e) for e in UNITS for t in e.get("not", ())], ids=lambda x: str(x)[:30]
)
def test_unit_counter_examples(text: str, entry: dict[str, Any]) -> None:
    names = {entry.get("unit"), *entry["surfaces"]}
    assert [s for s, m in claimed(text) if m.kind == entry["kind"] and m.unit in names] == []


@pytest.mark.parametrize(
    ("text", "name"), [(t, e["name"]) for e in [*REGIONS, *NEARS] for t in e["examples"]], ids=lambda x: str(x)[:30]
)
def test_set_aside_examples(text: str, name: str) -> None:
    assert [m.rule for m in mentions(text) if m.fate == "claimed"] == []
    assert name in {m.rule for m in mentions(text) if m.fate == "set_aside"}


@pytest.mark.parametrize("text", [t for e in [*REGIONS, *NEARS] for t in e.get("not", ())])
def test_set_aside_counter_examples(text: str) -> None:
    assert claimed(text) or any(m.fate == "unclaimed" for m in mentions(text))


@pytest.mark.parametrize(("text", "bound"), [(t, b) for e in BOUNDS for t, b in e["examples"].items()])
def test_bound_examples(text: str, bound: str) -> None:
    assert {m.bound for _, m in claimed(text)} == {bound}


@pytest.mark.parametrize(("text", "index"), [(t, i) for i, e in enumerate(TABLES) for t in e["examples"]])
def test_heads_of_tables(text: str, index: int) -> None:
    entry = lexicon().tables.entries[index]
    found = entry.pattern.search(text)
    assert found is not None
    surfaces = [surface for surface in found.groupdict().values() if surface]
    assert [parse_unit(surface, lexicon().units) for surface in surfaces].count(None) == 0
    assert bool(surfaces) == (entry.use in ("caption", "head"))


@pytest.mark.parametrize(("text", "index"), [(t, i) for i, e in enumerate(TABLES) for t in e.get("not", ())])
def test_heads_of_tables_counter_examples(text: str, index: int) -> None:
    found = lexicon().tables.entries[index].pattern.search(text)
    surfaces = [surface for surface in found.groupdict().values() if surface] if found else []
    assert not found or all(parse_unit(surface, lexicon().units) is None for surface in surfaces or [""])


@pytest.mark.parametrize("text", SPREAD["examples"])
def test_spread_examples(text: str) -> None:
    assert len(claimed(text)) > 1 and {m.bound for _, m in claimed(text)} == {"max"}


@pytest.mark.parametrize("text", SPREAD["not"])
def test_spread_counter_examples(text: str) -> None:
    assert {m.bound for _, m in claimed(text)} == {"max", "exact"}


def _settled(text: str, judged: str) -> list[str]:
    surroundings = Surroundings(text, sentences(text), ())
    return [settle(text, judged, m, surroundings.of(m, m, m), rules().roles) for _, m in claimed(text)]


@pytest.mark.parametrize(("text", "entry"), [(t, e) for e in SETTLED for t in e["examples"]], ids=lambda x: str(x)[:20])
def test_what_words_settle_on_their_examples(text: str, entry: dict[str, Any]) -> None:
    for judged in entry["judged"]:
        assert entry["role"] in _settled(text, judged)


@pytest.mark.parametrize(
    ("text", "entry"), [(t, e) for e in SETTLED for t in e.get("not", [])], ids=lambda x: str(x)[:20]
)
def test_what_words_do_not_settle(text: str, entry: dict[str, Any]) -> None:
    for judged in entry["judged"]:
        assert set(_settled(text, judged)) == {judged}


@pytest.mark.parametrize(
    ("text", "index"), [(t, i) for i, e in enumerate(CUES) for t in e["examples"]], ids=lambda x: str(x)
)
def test_role_cues_fire_on_their_examples(text: str, index: int) -> None:
    cue = rules().roles.cues[index]
    if cue.where == "heading":
        assert cue.pattern.search(text)
        return
    surroundings = Surroundings(text, sentences(text), ())
    fired = []
    for _, mention in claimed(text):
        context = surroundings.of(mention, mention, mention)
        if cue.kinds and mention.kind not in cue.kinds:
            continue
        place = {
            "piece": context.piece,
            "segment": context.segment,
            "behind": context.behind,
            "rest": context.rest,
            "sentence": context.sentence,
            "list": context.list_piece,
        }[cue.where]
        fired.append(cue.pattern.search(place) is not None)
    assert any(fired)


@pytest.mark.parametrize(
    ("text", "quote", "name"), [(t, q, e["name"]) for e in DEEDS for t, q in e["examples"].items()], ids=lambda x: x
)
def test_deed_examples(text: str, quote: str, name: str) -> None:
    assert (f"举措：{name}", quote) in [(m.rule, text[m.start : m.end]) for m in deeds(text)]


@pytest.mark.parametrize(("text", "name"), [(t, e["name"]) for e in DEEDS for t in e.get("not", ())], ids=lambda x: x)
def test_deed_counter_examples(text: str, name: str) -> None:
    assert [text[m.start : m.end] for m in deeds(text) if m.rule == f"举措：{name}"] == []


@pytest.mark.parametrize(
    ("text", "said", "pattern"),
    [(t, said, e["pattern"]) for e in CLAIMS for t, said in e["examples"].items()],
    ids=lambda x: x[:20],
)
def test_sum_examples(text: str, said: str, pattern: str) -> None:
    found = measures(text)
    [total] = find_sums(text, found, rules=rules().finish.sums)
    assert re.search(pattern, text)
    assert found[total.total].rule.partition("；")[2] == said
    assert len({found[place].group for place in (total.total, *total.parts)}) == 1


@pytest.mark.parametrize("text", [t for e in CLAIMS for t in e.get("not", ())])
def test_sum_counter_examples(text: str) -> None:
    found = find_sums(text, measures(text), rules=rules().finish.sums)
    assert not [one for one in found if len(one.parts) > 1 or one.right is not None]


@pytest.mark.parametrize("text", [t for e in BOUNDS for t in e.get("not", ())])
def test_bound_counter_examples(text: str) -> None:
    wrong = next(entry["bound"] for entry in BOUNDS if text in entry.get("not", ()))
    assert [m.bound for _, m in claimed(f"{text}30%")] != [wrong]


def test_the_digest_changes_with_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    shutil.copytree(configs_dir(), folder)
    assert load_mention_lexicon(folder).digest == lexicon().digest
    with (folder / "units.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert load_mention_lexicon(folder).digest != lexicon().digest


def test_mistakes_in_the_data_are_listed_with_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    shutil.copytree(configs_dir(), folder)
    roles = folder / "patterns" / "roles.toml"
    roles.write_text(
        'order = ["benefit"]\n[[cue]]\nrole = "gift"\nwhere = "list"\nwieght = 1\npattern = "("\nexamples = ["x"]\n',
        encoding="utf-8",
    )
    with pytest.raises(PipelineError) as error:
        load_role_rules(folder)
    assert [m.split(" ")[0] for m in error.value.mistakes if "roles.toml" in m] != []
    text = str(error.value)
    assert "roles.toml:3" in text and "wieght" in text and "pattern" in text
