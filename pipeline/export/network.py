"""The network of references: documents and the titles they cite, edges typed by relation, as GraphML."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.table.cells import rows
from pipeline.table.graphml import graphml
from pipeline.table.query import copies
from pipeline.table.schema import TABLES
from pipeline.table.words import unwrap

_TABLES = {table.name: table for table in TABLES}
_OF_DOCUMENT = ("title", "doc_number", "issuer", "issue_date", "year", "doc_kind", "level", "region", "source_name")
NODE_KEYS = {
    "label": "string",
    "kind": "string",
    **{name: "int" if name == "year" else "string" for name in _OF_DOCUMENT},
    "cited": "int",
}
EDGE_KEYS = {"relation": "string", "weight": "double"}
DOCUMENT, CITED = "文档", "被引标题"


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes: id → attributes (``NODE_KEYS``). Edges: (citing, cited, relation) → how often it is mentioned so."""

    nodes: Mapping[str, Mapping[str, Any]]
    edges: Mapping[tuple[str, str, str], int]


def network(out: Path) -> Network:
    """Return the references of a finished run as a network.

    Nodes are the documents that were read (copies once) and the titles that are no document of the run: those of one
    title and one 发文字号 are one node. ``cited`` counts the documents that mention it.
    Raises PipelineError when ``out`` has no tables.
    """
    left_out = copies(out)
    nodes: dict[str, dict[str, Any]] = {}
    for doc_id, status, *values in rows(out, _TABLES["documents"], names=("doc_id", "status", *_OF_DOCUMENT)):
        if status != "failed" and doc_id not in left_out:
            said = dict(zip(_OF_DOCUMENT, values, strict=True))
            label = unwrap(said["title"] or said["source_name"])
            nodes[f"d-{doc_id}"] = {"label": label, "kind": DOCUMENT, **said}
    edges: Counter[tuple[str, str, str]] = Counter()
    names = ("doc_id", "title", "doc_number", "relation", "target_doc_id")
    found = [row for row in rows(out, _TABLES["references"], names=names) if f"d-{row[0]}" in nodes]
    numbers: dict[str, set[str]] = defaultdict(set)
    for _, title, number, _, _ in found:
        numbers[_bare(title)] |= {_bare(number)} if number else set()
    for doc_id, title, number, relation, target in found:
        cited = f"d-{target}"
        if cited not in nodes:
            own = {"label": unwrap(title), "kind": CITED, "title": unwrap(title), "doc_number": number}
            cited = _id(_bare(title), number and _bare(number), numbers[_bare(title)])
            node = nodes.setdefault(cited, own)
            node["doc_number"] = node["doc_number"] or number
        edges[f"d-{doc_id}", cited, relation] += 1
    citing = Counter(cited for _, cited in {(source, cited) for source, cited, _ in edges})
    return Network({name: {**values, "cited": citing[name]} for name, values in nodes.items()}, edges)


def _bare(text: str) -> str:
    """Return ``text`` without white space."""
    return "".join(text.split())


def _id(title: str, number: str | None, numbers: set[str]) -> str:
    """Return the id of a cited title, the same in every run: by title, and by number where it has several."""
    words = f"{title}\n{number or ''}" if len(numbers) > 1 else title
    return f"t-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def export_graphml(out: Path, target: Path) -> tuple[str, ...]:
    """Write the references of a finished run to ``target`` as GraphML; return what to tell. Raises as ``network``."""
    found = network(out)
    with completed(target) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        for line in graphml("references", NODE_KEYS, found.nodes.items(), EDGE_KEYS, _edges(found), directed=True):
            file.write(line + "\n")
    documents = sum(node["kind"] == DOCUMENT for node in found.nodes.values())
    return (f"引用网络：文档 {documents} 篇，被引标题 {len(found.nodes) - documents} 个，边 {len(found.edges)} 条",)


def _edges(found: Network) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the edges with their attributes."""
    for (source, cited, relation), mentions in found.edges.items():
        yield source, cited, {"relation": relation, "weight": mentions}
