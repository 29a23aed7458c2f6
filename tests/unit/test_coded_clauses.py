"""The labels that the trained coder is fitted on: how they are kept, taken in, and what they count."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINES = ["对引进的博士给予补助二十万元并提供住房保障服务。", "减按百分之二十的税率征收企业所得税。"]


@pytest.fixture
def coded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the script with labels, documents and gold of its own."""
    spec = importlib.util.spec_from_file_location("coded_clauses", ROOT / "models" / "coding" / "train.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "coded_clauses", script)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "DATA", tmp_path)
    monkeypatch.setattr(script, "LABELS", tmp_path / "codes.jsonl")
    monkeypatch.setattr(script, "GOLD", tmp_path / "gold.jsonl")
    (tmp_path / "gold.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "a.txt").write_text("\n".join(LINES), encoding="utf-8")
    return script


def take(script: Any, *rows: dict[str, Any]) -> None:
    file = script.DATA / "rows.jsonl"
    lines = [json.dumps({"doc": "a", "u": []} | row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    script.add([file])


def test_sub_codes_are_added_to_the_top_codes_that_stand(coded: Any) -> None:
    take(coded, {"text": LINES[0], "c": ["supply", "talent_chain"], "u": ["demand"]}, {"text": LINES[1], "c": []})
    assert all(not clause.below for clause in coded.labelled())
    found = ["supply_funds", "supply_service", "environment_tax"]
    take(coded, {"text": LINES[0], "c": found, "u": ["supply_service"], "below": ["instruments"]})
    first, second = coded.labelled()
    assert first == coded.Clause(
        "a",
        LINES[0],
        frozenset({"supply", "talent_chain", *found}),
        frozenset({"demand", "supply_service"}),
        frozenset({"instruments"}),
    )
    assert not second.below


def test_top_codes_said_anew_leave_the_sub_codes(coded: Any) -> None:
    take(coded, {"text": LINES[0], "c": ["supply"]}, {"text": LINES[0], "c": ["supply_funds"]})
    take(coded, {"text": LINES[0], "c": ["environment"]})
    (clause,) = coded.labelled()
    assert (clause.codes, clause.below) == ({"environment", "supply_funds"}, {"instruments"})
    take(coded, {"text": LINES[0], "c": ["supply", "supply_talent"]})
    assert next(coded.labelled()).codes == {"supply", "supply_talent"}
    take(coded, {"text": LINES[0], "c": [], "below": ["instruments"]})
    assert next(coded.labelled()).codes == {"supply"}


def test_labels_that_are_read_and_written_stay_as_they_are(coded: Any) -> None:
    take(
        coded, {"text": LINES[0], "c": ["supply", "supply_funds"]}, {"text": LINES[1], "c": ["policy"], "u": ["policy"]}
    )
    before = coded.LABELS.read_bytes()
    take(coded)
    assert coded.LABELS.read_bytes() == before


def test_a_clause_that_is_nowhere_or_in_the_gold_is_left(coded: Any, capsys: pytest.CaptureFixture[str]) -> None:
    coded.GOLD.write_text(json.dumps({"text": LINES[0]}), encoding="utf-8")
    take(coded, *({"text": text, "c": ["supply"]} for text in (LINES[0], "没有这句话。", LINES[1])))
    assert [clause.text for clause in coded.labelled()] == [LINES[1]]
    assert "1 not found in theirs, 1 stand in the gold" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("codes", "doubtful", "below", "weight"),
    [
        ({"supply"}, set(), set(), 0.0),  # nobody looked which kind of supply
        ({"environment"}, set(), set(), 1.0),  # no supply, so none of its kinds
        ({"supply"}, set(), {"instruments"}, 1.0),
        ({"supply", "supply_funds"}, set(), {"instruments"}, 1.0),
        ({"supply", "supply_funds"}, {"supply_funds"}, {"instruments"}, 0.3),
        ({"supply"}, {"supply"}, {"instruments"}, 1.0),
        ({"supply_funds"}, set(), {"instruments"}, 0.0),  # its coder saw what the coder of the top codes hadn't
    ],
)
def test_what_a_label_of_a_sub_code_counts(
    coded: Any, codes: set[str], doubtful: set[str], below: set[str], weight: float
) -> None:
    clause = coded.Clause("a", LINES[0], frozenset(codes), frozenset(doubtful), frozenset(below))
    assert coded.Wanted("instruments", "supply_funds", "supply").weight(clause) == weight
    assert coded.Wanted("instruments", "supply", "").weight(clause) == (0.3 if "supply" in doubtful else 1.0)


def test_lessons_are_the_top_codes_and_the_sub_codes_with_enough_examples(
    coded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coded, "ENOUGH", 2)
    both = frozenset({"instruments"})
    clauses = [
        coded.Clause("a", LINES[0], frozenset({"supply", "supply_funds"}), frozenset({"supply_funds"}), both),
        coded.Clause("b", LINES[0], frozenset({"supply", "supply_funds", "supply_service"}), frozenset(), both),
        coded.Clause("b", LINES[1], frozenset({"supply"}), frozenset({"policy"})),
    ]
    found, wanted, features = coded.lessons(clauses)
    assert [one.code for one in wanted if one.above] == ["supply_funds"]
    assert found.given.shape == found.weights.shape == (3, 15) and len(features) == found.raw.shape[1]
    assert found.given[:, -1].tolist() == [1, 1, 0] and found.weights[:, -1].tolist() == [0.3, 1.0, 0.0]
    assert found.weights[:, :-1].sum() == pytest.approx(3 * 14 - 0.7)
    assert found.groups == (0, 1, 1)
