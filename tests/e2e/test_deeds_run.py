"""Measures without a figure, facts and sums from a file to the tables, the page, the filters and the exports."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import pipeline
from pipeline.cli.main import invoke

TEXT = """云州市人才工作若干措施
一、引进人才
到2026年，引进紧缺人才642名，其中企业引进182名、事业单位引进450名。设岗位30个，分为管理岗位10个和专业岗位20个。
二、优化服务
由市人社局牵头建立人才秘书制度，推行人才住房“轮候制”“积分制”。对来云创业的青年，免费提供办公场所。
到2026年，引进642名紧缺人才的目标必须完成。
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deeds")
    (folder / "甲.txt").write_text(TEXT, encoding="utf-8")
    pipeline.run(folder / "甲.txt", folder / "out", workers=1)
    return folder / "out"


def rows(out: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (
        pipeline.open(out).query('SELECT * FROM knowledge ORDER BY start, "end"').to_pylist()
    )
    return found


def test_the_tables_hold_measures_without_values(out: Path) -> None:
    found = {row["quote"]: row for row in rows(out) if row["kind"] == "none"}
    assert list(found) == ["建立人才秘书制度", "推行人才住房“轮候制”", "“积分制”", "免费提供办公场所"]
    assert {(row["value_min"], row["value_max"], row["unit"]) for row in found.values()} == {(None, None, None)}
    assert found["建立人才秘书制度"]["agency"] == "市人社局"
    assert found["“积分制”"]["group_id"] == found["推行人才住房“轮候制”"]["group_id"] is not None
    assert found["免费提供办公场所"]["role"] == "benefit"


def test_the_same_fact_has_one_id(out: Path) -> None:
    totals = [row for row in rows(out) if row["quote"] == "642名"]
    assert len(totals) == 2 and len({row["fact_id"] for row in totals}) == 1


def test_a_wrong_sum_is_an_issue_and_the_document_is_done(out: Path) -> None:
    opened = pipeline.open(out)
    [issue] = opened.query("SELECT * FROM issues WHERE code = 'number.sum'").to_pylist()
    assert (issue["severity"], issue["stage"]) == ("info", "measures")
    assert TEXT[issue["start"] : issue["end"]] == "642名"
    assert opened.query("SELECT status FROM documents").to_pylist() == [{"status": "done"}]


def test_show_tells_whether_sums_are_right(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["show", str(out), "甲.txt", "--only", "合计"]) == 0
    printed = capsys.readouterr().out
    assert "合计不符：642名≠182名＋450名" in printed
    assert "合计相符：30个＝10个＋20个" in printed


def test_measures_can_be_asked_for_by_kind(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["measures", str(out), "--kind", "none", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in found} == {"none"} and len(found) == 4
    assert invoke(["measures", str(out), "--kind", "无数值", "--min", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("target", ["csv", "xlsx", "jsonl"])
def test_exports_hold_them(out: Path, target: str, tmp_path: Path) -> None:
    place = tmp_path / ("x" if target == "csv" else f"x.{target}")
    assert invoke(["export", str(out), "--to", target, str(place)]) == 0
    if target == "csv":
        with (place / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
            assert "免费提供办公场所" in [cell for row in csv.reader(file) for cell in row]
