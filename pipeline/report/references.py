"""The documents others refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report import queries
from pipeline.report.content import Figure, Grid, bar_figure, filled, grid, short
from pipeline.report.words import Words

if TYPE_CHECKING:
    import duckdb

_MOST = 15


@dataclass(frozen=True, slots=True)
class References:
    """The section's figures: mentions, documents with any, documents named, mentions of documents of the run."""

    mentions: int
    documents: int
    named: int
    inside: int
    cited: Grid | None
    figures: tuple[Figure, ...]


def read_references(connection: duckdb.DuckDBPyConnection, words: Words) -> References | None:
    """Return which documents the run's documents refer to, nothing when they refer to none."""
    prefix = "^(" + "|".join(map(re.escape, words.title_prefixes)) + ")"
    mentions, documents, named, inside = queries.references(connection, prefix)
    if not mentions:
        return None
    rows = [
        (
            short(one.title, 60),
            one.doc_number or "",
            one.relations,
            "是" if one.known else "",
            one.documents,
            one.mentions,
        )
        for one in queries.most_cited(connection, prefix, _MOST)
        if one.documents > 1
    ]
    picture = bar_figure("references_relation", "引用的关系", queries.relations(connection), unit="处", head="关系")
    heads = ("标题", "发文字号", "关系", "本次语料中", "引用它的文档", "提到次数")
    table = filled(grid("被引最多的文件", heads, rows)) if rows else None
    return References(mentions, documents, named, inside, table, (picture,) if picture else ())
