"""Documents whose titles, texts and file names are made to do harm: inert in every export and on the terminal."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from table_samples import build as build_sample
from table_samples import document, source

from pipeline.cli.main import invoke
from pipeline.cli.text import inert, width
from pipeline.core.issues import issue
from pipeline.export.targets import TARGETS, export
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.cells import FORMULA_STARTS

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "<script>alert(1)</script>",
    '"onmouseover="alert(1)',
    "../../etc/passwd",
    "\x1b]0;标题\x07\x1b[2J\x1b[31m红",
    "\x9b31m红",
    "文件\u202efdp.exe",
    "a\u2028b\u200bc",
    "]]>&amp;<!--",
    "100%\\input{x}$^_~#{}{",
    "、》；and and",
]
# what moves a cursor, sets a colour or a window's title, or turns the direction of writing
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a document for each hostile text: in title, issuer, region, file name, items, references, issues."""
    folder = tmp_path_factory.mktemp("out")
    entries = []
    for number, text in enumerate(HOSTILE):
        doc = document()
        assert doc.head is not None and doc.head.title is not None and doc.measures is not None and doc.references
        head = replace(
            doc.head,
            title=replace(doc.head.title, value=text),
            issuers=(replace(doc.head.issuers[0], value=text),),
            doc_kind=text,
            region=text,
        )
        made = replace(
            doc,
            source=source(f"{number}{text}", "a"),
            head=head,
            measures=(replace(doc.measures[0], item=text, unit=text, beneficiary=text),),
            references=(replace(doc.references[0], title=text, doc_number=text),),
        )
        doubt = issue("ingest", "ingest.damaged", name=text, detail=text)
        entries.append(Entry(f"{number:016x}", made.source, "done", made, (doubt,)))
    build_tables(lambda: entries, folder)
    return folder


def cells(path: Path) -> list[str]:
    """Return every cell of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@pytest.mark.parametrize("options", [{}, {"panel": "地区,文种,发文机关"}], ids=["tables", "panel"])
def test_no_cell_is_a_formula(out: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    export(out, "csv", tmp_path / "c", options)
    found = [cell for path in (tmp_path / "c").glob("*.csv") for cell in cells(path)]
    assert sum("=cmd|" in cell for cell in found) >= 3
    numbers = re.compile(r"-?\d+(\.\d+)?")
    assert not [cell for cell in found if cell.startswith(FORMULA_STARTS) and not numbers.fullmatch(cell)]
    export(out, "xlsx", tmp_path / "a.xlsx", options)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    every = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in every if cell.data_type == "f" or cell.hyperlink]
    assert not [cell.coordinate for cell in every if isinstance(cell.value, str) and "\x1b" in cell.value]
    assert sum(cell.value == HOSTILE[0] for cell in every) >= 3


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: one.name)
def test_nothing_is_written_elsewhere(out: Path, tmp_path: Path, one: Any) -> None:
    place = tmp_path / "in" / f"a{one.suffix}"
    place.parent.mkdir()
    export(out, one.name, place)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert all(path.name.startswith("a") for path in place.parent.iterdir())


def test_the_network_is_whole_xml_with_the_texts(out: Path, tmp_path: Path) -> None:
    export(out, "graphml", tmp_path / "n.graphml")
    tree = etree.parse(tmp_path / "n.graphml")
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    titles = tree.xpath("//g:node/g:data[@key='node_title']/text()", namespaces=space)
    assert {"<script>alert(1)</script>", '"onmouseover="alert(1)', "]]>&amp;<!--", HOSTILE[0]} <= set(titles)
    assert not tree.xpath("//*[local-name()='script']")


@pytest.mark.parametrize(
    "command",
    [
        ["measures", "OUT"],
        ["measures", "OUT", "--review"],
        ["measures", "OUT", "--json"],
        ["measures", "OUT", "--columns", "item,title,evidence"],
        ["query", "OUT", "SELECT source_name, title, region FROM documents"],
        ["query", "OUT", "SELECT source_name, title, issuer FROM documents", "--format", "json"],
        ["codings", "OUT"],
        ["matrix", "OUT", "--rows", "地区", "--cols", "文种"],
        ["matrix", "OUT", "--framework", "--cols", "demo"],
        ["measures", "OUT", "--doc", "\x1b[2J\u202e没有"],
        ["export", "OUT", "--to", "csv", "\x1b[2J\u202e/没有.jsonl"],
    ],
    ids=" ".join,
)
def test_nothing_acts_on_the_terminal(
    out: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    invoke([str(out) if part == "OUT" else part for part in command])
    printed, words = capsys.readouterr()
    assert not ACTS.findall(printed + words)
    assert printed or words
    if "json" in " ".join(command) and "csv" not in command:
        texts = {value for row in json.loads(printed) for value in row.values()}
        assert {"文件\u202efdp.exe", "\x9b31m红"} <= texts, "JSON keeps the texts"


def test_show_status_and_issues_are_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    name = "甲\x1b[2J\u202e.txt"
    (folder / name).write_text("关于\x1b[31m人才\u202e的通知\n给予补贴100万\x9b元。\n", encoding="utf-8")
    (folder / "坏\x1b[2J\u202e.pdf").write_bytes(b"%PDF-1.4 broken")
    invoke(["run", str(folder), "-o", str(tmp_path / "out"), "--workers", "1"])
    for command in (["show", str(tmp_path / "out"), name], ["status", str(tmp_path / "out")]):
        assert invoke(command) == 0
    invoke(["issues", str(tmp_path / "out"), "--all"])
    printed, words = capsys.readouterr()
    assert "甲" in printed and "坏" in printed + words
    assert not ACTS.findall(printed + words)


def test_csv_on_the_screen_is_as_safe_as_in_a_file(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["query", str(out), "SELECT title FROM documents", "--format", "csv"])
    found = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert ["'=cmd|' /C calc'!A0"] in found and ["'-2+3"] in found


def test_inert_keeps_words_and_lines() -> None:
    assert inert("甲\n乙") == "甲\n乙"
    assert inert("\x1b[31m红\x1b[0m") == " [31m红 [0m"
    assert inert("a\u202eb\u200bc\ufeff") == "abc" and width(inert("文\u202e件")) == 4


def test_a_plain_run_is_told_as_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_sample(tmp_path)
    assert invoke(["measures", str(tmp_path)]) == 0
    assert "生活补贴" in capsys.readouterr().out
