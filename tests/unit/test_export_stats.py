"""SPSS and Stata files, read back by pyreadstat: values, labels, names, limits, missing values."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from table_samples import build, document, source

from pipeline.core.errors import PipelineError
from pipeline.export.knowledge import knowledge_columns, knowledge_rows
from pipeline.export.targets import export
from pipeline.export.variables import SPSS, STATA, Program, variable_names
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.cells import rows
from pipeline.table.derive import columns
from pipeline.table.schema import KINDS, TABLES
from pipeline.table.workbook import CUT

READERS = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def read(path: Path) -> tuple[dict[str, list[Any]], Any]:
    """Return the columns of a file, labels in place of numbers and missing numbers as None, and what is known of it."""
    frame, about = READERS[path.suffix[1:]](str(path))
    found = {}
    for name in frame.columns:
        labels = about.variable_value_labels.get(name)
        values = [None if value != value else value for value in frame[name].tolist()]
        found[name] = [None if value is None else labels[value] for value in values] if labels else values
    return found, about


def as_read(column: Any, value: Any) -> Any:
    """Return a value of the table as a file gives it back."""
    if column.col.values:
        return column.col.values[value]
    if column.name == "per":
        return {None: None, "人/月": "人/月", "人/once": "人/一次性"}[value]
    if isinstance(value, Decimal):
        return float(value)
    labelled = ("level", "region", "doc_kind", "media_type", "unit", "instrument", "codebook")
    return value if column.type is not str or column.name in labelled else (value or "")


@pytest.mark.parametrize("of", READERS)
def test_every_table_comes_back_with_its_values_and_labels(of: str, out: Path, tmp_path: Path) -> None:
    assert export(out, of, tmp_path / "s") == ()
    assert {path.name for path in (tmp_path / "s").iterdir()} == {
        *(f"{table.name}.{of}" for table in TABLES),
        f"knowledge.{of}",
        f"{of}_数据字典.csv",
        f"{of}_说明.csv",
    }
    view = knowledge_columns(out)
    for name, found, wanted in (
        ("knowledge", view, list(knowledge_rows(out, view))),
        *((table.name, columns(table.row), list(rows(out, table))) for table in TABLES),
    ):
        got, about = read(tmp_path / "s" / f"{name}.{of}")
        assert len(got) == len(found)
        for at, (column, values) in enumerate(zip(found, got.values(), strict=True)):
            assert values == [as_read(column, row[at]) for row in wanted], (name, column.name)
        assert list(about.column_names_to_labels.values()) == [column.col.zh for column in found]
    assert about.file_label == "策问：问题"


def test_spss_knows_levels_formats_and_notes(out: Path, tmp_path: Path) -> None:
    export(out, "sav", tmp_path / "k.sav")
    _, about = read(tmp_path / "k.sav")
    assert list(about.variable_value_labels["kind"].values()) == list(KINDS.values())
    kinds = about.variable_measure
    assert (kinds["kind"], kinds["level"], kinds["value_max"], kinds["quote"]) == (
        "nominal",
        "ordinal",
        "scale",
        "nominal",
    )
    assert about.original_variable_types["value_max"] == "F8.0"
    assert about.variable_display_width["evidence"] == 60
    assert "策问（cewen）从政策文档中抽取的知识表" in "".join(about.notes)
    with (tmp_path / "k_sav_数据字典.csv").open(encoding="utf-8-sig", newline="") as file:
        words = {line[1]: line for line in csv.reader(file)}
    assert words["role"][3] == "作用" and words["role"][5].startswith("1＝优惠支持（benefit）；2＝资金安排（budget）")
    assert words["unit"][5] == "1＝元"


@pytest.mark.parametrize("of", READERS)
def test_a_panel_has_numbers_for_its_units(of: str, out: Path, tmp_path: Path) -> None:
    export(out, of, tmp_path / f"p.{of}", {"panel": "地区,发文机关,年份", "bare": True})
    got, about = read(tmp_path / f"p.{of}")
    assert got["region"] == ["浙江省岚川市"] * 2 and got["issuer"] == ["岚川市人民政府", "岚川市财政局"]
    assert got["year"] == [2024, 2024] and got["sum_benefit_money"] == [503000.0] * 2
    assert got["max_budget_money"] == [None, None] and got["sum_budget_money"] == [0, 0]
    assert about.column_names_to_labels["c_attract"] == "示例:引 编码处数"
    assert [path.name for path in tmp_path.iterdir()] == [f"p.{of}"]


def hostile(out: Path, texts: list[str]) -> None:
    """Write tables with a measure for each text, in its item, in a document with it as title."""
    doc = document()
    assert doc.measures is not None and doc.head is not None and doc.head.title is not None
    entries = []
    for number, text in enumerate(texts):
        head = replace(doc.head, title=replace(doc.head.title, value=text), doc_kind=text, region=text)
        one = replace(
            doc,
            head=head,
            measures=(replace(doc.measures[0], item=text, unit=text),),
            source=source(f"{number}.txt", "a"),
        )
        entries.append(Entry(f"{number:016x}", one.source, "done", one))
    build_tables(lambda: entries, out)


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    'x" onmouseover="y',
    "../../etc/passwd",
    "\x1b[31m红\x1b[0m",
    "\u202eabc",
    "𠮷野家",
    "a\nb\tc",
    "长" * 60,
]


@pytest.mark.parametrize("of", READERS)
def test_hostile_texts_come_back_as_they_are_but_for_control_characters(of: str, tmp_path: Path) -> None:
    hostile(tmp_path, HOSTILE)
    export(tmp_path, of, tmp_path / f"k.{of}")
    got, about = read(tmp_path / f"k.{of}")
    wanted = [text.replace("\x1b", "") for text in HOSTILE]
    for name in ("title", "item", "doc_kind", "region", "unit"):
        assert got[name] == wanted, name
    # a label as long as 180 bytes is too long for SPSS, so the column stays text
    assert ("region" in about.variable_value_labels) == (of == "dta")


def test_long_texts_are_cut_for_spss_with_a_word_and_whole_in_stata(tmp_path: Path) -> None:
    doc = document()
    assert doc.raw is not None
    long = replace(doc, raw=replace(doc.raw, text=doc.raw.text + "长" * 20_000))
    build_tables(lambda: [Entry(doc.doc_id, doc.source, "done", long)], tmp_path)
    told = export(tmp_path, "sav", tmp_path / "d.sav", {"tables": ("documents",)})
    assert told == ("文档：raw_text（原始文本）有 1 行太长，已截断；全文见 tables/*.parquet",)
    assert told[0] in (tmp_path / "d_sav_说明.csv").read_text(encoding="utf-8-sig")
    got, about = read(tmp_path / "d.sav")
    assert told[0] in "".join(about.notes)
    (text,) = got["raw_text"]
    assert text.endswith(CUT) and 32_760 <= len(text.encode()) <= 32_767
    assert export(tmp_path, "dta", tmp_path / "d.dta", {"tables": ("documents",)}) == ()
    assert read(tmp_path / "d.dta")[0]["raw_text"] == [doc.raw.text + "长" * 20_000]


def test_a_run_without_rows_gives_empty_files(tmp_path: Path) -> None:
    build_tables(lambda: [], tmp_path)
    for of, reader in READERS.items():
        export(tmp_path, of, tmp_path / of)
        for path in (tmp_path / of).glob(f"*.{of}"):
            assert len(reader(str(path))[0]) == 0


@pytest.mark.parametrize("program", [SPSS, STATA], ids=lambda one: one.name)
def test_names_fit_the_program(program: Program) -> None:
    given = ["with", "WITH", "str12", "a-b", "a_b", "1x", "名称", "名" * 40, "名" * 41, "𠮷", "", "__", "m_" + "x" * 80]
    found = variable_names(program, given)
    assert found[:4] == ["with_", "WITH__2", "str12_", "a_b"] and found[4:7] == ["a_b_2", "v1x", "名称"]
    assert len({name.casefold() for name in found}) == len(given)
    assert all(program.measure(name) <= program.name_most for name in found)


def test_without_the_library_it_says_what_to_install(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(PipelineError, match=r"pip install 'cewen\[stats\]'"):
        export(out, "sav", tmp_path / "k.sav")
    assert not list(tmp_path.iterdir())


def test_a_failing_library_is_told(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise pyreadstat.PyreadstatError("No space left on device")

    monkeypatch.setattr(pyreadstat, "write_sav", full)
    with pytest.raises(PipelineError, match=r"k\.sav: 写不成 SPSS 文件（No space"):
        export(out, "sav", tmp_path / "k.sav")
    assert not list(tmp_path.glob("k.sav*"))
