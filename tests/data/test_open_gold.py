"""The open gold: its laws, its sizes, its loader's scores, the figures on its card; the stand-off labels beside it."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.scoring.gold import read_gold
from pipeline.scoring.measures import as_data
from pipeline.scoring.measures import score as pipeline_score
from pipeline.scoring.records import Record, basis

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "corpora" / "gold"))
import card
import load

GOLD, CORPORA = load.HERE, load.HERE.parent
TRAIN, TEST = load.passages("train"), load.passages("test")
LABELS = [json.loads(line) for line in (CORPORA / "labels" / "measures.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_law_holds() -> None:
    assert load.validate() == []


def test_sizes_and_splits() -> None:
    assert len(TRAIN) + len(TEST) >= 60
    assert sum(len(one.records) for one in TRAIN + TEST) >= 1000
    assert {one.name for one in TRAIN}.isdisjoint(one.name for one in TEST)
    assert len({one.text for one in TRAIN + TEST}) == len(TRAIN + TEST)
    assert load.passages() == sorted(TRAIN + TEST, key=lambda one: one.name)


@pytest.mark.parametrize("split", load.SPLITS)
def test_every_kind_of_figure_and_role_is_in_both_splits(split: str) -> None:
    records = [record for one in load.passages(split) for record in one.records]
    for key, values in load.VALUES.items():
        assert {record[key] for record in records} == set(values)


def test_every_kind_of_document_and_construction_occurs() -> None:
    assert {one.kind for one in load.passages()} == set(card.KINDS)
    for english, _, holds in card.CONSTRUCTIONS:
        assert any(holds(record, one) for one in load.passages() for record in one.records), english


TEXT = "对博士每人每月给予3000元\n生活补贴。\n"
FINE = {
    **{"doc": "x", "start": 9, "end": 14, "surface": "3000元", "kind": "money", "value_min": 3000, "value_max": 3000},
    **{"unit": "元", "bound": "exact", "role": "benefit", "per": ["人", "月"], "time": "2024/2025"},
    **{"item": "生活补贴", "beneficiary": "博士"},
}


@pytest.mark.parametrize(
    "change",
    [
        {"doc": "y"},
        {"start": 8},
        {"end": 40},
        {"surface": "300元"},
        {"kind": "cash"},
        {"bound": "most"},
        {"role": None},
        {"value_min": 2000},
        {"value_min": 2000, "value_max": 3000},
        {"value_max": 4000},
        {"value_min": None},
        {"value_min": True},
        {"value_max": float("nan")},
        {"bound": "range"},
        {"unit": None},
        {"unit": ""},
        {"kind": "ratio"},
        {"per": []},
        {"per": "人/月"},
        {"per": ["人", "人"]},
        {"per": ["人", ""]},
        {"time": "今年"},
        {"time": "2024-13"},
        {"time": "2025/2024"},
        {"item": ""},
        {"item": "补助"},
        {"item": "元\n生活"},
        {"beneficiary": "硕士"},
        {"role": "fact"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_record_that_breaks_a_law_is_told(change: dict[str, Any]) -> None:
    assert load.record_mistakes(FINE, "x", TEXT) == []
    assert load.record_mistakes({**FINE, **change}, "x", TEXT)


def first_line_twice(root: Path) -> None:
    path = next(root.glob("train/*.jsonl"))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines), encoding="utf-8")


def add(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8", newline="") as file:
            file.write(text)

    return change


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (first_line_twice, "overlaps the record before"),
        (add("train/p002.txt", "\r\n"), "carriage return"),
        (add("train/p002.txt", "𡒄\n"), "beyond U+FFFF"),
        (add("train/p002.txt", "完"), "no line end"),
        (add("passages.csv", "p002,train,A,办法,再来\n"), "stands twice"),
        (lambda root: shutil.copy(root / "test/p001.txt", root / "train/p001.txt"), "doesn't list the .txt"),
        (lambda root: (root / "annotators/second/p001.jsonl").unlink(), "annotators/second"),
    ],
)
def test_a_folder_that_breaks_a_law_is_told(tmp_path: Path, break_it: Callable[[Path], Any], told: str) -> None:
    root = shutil.copytree(GOLD, tmp_path / "gold")
    before = load.digest(root)
    break_it(root)
    assert any(told in mistake for mistake in load.validate(root))
    assert (load.digest(root) == before) == ("annotators" in told or "twice" in told)


def test_the_loader_needs_the_standard_library_alone() -> None:
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(GOLD / "load.py")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "every law holds" in done.stdout and load.digest() in done.stdout
    assert not re.search(r"^(import|from) pipeline", (GOLD / "load.py").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_pipeline_reads_the_same_gold() -> None:
    for split, those in (("train", TRAIN), ("test", TEST)):
        read = read_gold(GOLD / split)
        assert {name: one.text for name, one in read.items()} == {one.name: one.text for one in those}
        for one in those:
            assert [as_record(record) for record in one.records] == list(read[one.name].records)


def as_record(given: Mapping[str, Any]) -> Record:
    kept = {key: value for key, value in given.items() if key not in ("doc", "surface")}
    return Record(**{**kept, "per": basis(given["per"] or ())})


UNITS = {"天": "日", "%": "％", "岁": "周岁", "月": "个月", "平方米": "㎡", "元": "人民币"}


def other(value: Any, record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a change of a record: of spelling, of a slot, of the quantity, of the place."""
    shift = chance.choice((-2, -1, 1, 2))
    return chance.choice(
        (
            {"unit": UNITS.get(record["unit"], record["unit"])},
            {"unit": None},
            {"value_min": None},
            {"value_max": value * 1.0005},
            {"value_min": value * 2, "value_max": value * 2},
            {"kind": chance.choice(load.VALUES["kind"])},
            {"bound": chance.choice(load.VALUES["bound"]), "role": chance.choice(load.VALUES["role"])},
            {"role": None, "per": None, "time": None, "item": None, "beneficiary": None},
            {"per": ["一次性", "个月"], "item": (record["item"] or "补贴")[:2], "beneficiary": "企 业"},
            {"start": max(0, record["start"] + shift), "end": record["end"] + shift},
            {"start": record["start"], "end": record["end"] + 40},
        )
    )


def perturbed(records: Sequence[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    found = []
    for record in records:
        if chance.random() < 0.1:
            continue
        changed = dict(record)
        while chance.random() < 0.45:
            changed |= other(record["value_max"], record, chance)
        found += [changed] if chance.random() < 0.95 else [changed, {**changed, "end": changed["end"] + 1}]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_loader_scores_as_the_pipeline_does(seed: int) -> None:
    chance = random.Random(seed)
    gold = {one.name: one.records for one in TEST}
    found = {name: perturbed(records, chance) for name, records in gold.items() if chance.random() < 0.95}
    ours = load.score(gold, found)
    theirs = as_data(
        pipeline_score(
            {name: [as_record(one) for one in records] for name, records in gold.items()},
            {name: [as_record(one) for one in records] for name, records in found.items()},
        )
    )
    assert ours == {name: theirs[name] for name in ours}
    assert 0.2 < ours["record"]["f1"] < ours["quantity"]["f1"] < ours["span"]["f1"] < 1


def test_gold_against_itself_is_right_throughout() -> None:
    gold = {one.name: one.records for one in TRAIN + TEST}
    figures = load.score(gold, gold)
    assert [figures[name]["f1"] for name in ("span", "quantity", "record")] == [1, 1, 1]
    assert set(figures["slots"].values()) == {1} and figures["role_confusions"] == ()
    assert load.score(gold, {})["span"] == {"p": 0, "r": 0, "f1": 0}


def test_scores_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    few = [
        {key: record[key] for key in record if key != "surface"} for one in load.passages() for record in one.records
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in few), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", str(GOLD / "load.py"), "score", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout)["record"] == {"p": 1.0, "r": 1.0, "f1": 1.0}
    assert "p002" in done.stderr and "p001" not in done.stderr  # of the other split


def test_the_annotators_agree_and_the_gold_lies_between_them() -> None:
    figures = load.agreement()
    assert figures["all"]["gold"] == figures["A"]["gold"] + figures["B"]["gold"]
    assert all(one["quantity"]["f1"] > 0.98 and one["record"]["f1"] > 0.75 for one in figures.values())
    gold = {one.name: one.records for one in load.passages()}
    for annotator in load.ANNOTATORS:
        assert load.score(gold, load.annotated(annotator))["record"]["f1"] > figures["all"]["record"]["f1"]


@pytest.mark.parametrize("language", card.CARDS)
def test_the_figures_on_the_card_are_the_counted_ones(language: str) -> None:
    text = card.CARDS[language].read_text(encoding="utf-8")
    assert card.written(text, language) == text, "run: python corpora/gold/card.py"
    figures = load.agreement()["all"]
    for name in ("span", "quantity", "record"):
        assert f"{figures[name]['f1']:.3f}" in text
    assert load.digest() in text


def test_both_cards_say_the_same() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in card.CARDS.values())
    shape = re.compile(r"^(#+ |\d\. |- |\| ?|```)", re.MULTILINE)
    assert Counter(shape.findall(english)) == Counter(shape.findall(chinese))
    assert re.findall(r"```json.*?```", english, re.DOTALL) == re.findall(r"```json.*?```", chinese, re.DOTALL)


def test_the_record_on_the_card_is_in_the_gold() -> None:
    shown = re.search(r"```json\n(.*?)```", (GOLD / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown and json.loads(shown[1]) in [record for one in load.passages() for record in one.records]


def test_the_guide_names_every_value_of_the_closed_fields() -> None:
    guide = (GOLD / "GUIDE.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{value}\b", guide) for values in load.VALUES.values() for value in values)
    rulings = [int(number) for number in re.findall(r"^(\d+)\. ", guide, re.MULTILINE)]
    assert rulings == list(range(1, len(rulings) + 1))


def test_labels_are_offsets_without_text() -> None:
    words = {*load.VALUES["kind"], *load.VALUES["bound"], *load.VALUES["role"]}
    for row in LABELS:
        assert set(row) == {"source", "sha256", "start", "end", "records"} and len(row["sha256"]) == 64
        for one in row["records"]:
            spans = [(one["start"], one["end"]), *(one[key] for key in ("item", "beneficiary") if one[key])]
            assert all(row["start"] <= start < end <= row["end"] for start, end in spans)
            assert {one["kind"], one["bound"], one["role"]} <= words
            assert not one["beneficiary"] or one["role"] == "benefit"
        assert [one["start"] for one in row["records"]] == sorted(one["start"] for one in row["records"])


def test_the_readme_of_the_corpora_tells_the_right_numbers() -> None:
    text = (CORPORA / "README.md").read_text(encoding="utf-8")
    records, documents = sum(len(row["records"]) for row in LABELS), len({row["source"] for row in LABELS})
    assert f"{records:,} records in {len(LABELS)} passages of {documents} real documents" in text
    gold = sum(len(one.records) for one in load.passages())
    assert f"{len(load.passages())} invented passages with {gold:,} records" in text
