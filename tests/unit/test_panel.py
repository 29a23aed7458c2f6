"""The panel for regressions: each figure against a plain count of the rows, balance, refusals."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from table_samples import build

import pipeline
from pipeline.core.config import load_config
from pipeline.core.errors import PipelineError
from pipeline.running.runner import run
from pipeline.table.panel import Panel, PanelQuestion, panel

TEXTS = {
    "甲.txt": """浙江省人民政府关于人才的通知
浙政发〔2021〕3号

一、引才
对引进的博士给予安家补助20万元。给予培训补贴5万元。安排专项资金1亿元。

浙江省人民政府
2021年3月2日
""",
    "乙.txt": """浙江省人民政府关于产业的通知
浙政发〔2024〕9号

一、目标
到2025年，培育企业100家。对企业给予最高30万元奖励。

浙江省人民政府
2024年6月1日
""",
    "丙.txt": """山东省人民政府关于人才的意见
鲁政发〔2022〕1号

一、用才
对引进的博士给予安家补助10万元。

山东省人民政府
2022年1月5日
""",
    "丁.txt": "没有写明地区和年份的一段文字，给予奖励1万元。\n",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panel")
    for name, text in (TEXTS | {"甲（副本）.txt": TEXTS["甲.txt"]}).items():
        (folder / "in").mkdir(exist_ok=True)
        (folder / "in" / name).write_text(text, encoding="utf-8")
    config = load_config(None, {"run": {"workers": 1}})
    run([folder / "in"], folder / "out", config=config)
    return folder / "out"


def records(found: Panel) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the rows by their keys."""
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    return {tuple(row[key] for key in found.keys): row for row in rows}


def test_every_figure_is_what_a_plain_count_gives(out: Path) -> None:
    found = records(panel(out))
    assert set(found) == {("浙江省", 2021), ("浙江省", 2024), ("山东省", 2022)}
    tables = pipeline.open(out)
    documents = {row["doc_id"]: row for row in tables.arrow("documents").to_pylist()}
    copies = {row["doc_id"] for row in tables.arrow("issues").to_pylist() if row["code"] == "input.duplicate"}
    assert len(copies) == 1
    wanted: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    facts: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    for row in tables.arrow("measures").to_pylist():
        unit = (documents[row["doc_id"]]["region"], documents[row["doc_id"]]["year"])
        if row["doc_id"] in copies or None in unit:
            continue
        wanted[unit]["n_measures"] += 1
        wanted[unit][f"n_{row['role']}"] += 1
        if row["kind"] == "money" and row["role"] == "benefit":
            facts[unit][row["fact_id"] or row["measure_id"]] = row["value_max"] or row["value_min"]
    for unit, row in found.items():
        assert {name: row[name] for name in wanted[unit]} == wanted[unit]
        assert (row["n_benefit_money"], row["sum_benefit_money"], row["max_benefit_money"]) == (
            len(facts[unit]),
            sum(facts[unit].values()),
            max(facts[unit].values(), default=None),
        )
    assert found["浙江省", 2021]["sum_benefit_money"] == 250_000
    assert found["浙江省", 2021]["sum_budget_money"] == 100_000_000
    assert found["浙江省", 2024]["max_benefit_money"] == 300_000
    assert found["浙江省", 2021]["region_code"] == "330000"


def test_codes_count_places_once_with_their_children(out: Path) -> None:
    found = panel(out, PanelQuestion(keys=("文档",), codebooks=("政策工具",)))
    tables = pipeline.open(out)
    kept = {row["source_name"]: row for row in records(found).values()}
    assert set(kept) == {"甲.txt", "乙.txt", "丙.txt", "丁.txt"}
    codings = tables.query("SELECT d.source_name, c.* FROM codings c JOIN documents d USING (doc_id)").to_pylist()
    for name, row in kept.items():
        below = {
            (one["start"], one["end"])
            for one in codings
            if one["source_name"] == name and one["codebook"] == "instruments" and one["code"].split("_")[0] == "supply"
        }
        assert row["c_supply"] == len(below)
    assert sum(row["c_supply"] for row in kept.values()) > 0
    assert not any(column.name == "c_attract" for column in found.columns)


def test_sums_of_coded_measures_are_those_of_the_matrix(out: Path) -> None:
    found = records(panel(out, PanelQuestion(keys=("地区",))))
    codes = pipeline.open(out).matrix("引育用留", "地区", unit="measures")
    rows, cols = codes.labels
    for r, label in enumerate(rows):
        name = {"引": "attract", "育": "cultivate", "用": "use", "留": "retain"}[label]
        for c, region in enumerate(cols):
            if (region,) in found:
                assert found[(region,)][f"m_{name}"] == codes.cells[r][c]
    assert any(any(row) for row in codes.cells)


def test_a_balanced_panel_has_every_year_and_nothing_else(out: Path) -> None:
    found = panel(out, PanelQuestion(keys=("省份", "year"), balanced=True))
    rows = records(found)
    assert list(rows) == [(region, year) for region in ("浙江省", "山东省") for year in range(2021, 2025)]
    empty = rows["山东省", 2023]
    assert empty["n_documents"] == empty["n_measures"] == empty["sum_benefit_money"] == 0
    assert empty["max_benefit_money"] is None
    plain = records(panel(out, PanelQuestion(keys=("省份", "year"))))
    assert {unit: rows[unit] for unit in plain} == plain
    assert any("补上了 5 行" in note for note in found.notes) and any(
        "有 1 篇文档没有写明" in note for note in found.notes
    )


def test_the_balance_without_years_is_of_all_combinations(out: Path) -> None:
    found = panel(out, PanelQuestion(keys=("地区", "文种"), balanced=True))
    assert len(found.rows) == 4 and len(panel(out, PanelQuestion(keys=("地区", "文种"))).rows) == 2


def test_arrow_holds_headings_and_types(out: Path) -> None:
    table = pipeline.open(out).panel("地区", "年份").arrow()
    assert table.schema.field("sum_benefit_money").metadata[b"zh"].decode() == "优惠支持金额之和（元）"
    assert str(table.schema.field("year").type) == "int64"
    assert table.num_rows == 3
    assert len(set(table.column_names)) == table.num_columns


def test_mistakes_are_all_told(out: Path) -> None:
    question = PanelQuestion(keys=("作用", "年粉", "地区=浙江"), codebooks=("没有",), coders=("王五",))
    with pytest.raises(PipelineError) as error:
        panel(out, question)
    words = str(error.value)
    for told in ("“作用”不是", "是否应为“年份”", "只写名称", "没有编码本“没有”", "没有编码者“王五”"):
        assert told in words
    for keys in ((), ("地区", "region")):
        with pytest.raises(PipelineError, match="各写一次"):
            panel(out, PanelQuestion(keys=keys))


def test_a_run_where_no_document_says_the_keys(tmp_path: Path) -> None:
    build(tmp_path)
    with pytest.raises(PipelineError, match="做不成面板"):
        panel(tmp_path, PanelQuestion(keys=("施行日期",)))


def test_too_large_a_panel_is_refused(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.table.panel._MOST_CELLS", 100)
    with pytest.raises(PipelineError, match="面板太大"):
        panel(out)
