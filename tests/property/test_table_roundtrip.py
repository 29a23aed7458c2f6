"""Rows → Arrow → Parquet → DuckDB → rows: nothing changes on the way."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.table.derive import Column, columns
from pipeline.table.schema import TABLES, Table
from pipeline.table.write import TableWriter

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def values(column: Column) -> st.SearchStrategy[Any]:
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(sorted(column.col.values)) if column.col.values else TEXT,
        int: st.integers(-(2**62), 2**62),
        float: st.floats(allow_nan=False),
        Decimal: st.integers(-(10**20) + 1, 10**20 - 1).map(lambda number: Decimal(number).scaleb(-4)),
    }
    plain = kinds[column.type]
    return st.none() | plain if column.nullable else plain


def rows(table: Table) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.tuples(*(values(column) for column in columns(table.row))), max_size=5).map(
        lambda found: [table.row(*row) for row in found]
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_read_back(table: Table, data: st.DataObject) -> None:
    written = data.draw(rows(table))
    names = [column.name for column in columns(table.row)]
    with tempfile.TemporaryDirectory() as folder:
        with TableWriter(Path(folder)) as writer:
            writer.add(table.name, written)
        path = Path(folder) / f"{table.name}.parquet"
        from_parquet = [table.row(**row) for row in pq.read_table(path).to_pylist()]
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [str(path)])
            found = connection.execute("SELECT * FROM t ORDER BY rowid").fetchall()
            described = [row[0] for row in connection.execute("DESCRIBE t").fetchall()]
    assert from_parquet == written
    assert described == names
    assert [table.row(*row) for row in found] == written
