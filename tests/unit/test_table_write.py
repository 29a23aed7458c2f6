"""Tables on disk: same rows, same bytes; whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from table_samples import build

from pipeline.table.schema import TABLES, DocTopicRow, IssueRow
from pipeline.table.write import GROUP_CHARS, TableWriter, to_arrow


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    build(tmp_path / "a")
    build(tmp_path / "b")
    first = hashes(tmp_path / "a" / "tables")
    assert first == hashes(tmp_path / "b" / "tables")
    assert set(first) == {f"{table.name}.parquet" for table in TABLES}


def test_row_groups_depend_on_the_rows_only(tmp_path: Path) -> None:
    rows = [DocTopicRow(f"d{i}", "t000", 0.5) for i in range(45_000)]
    with TableWriter(tmp_path / "a") as writer:
        writer.add("doc_topics", rows)
    with TableWriter(tmp_path / "b") as writer:
        for row in rows:
            writer.add("doc_topics", [row])
        assert writer.counts()["doc_topics"] == 45_000
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    with pq.ParquetFile(tmp_path / "a" / "doc_topics.parquet") as file:
        assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [20_000, 20_000, 5_000]
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_long_texts_end_a_row_group_early(tmp_path: Path) -> None:
    from table_samples import entries

    from pipeline.table.build import build_rows
    from pipeline.table.resolve import index

    (row,) = build_rows(entries()[3], targets=index(()), code_paths={}).documents
    from dataclasses import replace

    long = replace(row, raw_text="字" * (GROUP_CHARS // 2))
    with TableWriter(tmp_path) as writer:
        writer.add("documents", [long, row, long, row])
    with pq.ParquetFile(tmp_path / "documents.parquet") as file:
        assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [3, 1]


def test_an_error_leaves_the_earlier_tables_as_they_were(tmp_path: Path) -> None:
    with TableWriter(tmp_path) as writer:
        writer.add("doc_topics", [DocTopicRow("a", "t000", 1.0)])
    before = hashes(tmp_path)
    with pytest.raises(RuntimeError), TableWriter(tmp_path) as writer:
        writer.add("doc_topics", [DocTopicRow("b", "t000", 1.0)])
        raise RuntimeError
    assert hashes(tmp_path) == before


def test_tables_without_rows_have_their_columns(tmp_path: Path) -> None:
    with TableWriter(tmp_path):
        pass
    for table in TABLES:
        found = pq.read_table(tmp_path / f"{table.name}.parquet")
        assert found.num_rows == 0
        assert found.schema.equals(to_arrow(table, []).schema, check_metadata=False)


def test_rows_of_another_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="IssueRow"), TableWriter(tmp_path) as writer:
        writer.add("doc_topics", [IssueRow(None, "run", "bug", "error", "", None, None, None)])
