"""The drills: short texts with their records, whose laws are those of the open gold's records."""

import json
from pathlib import Path
from typing import get_args

import pytest

from pipeline.core.layers import Bound, Kind, Role

FOLDER = Path(__file__).parents[2] / "corpora" / "drills"
ROWS = [
    pytest.param(json.loads(line), id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
]


@pytest.mark.parametrize("row", ROWS)
def test_a_drill_keeps_the_laws(row) -> None:
    text, last = row["text"], 0
    for record in row["records"]:
        assert last <= record["start"] < record["end"] and text[record["start"] : record["end"]] == record["surface"]
        last = record["end"]
        assert record["kind"] in get_args(Kind) and record["bound"] in get_args(Bound)
        assert record["role"] in get_args(Role)
        assert record["value_min"] <= record["value_max"]
        assert record["beneficiary"] is None or record["role"] == "benefit"
        assert all(record[slot] is None or record[slot] in text for slot in ("item", "beneficiary"))


def test_there_are_many_and_none_twice() -> None:
    texts = [row.values[0]["text"] for row in ROWS]
    assert len(texts) > 900 and len(set(texts)) == len(texts)


def test_the_readme_tells_the_right_numbers() -> None:
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    records = sum(len(row.values[0]["records"]) for row in ROWS)
    assert f"{len(ROWS):,} short invented texts with {records:,} records" in readme
