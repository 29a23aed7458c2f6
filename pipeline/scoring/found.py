"""What a finished run found in the texts of the gold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.scoring.gold import GoldText
from pipeline.scoring.records import Record, basis
from pipeline.table.query import connect

if TYPE_CHECKING:
    import duckdb

_LISTED = 10
_HAS_FIGURE = "coalesce(value_min, value_max) IS NOT NULL"
_FIELDS = (
    "start",
    "end",
    "kind",
    "value_min",
    "value_max",
    "unit",
    "bound",
    "role",
    "per",
    "time",
    "item",
    "beneficiary",
    "confidence",
)


def read_found(out: Path, gold: Mapping[str, GoldText]) -> dict[str, list[Record]]:
    """Return the quantities of the run in ``out`` by the gold's names; measures without a figure are left out.

    A text is that of the document NAME.txt, or else of the one document with its name, whatever the ending.
    Raises PipelineError when ``out`` holds no finished run, or a text isn't in it once, whole and with the same
    characters.
    """
    with connect(out) as connection:
        rows = connection.execute("SELECT doc_id, source_name, status FROM documents").fetchall()
        documents = _by_name(rows)
        missing = [name for name in gold if name not in documents]
        mistakes = [_missing(out, missing, len(gold))] if missing else []
        for name, text in gold.items():
            if name in documents and (mistake := _mistake(connection, documents[name], text)):
                mistakes.append(f"{out}: {mistake}")
        if mistakes:
            raise PipelineError(*mistakes)
        return {name: _records(connection, documents[name][0][0]) for name in gold}


def _by_name(rows: list[tuple[str, str, str]]) -> dict[str, list[tuple[str, str, str]]]:
    """Return the documents (id, file name, status) by their names without ending; texts alone where there are some."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        found.setdefault(PurePosixPath(row[1]).stem, []).append(row)
    return {name: [row for row in those if row[1] == f"{name}.txt"] or those for name, those in found.items()}


def _missing(out: Path, names: list[str], of: int) -> str:
    """Return the mistake that texts of the gold aren't in the run."""
    listed = "、".join(f"{name}.txt" for name in names[:_LISTED]) + ("等" if len(names) > _LISTED else "")
    return f"{out}: 金标准的 {of} 篇文本中有 {len(names)} 篇不在结果里：{listed}。请先对金标准的目录运行 cewen run"


def _mistake(
    connection: duckdb.DuckDBPyConnection, documents: list[tuple[str, str, str]], gold: GoldText
) -> str | None:
    """Return why a text can't be scored, or ``None``."""
    if len(documents) > 1:
        listed = "、".join(f"{source_name}（{doc_id[:12]}）" for doc_id, source_name, _ in documents[:_LISTED])
        return f"有 {len(documents)} 篇文档都叫 {gold.name}：{listed}，不知道哪一篇是金标准的。请只对金标准的目录运行"
    ((doc_id, source_name, status),) = documents
    if status == "failed":
        return f"{source_name} 运行失败，没有结果可评。原因可用 cewen issues 查看"
    row = connection.execute("SELECT raw_text FROM documents WHERE doc_id = ?", [doc_id]).fetchone()
    text = str(row[0] or "") if row else ""
    if text == gold.text:
        return None
    pairs = enumerate(zip(text, gold.text, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), min(len(text), len(gold.text)))
    return f"{source_name} 的文本与金标准的 {gold.name}.txt 从第 {at} 字起不同，位置对不上。请对金标准的目录重新运行"


def _records(connection: duckdb.DuckDBPyConnection, doc_id: str) -> list[Record]:
    """Return the quantities of one document in order."""
    listed = ", ".join(f'"{name}"' for name in _FIELDS)
    sql = f"SELECT {listed} FROM measures WHERE doc_id = ? AND {_HAS_FIGURE} ORDER BY rowid"
    return [_record(dict(zip(_FIELDS, row, strict=True))) for row in connection.execute(sql, [doc_id]).fetchall()]


def _record(row: dict[str, Any]) -> Record:
    """Return one row of the table as a record."""
    values = {name: None if row[name] is None else float(row[name]) for name in ("value_min", "value_max")}
    return Record(**{**row, **values, "per": basis((row["per"] or "").split("/"))})
