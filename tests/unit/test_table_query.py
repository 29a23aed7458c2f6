"""Questions to the tables: read-only, nothing outside reachable, limits held; summaries and the words of columns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from table_samples import build

from pipeline.core.errors import PipelineError
from pipeline.table.assemble import build_tables
from pipeline.table.query import connect, query
from pipeline.table.schema import TABLES
from pipeline.table.summary import render, summarize, yuan
from pipeline.table.view import code_columns, codebook_names
from pipeline.table.words import per_words, unwrap


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def test_every_table_can_be_asked(out: Path) -> None:
    counts = build(out / "again").rows
    for table in TABLES:
        found = query(out, f'SELECT count(*) AS n FROM "{table.name}"').to_pylist()
        assert found == [{"n": counts[table.name]}]


@pytest.mark.parametrize("sql", ["WITH a AS (SELECT 1 AS x) SELECT x FROM a", "SELECT 1 AS x;", "SELECT 1 AS x -- 注"])
def test_with_comments_and_a_last_semicolon_are_fine(sql: str, out: Path) -> None:
    assert query(out, sql, limit=5).to_pylist() == [{"x": 1}]


def test_a_limit_and_a_time_limit_hold(out: Path) -> None:
    assert query(out, "SELECT * FROM range(10) ORDER BY 1 DESC", limit=2).column(0).to_pylist() == [9, 8]
    with pytest.raises(PipelineError, match="已停止"):
        query(out, "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b", seconds=0.5)


def test_no_run_and_a_broken_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="请先运行"):
        query(tmp_path, "SELECT 1")
    (tmp_path / "knowledge.duckdb").write_text("not a database", encoding="utf-8")
    with pytest.raises(PipelineError, match="打不开"):
        query(tmp_path, "SELECT 1")


def test_the_view_has_the_documents_words(out: Path) -> None:
    row = query(out, "SELECT * FROM knowledge ORDER BY start").to_pylist()[0]
    assert row["source_name"] == "甲.pdf"
    assert (row["title"], row["year"], row["section"]) == ("岚川市人才办法", 2024, "一、 引才")
    assert row["codes"] == "demo:引才补贴；demo:留"
    assert (row["codes_demo"], row["topic_id"], row["topic"]) == ("引才补贴；留", "t001", "补贴 人才")
    assert query(out, "SELECT count(*) AS n FROM knowledge").to_pylist() == [{"n": 2}]


def test_columns_have_chinese_comments(out: Path) -> None:
    found = query(
        out, "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    )
    assert found.to_pylist() == []
    words = query(out, "SELECT comment FROM duckdb_columns() WHERE table_name = 'knowledge' AND column_name = 'bound'")
    assert words.to_pylist()[0]["comment"].startswith("限定：")


def test_other_code_and_reference_rows(out: Path) -> None:
    assert query(out, "SELECT code_path, parent FROM codes WHERE code = 'attract-money'").to_pylist() == [
        {"code_path": "attract/attract-money", "parent": "attract"}
    ]
    assert query(out, 'SELECT target_doc_id FROM "references"').to_pylist() == [{"target_doc_id": "b" * 16}]
    assert query(out, "SELECT topic_id, n_documents, coherence FROM topics ORDER BY 1").to_pylist() == [
        {"topic_id": "t000", "n_documents": 1, "coherence": 0.123457},
        {"topic_id": "t001", "n_documents": 1, "coherence": None},
    ]
    assert query(out, "SELECT DISTINCT doc_id FROM doc_topics WHERE topic_id = 't000' ORDER BY 1").num_rows == 2


def test_codebooks_never_share_a_column() -> None:
    names = code_columns(["a-b", "a_b", "A_B", "四链"])
    assert len({name.casefold() for name in names.values()}) == 4
    assert names["四链"] == "codes_四链"


def test_the_summary_tells_what_was_found(out: Path) -> None:
    summary = summarize(out)
    assert summary.documents == (("done", 2), ("partial", 1), ("failed", 1))
    assert summary.kinds == (("money", 2),) and summary.roles == (("benefit", 2),)
    assert [(one.value, one.quote) for one in summary.benefits] == [(500000, "50万元"), (3000, "3000元")]
    text = render(summary, out)
    for words in (
        "失败 1",
        "金额 2",
        "50万元",
        "最高不超过50万元",
        "甲.pdf",
        "金额最大的优惠支持（自动判断，请核对原文）",
        "编码 2 处",
        "  示例：引 1；留 1",
        "补贴 人才 1篇",
        "ingest.damaged",
    ):
        assert words in text


def test_an_empty_run_has_a_summary(tmp_path: Path) -> None:
    build_tables(list, tmp_path)
    text = render(summarize(tmp_path), tmp_path)
    assert text.startswith("没有读到文件") and "0 份" not in text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("500000", "50万元"),
        ("120000000.0000", "1.2亿元"),
        ("3000.0000", "3000元"),
        ("10000", "1万元"),
        ("0.5000", "0.5元"),
    ],
)
def test_amounts_as_people_say_them(value: str, expected: str) -> None:
    assert yuan(Decimal(value)) == expected


def test_an_interrupted_build_leaves_the_earlier_database(tmp_path: Path) -> None:
    build(tmp_path)
    from pipeline.table.database import build_database

    (tmp_path / "tables" / "issues.parquet").write_bytes(b"broken")
    with pytest.raises(duckdb.Error):
        build_database(tmp_path / "tables", tmp_path / "knowledge.duckdb")
    assert query(tmp_path, "SELECT 1 AS a").num_rows == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["knowledge.duckdb", "tables"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM references", '请加英文双引号：SELECT * FROM "references"'),
        ("SELECT * FROM measure", "可用的表：documents（文档）"),
        ("SELECT qoute FROM measures", "DESCRIBE knowledge"),
    ],
)
def test_mistakes_in_sql_have_a_chinese_hint(sql: str, words: str, out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        query(out, sql)
    assert words in str(caught.value) and "Error" in str(caught.value)


def test_tables_and_columns_can_be_looked_up(out: Path) -> None:
    assert "knowledge" in query(out, "SHOW TABLES").column(0).to_pylist()
    assert "evidence" in query(out, "DESCRIBE knowledge").column(0).to_pylist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("给予生活\n补贴", "给予生活补贴"),
        ("每人\r\n  3000 元", "每人3000 元"),
        ("AI\nmodel", "AI model"),
        ("a b　c", "a b　c"),
        ("", ""),
    ],
)
def test_hard_wraps_vanish(text: str, expected: str) -> None:
    assert unwrap(text) == expected


def test_the_basis_is_chinese() -> None:
    assert (per_words("人/once"), per_words("once"), per_words("人/月"), per_words(None)) == (
        "人/一次性",
        "一次性",
        "人/月",
        None,
    )


def test_codebooks_keep_their_names(out: Path) -> None:
    with connect(out) as connection:
        assert codebook_names(connection) == {"demo": "示例"}
