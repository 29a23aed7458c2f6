"""The parts of a report: figures, values, names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.config import load_config
from pipeline.report.codings import unsaid
from pipeline.report.content import amount, bar_figure, filled, grid, year_figure
from pipeline.report.words import load_words
from pipeline.running.manifest import fitted_models

ROOT = Path(__file__).resolve().parents[2]


def test_year_figures_fill_gaps_and_take_many_years_together() -> None:
    few = year_figure("k", "t", [(2001, "省", 2), (2004, "", 1)], {"省": "省"}, unit="篇", of=5)
    assert few.note == "没有写明年份的 2篇不在图中。"
    assert few.grid.heads == ("年份", "省", "（未写明）", "合计")
    assert few.grid.rows == (
        ("2001", "2", "0", "2"),
        ("2002", "0", "0", "0"),
        ("2003", "0", "0", "0"),
        ("2004", "0", "1", "1"),
    )
    many = year_figure("k", "t", [(1951, "省", 2), (1999, "省", 1)], {"省": "省"}, unit="篇", of=3)
    assert many.note == "" and many.grid.rows[0][0] == "1951–1954" and many.grid.rows[-1] == ("1995–1999", "1", "1")
    odd = year_figure("k", "t", [(1, "省", 2), (9999, "省", 1)], {"省": "省"}, unit="篇", of=3)
    assert len(odd.grid.rows) <= 41 and sum(int(row[1]) for row in odd.grid.rows) == 3
    assert year_figure("k", "t", [(2001, "省", 2)], {"省": "省"}, unit="篇", of=2) is None


def test_bar_figures_tell_what_they_leave_out() -> None:
    counts = [(f"第{n}", 20 - n) for n in range(12)]
    found = bar_figure("k", "t", [*counts, ("", 3)], unit="篇", head="名称", most=10)
    assert found.note == "另有 2 种，共 19篇。没有写明的 3篇。"
    assert found.grid.rows[-1] == ("（未写明）", "3", "1.7%")
    assert bar_figure("k", "t", [("甲", 3), ("", 9)], unit="篇", head="名称") is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567.0, "123.5万元"),
        (0.0875, "0.0875元"),
        (0.08750000000000001, "0.0875元"),
        (1550.25, "1550元"),
        (5e8, "5亿元"),
    ],
)
def test_amounts(value: float, shown: str) -> None:
    assert amount(value) == shown


def test_columns_that_say_nothing_are_left_out() -> None:
    found = filled(grid("t", ("a", "b", "c"), [("", "", 1), ("", "", 2)]))
    assert found.heads == ("a", "c") and found.rows == (("", "1"), ("", "2"))


def test_kinds_of_columns() -> None:
    found = grid("t", ("年", "数", "词", "句"), [("2024", 1234, "甲", "很长的一句话" * 5), ("2025", None, "乙2", "")])
    assert found.kinds == ("", "n", "", "w") and found.rows[0][1] == "1,234"


def test_published_scores_are_those_of_the_cards_and_the_packaged_models() -> None:
    found = load_words()
    cards = "".join(
        (ROOT / "models" / name / "README.md").read_text(encoding="utf-8") for name in ("measures", "coding")
    )
    for model in found.model:
        for score in model.scores:
            for figure in score.figure.split("、"):
                assert figure in cards or figure.removeprefix("0") in cards, figure
    assert found.scored(fitted_models(load_config())) == found.model
    assert found.scored({}) == ()
    assert len({one.id for one in found.source}) == len(found.source)


def test_a_chart_by_year_tells_of_documents_without_one() -> None:
    assert unsaid({"2023": 2, "2024": 3, "": 4}, 9, "年份") == "没有写明年份的 4 篇不在图中。"
    assert unsaid({"2023": 2, "2024": 3}, 9, "地区") == "没有写明地区的 4 篇不在图中。"
    assert unsaid({"2023": 2}, 2, "年份") == ""
