"""Questions to the tables: read-only, nothing outside reachable, limits held; filters."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from table_samples import build, document

from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bound
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.filters import Filters
from pipeline.table.measures import count, measures
from pipeline.table.query import connect, query
from pipeline.table.schema import TABLES
from pipeline.table.summary import render, summarize, yuan
from pipeline.table.view import code_columns, codebook_names
from pipeline.table.words import number, per_words, unwrap, within


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


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO measures SELECT * FROM measures",
        "DROP TABLE measures",
        "DELETE FROM measures",
        "UPDATE measures SET kind = 'x'",
        "CREATE TABLE t (a int)",
        "COPY measures TO '{there}/x.csv'",
        "EXPORT DATABASE '{there}/x'",
        "ATTACH '{there}/y.db'",
        "ATTACH ':memory:' AS m",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE measures",
        "",
        "-- nothing",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM read_parquet('{out}/tables/measures.parquet')",
        "SELECT * FROM glob('{there}/*')",
        "SELECT * FROM read_blob('{secret}')",
        "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM secret_variable",
        "WITH x AS (SELECT * FROM read_text('{secret}')) SELECT * FROM x",
        "SELECT getenv('HOME')",
        "FROM query('COPY measures TO ''{there}/z.csv''')",
        "SELECT no_such_column FROM measures",
        "SELEC 1",
    ],
)
def test_nothing_but_reading_the_tables(sql: str, out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,geheim\n", encoding="utf-8")
    secret_variable = query(out, "SELECT 1 AS a")
    assert secret_variable.num_rows == 1
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(PipelineError) as caught:
        query(out, sql.format(there=tmp_path, secret=secret, out=out))
    assert "geheim" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


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


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["3000元", "50万元"]),
        (Filters(kind=("money", "count")), ["3000元", "50万元"]),
        (Filters(kind=("count",)), []),
        (Filters(min=Decimal(3001)), ["50万元"]),
        (Filters(max=Decimal(3000)), ["3000元"]),
        (Filters(min=Decimal(1000), max=Decimal(9999)), ["3000元"]),
        (Filters(item=("生活",)), ["3000元"]),
        (Filters(item=("生", "没有")), ["3000元"]),
        (Filters(beneficiary=("博士",), bound=("max",)), []),
        (Filters(code=("attract",)), ["3000元", "50万元"]),
        (Filters(code=("demo:留",)), ["3000元", "50万元"]),
        (Filters(code=("引",)), ["3000元", "50万元"]),
        (Filters(code=("示例:attract-money",)), ["3000元", "50万元"]),
        (Filters(code=("示例：留", "demo:keep")), ["3000元", "50万元"]),
        (Filters(codebook=("示例",)), ["3000元", "50万元"]),
        (Filters(role=("优惠支持",), bound=("上限",)), ["50万元"]),
        (Filters(doc=("aaaa",)), ["3000元", "50万元"]),
        (Filters(text=("给予生活补贴 3000",)), ["3000元", "50万元"]),
        (Filters(time=("2024",)), []),
        (Filters(topic=("补贴",)), ["3000元", "50万元"]),
        (Filters(topic=("t000",)), []),
        (Filters(region=("浙江",), year=(2023, 2024)), ["3000元", "50万元"]),
        (Filters(year=(2023,)), []),
        (Filters(doc=("甲.pdf",), text=("最高",)), ["3000元", "50万元"]),
        (Filters(issuer=("'; DROP TABLE measures; --",)), []),
    ],
)
def test_filters(filters: Filters, expected: list[str], out: Path) -> None:
    assert measures(out, filters, columns=("quote",)).column(0).to_pylist() == expected


def test_unknown_columns_are_all_named(out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, columns=("quote", "qoute", "x"))
    assert len(caught.value.mistakes) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500000", 500000),
        ("50万", 500000),
        ("1.5亿元", 150000000),
        ("2万亿", 2 * 10**12),
        ("30%", 30),
        ("1,000", 1000),
        ("3千万", 30000000),
        ("-5", -5),
        ("五十万", 500000),
        ("二十万元", 200000),
        ("一亿五千万", 150000000),
        ("十", 10),
        ("1，000", 1000),
    ],
)
def test_numbers_as_people_type_them(text: str, expected: int) -> None:
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "万", "1e5", "50万5", "nan", "3 4"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        number(text)


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
    ("filters", "words"),
    [
        (Filters(doc=("甲",)), "--doc：没有文档“甲”，是否应为“甲.pdf”"),
        (Filters(code=("示例:流",)), "--code：没有编码“示例:流”，是否应为“示例:"),
        (Filters(code=("atract",)), "是否应为“attract”"),
        (Filters(codebook=("示列",)), "--codebook：没有编码本“示列”，是否应为“示例”"),
        (Filters(region=("杭州",)), "--region：没有地区含“杭州”的文档，可用的有：浙江省岚川市"),
        (Filters(kind=("金钱",)), "--kind 的值“金钱”不对"),
        (Filters(time=("去年",)), "--time 的值“去年”不对"),
    ],
)
def test_a_value_the_run_does_not_have_is_told(filters: Filters, words: str, out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, filters)
    assert words in str(caught.value)


def test_all_unknown_values_are_told_at_once(out: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        measures(out, Filters(doc=("x",), code=("y",), region=("z",)))
    assert len(caught.value.mistakes) == 3


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ((), ["3000元", "50万元"]),
        (("-value",), ["50万元", "3000元"]),
        (("-数值",), ["50万元", "3000元"]),
        (("value_min",), ["3000元", "50万元"]),
        (("-bound", "quote"), ["50万元", "3000元"]),
        (("-数值原文",), ["50万元", "3000元"]),
    ],
)
def test_measures_are_sorted(sort: tuple[str, ...], expected: list[str], out: Path) -> None:
    assert measures(out, sort=sort, columns=("数值原文",)).column(0).to_pylist() == expected


def with_values(folder: Path) -> None:
    """Write a run whose bounds leave the open end empty, or fill both, and whose measures have times."""
    doc = document()
    assert doc.measures is not None
    kinds: list[tuple[Bound, int | None, int | None, str | None]] = [
        ("exact", 5, 5, "2024"),
        ("max", None, 20, "2023/2025"),
        ("max", 30, 30, "2024-06"),
        ("min", 40, None, "2026"),
        ("range", 10, 20, None),
    ]
    many = tuple(
        replace(
            doc.measures[0],
            bound=bound,
            value_min=None if low is None else Decimal(low),
            value_max=None if high is None else Decimal(high),
            time=time,
            item=f"{bound} {low} {high}",
        )
        for bound, low, high, time in kinds
    )
    entry = Entry(doc.doc_id, doc.source, "done", replace(doc, measures=many))
    build_tables(lambda: [entry], folder)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(min=Decimal(15)), ["max None 20", "max 30 30", "min 40 None", "range 10 20"]),
        (Filters(max=Decimal(15)), ["exact 5 5", "range 10 20"]),
        (Filters(min=Decimal(21), max=Decimal(39)), ["max 30 30"]),
        (Filters(min=Decimal(41)), []),
        (Filters(time=("2024",)), ["exact 5 5", "max None 20", "max 30 30"]),
        (Filters(time=("2025年",)), ["max None 20"]),
        (Filters(time=("2024-06",)), ["max None 20", "max 30 30"]),
        (Filters(time=("2026", "2024年6月")), ["max None 20", "max 30 30", "min 40 None"]),
    ],
)
def test_an_open_end_is_compared_by_the_other(filters: Filters, expected: list[str], tmp_path: Path) -> None:
    with_values(tmp_path)
    assert measures(tmp_path, filters, columns=("item",)).column(0).to_pylist() == expected
    assert count(tmp_path, filters) == len(expected)
    by_value = measures(tmp_path, columns=("item",), sort=("-value",)).column(0).to_pylist()
    assert by_value == ["min 40 None", "max 30 30", "max None 20", "range 10 20", "exact 5 5"]
    assert [one.value for one in summarize(tmp_path).benefits] == [40]


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


@pytest.mark.parametrize(
    ("time", "wanted", "expected"),
    [
        ("2025", "2025", True),
        ("2025-06-01", "2025-06", True),
        ("2025", "2025-06", False),
        ("2021/2025", "2023", True),
        ("2021/2025", "2025-06", True),
        ("2021-03/2025", "2021", True),
        ("2021/2025", "2026", False),
        ("2026/", "2030", True),
        ("/2026", "2020", True),
    ],
)
def test_times_within_another(time: str, wanted: str, expected: bool) -> None:
    assert within(time, wanted) is expected
