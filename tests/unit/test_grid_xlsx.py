"""Any table as a workbook, and where files may be written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.cli.output import check_target, write_table
from pipeline.cli.topics_output import as_table
from pipeline.core.errors import PipelineError
from pipeline.core.files import check_free, check_place
from pipeline.ingest.xlsx import sheets_of
from pipeline.scoring.keyness import Keyness, Keyword


def cells(path: Path) -> list[list[str]]:
    ((grid, _),) = sheets_of(path.read_bytes(), path.name, max_chars=10**6, most_rows=1000)
    width = max(max(line.cells) for line in grid.lines) + 1
    return [[line.cells.get(column, "") for column in range(width)] for line in grid.lines]


def test_any_table_becomes_a_workbook(tmp_path: Path) -> None:
    found = pa.table(
        {
            "text": ["=1+1", "长" * 100, None],
            "count": [1, None, 3],
            "share": [0.5, float("nan"), float("inf")],
            "sure": [True, False, None],
            "money": [Decimal("3000.0000"), None, None],
            "list": [["甲", "乙"], [], None],
        }
    )
    target = tmp_path / "甲.xlsx"
    write_table(found, target, ["文字", "数", "占比", "确定", "金额", "列表"])
    rows = cells(target)
    assert rows[0] == ["文字", "数", "占比", "确定", "金额", "列表"]
    assert rows[1] == ["=1+1", "1", "0.5", "是", "3000", '["甲", "乙"]']
    assert rows[2] == ["长" * 100, "", "", "", "", "[]"]
    assert rows[3][:3] == ["", "3", "inf"]
    write_table(found.slice(0, 0), target)
    assert cells(target) == [["text", "count", "share", "sure", "money", "list"]]


def test_columns_and_types_come_from_the_row_not_from_the_rows() -> None:
    empty = as_table([], Keyword)
    one = as_table([Keyword("词", "target", 5, 0, 1.5, 0.0, 3, 0, 9.0, 2.0, 0.01, 0.02)], Keyword)
    assert empty.schema == one.schema
    assert [str(one.schema.field(name).type) for name in ("term", "side", "target", "low")] == [
        "string",
        "string",
        "int64",
        "double",
    ]
    assert one.to_pylist()[0]["low"] is None
    with pytest.raises(TypeError, match=r"Keyness\.target"):
        as_table([], Keyness)


def test_where_a_file_may_be_written(tmp_path: Path) -> None:
    there = tmp_path / "有.csv"
    there.write_text("x", encoding="utf-8")
    check_target(there)
    check_place(there)
    check_free(tmp_path / "无.csv", force=False)
    for wrong, words in ((tmp_path / "x.doc", "之一结尾"), (tmp_path / "无" / "x.csv", "写不了")):
        with pytest.raises(PipelineError, match=words):
            check_target(wrong)
    (tmp_path / "夹.csv").mkdir()
    with pytest.raises(PipelineError, match="写不了"):
        check_target(tmp_path / "夹.csv")
    check_free(there, force=True)
    with pytest.raises(PipelineError, match="已经存在"):
        check_place(there, force=False)
