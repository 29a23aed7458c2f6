"""Which terms stand together in clauses: a network of terms with counts and NPMI, as a table and as GraphML.

A node's frequency is in how many clauses it stands, an edge's weight in how many clauses both do, however often. NPMI
(Bouma 2009) is the logarithm of how much oftener that is than by chance, over −log of its share: 0 by chance, 1 always
together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np

from pipeline.core.association import npmi
from pipeline.core.errors import PipelineError
from pipeline.table.graphml import graphml

TERMS, EDGES = 150, 500
LEAST, LEAST_DOCUMENTS, LEAST_NPMI = 5, 3, 0.1
_DIGITS = 6
NODE_KEYS = {"term": "string", "frequency": "int", "documents": "int", "degree": "int"}
EDGE_KEYS = {"weight": "int", "documents": "int", "npmi": "double"}


@dataclass(frozen=True, slots=True)
class Node:
    """A term: in how many clauses and documents it stands, and how many edges of the network end at it."""

    term: str
    frequency: int
    documents: int
    degree: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Two terms, ``source`` < ``target``: in how many clauses (``weight``) and documents both stand, and NPMI.

    Fields are called as network programs call the columns of a table of edges.
    """

    source: str
    target: str
    weight: int
    documents: int
    npmi: float


@dataclass(frozen=True, slots=True)
class TermNetwork:
    """Terms by frequency, edges by weight. ``possible``: so many edges passed the limits before the most were kept."""

    documents: int
    clauses: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    possible: int
    notes: tuple[str, ...]

    def graphml(self) -> str:
        """Return the network as GraphML, for Gephi, Cytoscape, igraph or networkx."""
        nodes = ((node.term, asdict(node)) for node in self.nodes)
        edges = ((edge.source, edge.target, _figures(edge)) for edge in self.edges)
        return "\n".join(graphml("terms", NODE_KEYS, nodes, EDGE_KEYS, edges)) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an edge must reach, and the most terms (by frequency) and edges (by weight) kept."""

    terms: int = TERMS
    edges: int = EDGES
    least: int = LEAST
    least_documents: int = LEAST_DOCUMENTS
    least_npmi: float = LEAST_NPMI


def term_network(
    clauses: Iterable[tuple[str, Collection[str]]], limits: Limits | None = None, *, around: Collection[str] = ()
) -> TermNetwork:
    """Return the network of the terms of ``clauses``: (document, the clause's terms), clauses of a document together.

    ``around`` keeps clauses with one of these words, which always are nodes; frequencies and NPMI stay those of all
    clauses. Raises PipelineError when no clause has a term, or one of ``around`` stands nowhere.
    """
    limits = limits or Limits()
    numbers: dict[str, int] = {}
    kept: list[tuple[str, frozenset[int]]] = []
    frequency: Counter[int] = Counter()
    spread: Counter[int] = Counter()
    near: Counter[int] = Counter()
    last, seen = "", set[int]()
    documents = total = 0
    wanted = set(around)
    for doc_id, terms in clauses:
        if not terms:
            continue
        if doc_id != last:
            spread.update(seen)
            last, seen, documents = doc_id, set(), documents + 1
        ids = frozenset(numbers.setdefault(term, len(numbers)) for term in sorted(terms))
        total += 1
        frequency.update(ids)
        seen |= ids
        if not wanted or not wanted.isdisjoint(terms):
            near.update(ids)
            kept.append((doc_id, ids))
    spread.update(seen)
    if missing := [term for term in around if term not in numbers]:
        raise PipelineError(f"条款中没有词“{'”“'.join(missing)}”（词须与主题模型所用的相同）")
    if not total:
        raise PipelineError("所选文档的条款中没有实词，没有词网可建")
    words = list(numbers)
    usable = [i for i in near if frequency[i] >= limits.least and spread[i] >= limits.least_documents]
    usable.sort(key=lambda i: (words[i] not in wanted, -near[i], words[i]))
    chosen = frozenset(usable[: limits.terms])
    edges, possible = _edges(kept, words, chosen, (frequency, total), limits)
    degree = Counter(term for edge in edges for term in (edge.source, edge.target))
    nodes = [Node(words[i], frequency[i], spread[i], degree[words[i]]) for i in chosen if degree[words[i]]]
    nodes.sort(key=lambda node: (-node.frequency, node.term))
    notes = [f"边：同一条款中至少 {limits.least} 次、{limits.least_documents} 篇，NPMI 至少 {limits.least_npmi:g}"]
    if possible > len(edges):
        notes.append(f"符合条件的边有 {possible} 条，只留共现最多的 {len(edges)} 条")
    if len(usable) > limits.terms:
        notes.append(f"够频率的词有 {len(usable)} 个，只取最常见的 {limits.terms} 个")
    return TermNetwork(documents, total, tuple(nodes), tuple(edges), possible, tuple(notes))


def _edges(
    clauses: Iterable[tuple[str, frozenset[int]]],
    words: list[str],
    chosen: frozenset[int],
    counted: tuple[Counter[int], int],
    limits: Limits,
) -> tuple[list[Edge], int]:
    """Return the edges among the terms chosen, those of the highest count, and how many there were."""
    together: Counter[tuple[int, int]] = Counter()
    spread: Counter[tuple[int, int]] = Counter()
    last, seen = "", set[tuple[int, int]]()
    for doc_id, ids in clauses:
        if doc_id != last:
            spread.update(seen)
            last, seen = doc_id, set()
        pairs = list(combinations(sorted(ids & chosen), 2))
        together.update(pairs)
        seen.update(pairs)
    spread.update(seen)
    frequency, total = counted
    shares = [(count / total, frequency[a] / total, frequency[b] / total) for (a, b), count in together.items()]
    values = npmi(*np.array(shares).reshape(-1, 3).T).tolist()
    edges = []
    for (pair, count), value in zip(together.items(), values, strict=True):
        if count >= limits.least and spread[pair] >= limits.least_documents and value >= limits.least_npmi:
            a, b = sorted(words[i] for i in pair)
            edges.append(Edge(a, b, count, spread[pair], round(value, _DIGITS)))
    edges.sort(key=lambda edge: (-edge.weight, -edge.npmi, edge.source, edge.target))
    return edges[: limits.edges], len(edges)


def _figures(edge: Edge) -> dict[str, object]:
    """Return what is told of an edge beside its ends."""
    return {name: value for name, value in asdict(edge).items() if name in EDGE_KEYS}
