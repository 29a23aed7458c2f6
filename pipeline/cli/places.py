"""Which document a user means, and where in it something stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.words import closest

if TYPE_CHECKING:
    from pipeline.running.records import Record, Records


def find_record(records: Records, name: str, out: Path) -> Record:
    """Return the one file meant by an id (or its beginning), a file name or a path.

    Raises PipelineError when there is none or more than one.
    """
    found = records.find(name)
    exact = [one for one in found if name in (one.doc_id, one.source.path, one.source.name)]
    found = exact or found
    if not found:
        near = closest(name, [record.source.name for record in records.rows()])
        raise PipelineError(f"{out} 中没有文档“{name}”{near}（文档编号或其开头几位、文件名、路径都可以）")
    if len(found) > 1:
        listed = "、".join(f"{one.doc_id}（{one.source.path}）" for one in found[:10])
        raise PipelineError(f"“{name}”对应 {len(found)} 篇文档：{listed}。请给出完整的文档编号或路径")
    return found[0]


def place(one: dict[str, Any]) -> str:
    """Return where an issue is: 「 第 3 页 第 120–125 字」."""
    parts = [f" 第 {one['page']} 页"] if one["page"] is not None else []
    if one["start"] is not None:
        parts.append(f" 第 {one['start']}–{one['end']} 字")
    return "".join(parts)
