"""Full-text search: what is found, where, how it is shown, and what is refused."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from table_samples import RAW, build, document, source

import pipeline
from pipeline.cli.main import invoke
from pipeline.core.config import load_config
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import CleanText, RawText
from pipeline.core.offsets import Edit, apply
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.search import SearchFilters, parse, search

TEXT = (
    "引进人才给予住房补贴。在人才网公布AI人才\n目录。住房由财政局负责！\n博士可领安家\n补助，补助与补贴不重复。"
    "<script>alert(1)</script>\x1b[31m=cmd|' /C calc'!A0\u202e补贴"
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    edits = tuple(Edit(at, at + 1, "", "line") for at, char in enumerate(TEXT) if char == "\n")
    own = Document(
        source=source("丁.txt", "d"), raw=RawText(TEXT, "text/plain"), text=CleanText(apply(TEXT, edits), edits)
    )
    own = replace(own, head=replace(document().head or pytest.fail(), region="江苏省", region_code="320000", year=2019))
    first = document()
    build_tables(
        lambda: [Entry(first.doc_id, first.source, "done", first), Entry(own.doc_id, own.source, "done", own)], folder
    )
    settings = json.dumps({"config": load_config().model_dump(mode="json")})
    (folder / "run.json").write_text(settings, encoding="utf-8")
    return folder


def cut(text: str) -> list[str]:
    return {"博士补助": ["博士", "补助"], "补贴补助": ["补贴", "补助"], "住房人才": ["住房", "人才"]}.get(text, [text])


def found(out: Path, asked: str, **filters: Any) -> list[str]:
    rows = search(out, parse(asked, cut), SearchFilters(**filters)).to_pylist()
    for row in rows:
        raw = TEXT if row["source_name"] == "丁.txt" else RAW
        assert raw[row["start"] : row["end"]] == row["text"] and row["marks"]
        assert all(row["start"] <= low < high <= row["end"] for low, high in row["marks"])
    return [row["text"].split("\x1b")[0] for row in rows]


FIRST = "引进人才给予住房补贴。"
SECOND = "在人才网公布AI人才\n目录。"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("人才 住房", [FIRST]),
        ("人才 AND 住房", [FIRST]),
        ("住房人才", [FIRST]),
        ('"住房人才"', []),
        ("“人才目录”", [SECOND]),
        ("人才 NOT 住房", ["岚川市人才办法", SECOND]),
        ("人才网 | 财政局", [SECOND, "住房由财政局负责！"]),
        ("人才网 OR 人才 住房", [FIRST, SECOND]),
        ("ai人才", [SECOND]),
        ("安家补助", ["博士可领安家\n补助，补助与补贴不重复。"]),
        ("补贴补助", ["博士可领安家\n补助，补助与补贴不重复。"]),
        ("博士补助", ["博士可领安家\n补助，补助与补贴不重复。"]),
        ("(.*)", []),
        ("'; DROP TABLE documents; --", []),
        ("没有这个词", []),
    ],
)
def test_what_is_found(asked: str, expected: list[str], out: Path) -> None:
    assert found(out, asked) == expected


def test_a_word_over_two_lines_and_its_marks(out: Path) -> None:
    row = search(out, parse("生活补贴")).to_pylist()[0]
    raw = document().raw
    assert raw is not None and [raw.text[a:b] for a, b in row["marks"]] == ["生活\n补贴"]
    assert (row["section"], row["page"], row["region"], row["match"]) == ("一、 引才", 1, "浙江省岚川市", "exact")


def test_words_as_they_stand_come_first(out: Path) -> None:
    rows = search(out, parse("补贴补助 OR 住房", cut)).to_pylist()
    assert [row["match"] for row in rows] == ["exact", "exact", "words"]
    assert search(out, parse("住房"), limit=1).num_rows == 1


def test_filters(out: Path) -> None:
    assert found(out, "补贴", region=("江苏",), year=(2019,))[0] == FIRST
    assert found(out, "住房", region=("浙江",)) == []
    assert found(out, "人才", doc=("甲.pdf",)) == ["岚川市人才办法"]
    with pytest.raises(PipelineError, match="没有地区含“云南”"):
        found(out, "人才", region=("云南",))


def test_a_copy_is_searched_once(tmp_path: Path) -> None:
    build(tmp_path)
    assert [row["source_name"] for row in search(tmp_path, parse("博士")).to_pylist()] == ["甲.pdf"]


@pytest.mark.parametrize(
    "asked", ["", "  ", "OR", "人才 OR", "NOT 人才", "人才 NOT", '""', '"人才', "“人才", "人" * 101, "人 " * 21]
)
def test_what_is_no_question_is_refused(asked: str) -> None:
    with pytest.raises(PipelineError, match=r"词|引号"):
        parse(asked)


def test_time_is_limited(out: Path) -> None:
    with pytest.raises(PipelineError, match="已停止"):
        search(out, parse("人才"), seconds=0)


def test_only_what_is_kept_counts(out: Path) -> None:
    rows = search(out, parse("人才"), keep=lambda _doc, start, _end: start > 10).to_pylist()
    assert [row["text"] for row in rows] == [SECOND]


def test_the_command(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke(["search", str(out), "calc", "alert"]) == 0
    shown = capsys.readouterr()
    assert "【alert】" in shown.out and "丁.txt（江苏省，2019）" in shown.out and "共 1 处" in shown.err
    assert "\x1b" not in shown.out and "\u202e" not in shown.out
    assert invoke(["search", str(out), "人才", "--format", "json"]) == 0
    assert [one["source_name"] for one in json.loads(capsys.readouterr().out)] == ["甲.pdf", "丁.txt", "丁.txt"]
    assert invoke(["search", str(out), "人才", "--format", "csv", "--limit", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert invoke(["search", str(out), "补贴", "-o", str(tmp_path / "x.xlsx")]) == 0
    assert invoke(["search", str(out)]) == 2 and invoke(["search", str(out), "OR"]) == 2
    capsys.readouterr()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert invoke(["search", str(out), "目录"]) == 0
    assert "目录" in capsys.readouterr().out


def test_rows_in_python(out: Path) -> None:
    rows = pipeline.open(out).search("补贴", region="江苏")
    assert len(rows) == rows.num_rows == len(rows.pandas()) == len(rows.polars()) == pa.table(rows).num_rows
    html = rows._repr_html_()
    assert '<th title="source_name">文件名</th>' in html
    hostile = pipeline.open(out).search("alert", region="江苏")._repr_html_()
    assert "<script" not in hostile and "&lt;script&gt;" in hostile
    assert "\x1b" not in html and "\u202e" not in html and f"共 {len(rows)} 行" in html


def test_the_store_and_its_tables_in_a_notebook(out: Path) -> None:
    opened = pipeline.open(out)
    assert "measures 2" in repr(opened) and "<td>措施</td><td>2</td>" in opened._repr_html_()
    assert opened.arrow("knowledge").num_rows == 2 and "数值原文" in opened.table("knowledge")._repr_html_()
    with pytest.raises(PipelineError, match="没有名为“x”的表"):
        opened.table("x")
    assert opened.query("SELECT quote FROM measures ORDER BY start", limit=1).to_pylist() == [{"quote": "3000元"}]


def test_filters_and_groups_in_python(out: Path) -> None:
    opened = pipeline.open(out)
    assert opened.measures(kind="金额", min="1万").column("quote").to_pylist() == ["50万元"]
    assert opened.measures(year=[2024], max=3000).num_rows == 1
    groups = opened.measures(group="year", sum=True)
    assert "合计" in groups._repr_html_() and any("不相加" in note for note in groups.notes)
    assert opened.codings(codebook="demo").num_rows == 2
    for wrong in ({"knd": "x"}, {"min": "很多"}, {"region": "云南"}):
        with pytest.raises(PipelineError):
            opened.measures(**wrong)


@pytest.mark.parametrize("name", ["nosuch", "_repr_png_", "__len2__"])
def test_rows_have_only_what_a_table_has(name: str, out: Path) -> None:
    with pytest.raises(AttributeError):
        getattr(pipeline.open(out).measures(), name)
