"""No statement of queries.toml writes, reads beside the tables, tells of the machine or goes on for ever."""

from __future__ import annotations

import io
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from table_samples import build

from pipeline.cli.main import invoke
from pipeline.core.errors import PipelineError
from pipeline.table.caged import answer
from pipeline.table.permitted import MOST_CHARS
from pipeline.table.query import query

GROUPS = tomllib.loads((Path(__file__).parent / "queries.toml").read_text(encoding="utf-8"))["group"]
REFUSED = [(sql, one["words"]) for one in GROUPS if not one.get("caged") for sql in one["statements"]]
ENDED = [(sql, one["words"]) for one in GROUPS if one.get("caged") for sql in one["statements"]]
SECRET = "geheim-41"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def state(*folders: Path) -> dict[str, Any]:
    return {str(p): p.read_bytes() for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()}


def ask_here(out: Path, sql: str, **more: Any) -> None:
    """What the process of a question does, in this one: a refusal needs no process."""
    answer({"out": str(out), "sql": sql, "limit": None, "seconds": 10, **more}, io.BytesIO())


@pytest.mark.parametrize(("sql", "words"), REFUSED)
def test_refused(sql: str, words: str, out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"a,b\n1,{SECRET}\n", encoding="utf-8")
    secret_variable = {"a": [SECRET]}
    before = state(out, tmp_path)
    for there in ("{there}", "{secret}", "{out}"):
        sql = sql.replace(there, {"{there}": str(tmp_path), "{secret}": str(secret), "{out}": str(out)}[there])
    with pytest.raises(PipelineError, match=words) as caught:
        ask_here(out, sql)
    assert SECRET not in str(caught.value) and re.search("[一-鿿]", str(caught.value)) and secret_variable
    assert state(out, tmp_path) == before


@pytest.mark.parametrize(("sql", "words"), ENDED)
def test_ended(sql: str, words: str, out: Path, tmp_path: Path) -> None:
    before, begun = state(out), time.monotonic()
    with pytest.raises(PipelineError, match=words):
        query(out, sql, seconds=0.5)
    assert time.monotonic() - begun < 60
    assert state(out) == before


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) + len(ENDED) >= 100 and len({sql for sql, _ in REFUSED + ENDED}) == len(REFUSED) + len(ENDED)


def test_the_command_ends_with_2_and_says_why(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["query", str(out), "SELECT * FROM read_text('/etc/passwd')"]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "不能用 read_text" in shown.err
    endless = "SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))"
    assert invoke(["query", str(out), endless, "--seconds", "1"]) == 2
    assert "超过 1 秒，已停止" in capsys.readouterr().err


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
        "SELECT " + "1+" * 20_000 + "1",
        "SELECT " + "CASE WHEN 1 THEN " * 5_000 + "1" + " END" * 5_000,
        "SELECT '" + "a" * MOST_CHARS + "'",
        "SELECT '\ud800'",
    ],
)
def test_statements_too_deep_or_long(sql: str, out: Path) -> None:
    with pytest.raises(PipelineError, match=r"SQL|查询进程"):
        query(out, sql, seconds=5)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM measures",
        "FROM knowledge SELECT kind",
        "TABLE codes",
        "VALUES (1), (2)",
        "SHOW TABLES",
        "DESCRIBE knowledge",
        "SUMMARIZE measures",
        "SELECT * FROM information_schema.columns",
        "SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal",
        "SELECT unnest(string_split(codes, '；')) AS code FROM knowledge",
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t WHERE a < 5) SELECT * FROM t",
        "SELECT y, count(m.doc_id) FROM range(2020, 2026) r(y) LEFT JOIN knowledge m ON m.year = y GROUP BY y",
        "SELECT 'COPY; DROP TABLE read_text(''x'')' AS text -- ; DROP",
        'SELECT * FROM "references"',
        "SELECT 1 AS read_csv",
        "SELECT m.quote, d.title FROM measures m ASOF JOIN documents d ON m.doc_id >= d.doc_id",
    ],
)
def test_questions_are_answered(sql: str, out: Path) -> None:
    ask_here(out, sql)


def test_a_mistake_of_the_process_is_told(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.table.caged._CODE", "import sys; sys.exit('kaputt')")
    with pytest.raises(PipelineError, match=r"查询进程已结束（kaputt）"):
        query(out, "SELECT 1")
