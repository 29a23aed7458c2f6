"""The topics of a finished run: all of them, one with its documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import PipelineError
from pipeline.table.query import connect, fetch
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

HEADINGS = {
    "topic_id": "主题",
    "label": "名称",
    "n_documents": "文档数",
    "share": "占比",
    "coherence": "一致性",
    "top_terms": "主题词",
    "model": "模型",
}
_ALL = "(SELECT count(DISTINCT doc_id) FROM doc_topics)"
_SHARE = f"SELECT topic_id, sum(weight) / {_ALL} AS share FROM doc_topics GROUP BY 1"


def topics(out: Path) -> pa.Table:
    """Return the topics of the run in ``out``, largest first, with their shares of all documents.

    Raises PipelineError when it has none.
    """
    with connect(out) as connection:
        refuse_none(connection, out)
        return fetch(
            connection,
            "SELECT topic_id, label, n_documents, round(coalesce(share, 0), 6) AS share, coherence, top_terms, model"
            f" FROM topics LEFT JOIN ({_SHARE}) USING (topic_id) ORDER BY n_documents DESC, share DESC, topic_id",
        )


def refuse_none(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Raise PipelineError, with the reason, when the run has no topics."""
    if connection.execute("SELECT count(*) FROM topics").fetchall() != [(0,)]:
        return
    reason = connection.execute("SELECT message FROM issues WHERE stage = 'topics' LIMIT 1").fetchone()
    told = reason[0] if reason else f"配置中关闭了 [topics]，可用 cewen topics fit {out} 建立。"
    raise PipelineError(f"{out}: 结果中没有主题。{told}")


def find_topic(out: Path, name: str) -> str:
    """Return the id of the topic meant by an id (``t003``, ``3``) or a label. Raises PipelineError when none is."""
    found = topics(out).select(["topic_id", "label"]).to_pylist()
    short = re.fullmatch(r"[tT]?(\d{1,6})", name.strip())
    wanted = f"t{int(short[1]):03d}" if short else name.strip()
    for one in found:
        if wanted in (one["topic_id"], one["label"]):
            return str(one["topic_id"])
    near = closest(name.strip(), [f"{one['topic_id']}（{one['label']}）" for one in found])
    raise PipelineError(f"{out} 中没有主题“{name}”{near}")


def documents_of(out: Path, topic_id: str, limit: int | None = None) -> pa.Table:
    """Return the documents that have a topic, those with most of it first."""
    with connect(out) as connection:
        return fetch(
            connection,
            "SELECT round(weight, 4) AS weight, source_name, title, region, year, doc_id"
            " FROM doc_topics JOIN documents USING (doc_id) WHERE topic_id = ? ORDER BY weight DESC, doc_id",
            [topic_id],
            limit=limit,
        )


def terms_of(out: Path, topic_id: str) -> list[tuple[str, float]]:
    """Return the top words of a topic with their weights."""
    with connect(out) as connection:
        sql = "SELECT term, weight FROM topic_terms WHERE topic_id = ? ORDER BY rank"
        return [(str(term), float(weight)) for term, weight in connection.execute(sql, [topic_id]).fetchall()]
