"""The eval gate's comparison of the sample corpus with the last release."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "eval"))
from sample import FIELDS, SAMPLE, SNAPSHOT, describe, diff, read_snapshot, write_snapshot


def row(
    start: int, *, end: int = 0, source: str = "甲.txt", role: str = "benefit", value: str = "100"
) -> tuple[str, ...]:
    return (source, str(start), str(end or start + 4), "money", value, value, "元", "exact", role)


def test_gained_lost_and_changed() -> None:
    old = [row(0), row(10), row(20), row(30, end=35)]
    new = [row(0), row(10, role="fact"), row(30, end=36), row(40), row(20, source="乙.txt")]
    found = diff(old, new)
    assert found.gained == (row(20, source="乙.txt"), row(40)) and found.lost == (row(20),)
    assert found.changed == ((row(10), row(10, role="fact")), (row(30, end=35), row(30, end=36)))


def test_equal_rows_are_counted() -> None:
    found = diff([row(0), row(0)], [row(0)])
    assert (found.gained, found.lost, found.changed) == ((), (row(0),), ())
    assert diff([], [row(0)]).gained == (row(0),)
    assert diff([row(0)], [row(0)]) == diff([], [])


def test_a_row_changes_into_the_one_it_overlaps_most() -> None:
    found = diff([row(0, end=10)], [row(0, end=2, role="fact"), row(2, end=10)])
    assert found.changed == ((row(0, end=10), row(2, end=10)),) and found.gained == (row(0, end=2, role="fact"),)


def test_the_words_tell_counts_and_the_first_of_each() -> None:
    old = [row(at) for at in range(0, 300, 10)]
    new = [row(0, role="fact", value="5")]
    lines = describe(diff(old, new), {"甲.txt": "一百\n元补贴"})
    assert lines[0].endswith("gained 0, lost 29, changed 1")
    assert sum(line.startswith("  lost") for line in lines) == 21 and "… and 9 more" in "".join(lines)
    assert "甲.txt 0-4「一百元」" in lines[-1]
    assert "value_min 100 -> 5, value_max 100 -> 5, role benefit -> fact" in lines[-1]


def test_the_snapshot_keeps_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    assert read_snapshot(path) == []
    write_snapshot([row(10), row(9), row(100)], path)
    assert read_snapshot(path) == [row(9), row(10), row(100)]
    assert path.read_text(encoding="utf-8").splitlines()[0].split("\t") == list(FIELDS)


def test_the_kept_snapshot_is_sorted_and_of_the_sample() -> None:
    rows = read_snapshot(SNAPSHOT)
    assert len(rows) > 500 and {one[0] for one in rows} <= {path.name for path in SAMPLE.iterdir()}
    assert rows == sorted(rows, key=lambda one: (one[0], int(one[1]), int(one[2]), one))
    assert {len(one) for one in rows} == {len(FIELDS)}
