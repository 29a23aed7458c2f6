"""GraphML (http://graphml.graphdrawing.org) for Gephi, Cytoscape, igraph and networkx: the one writer of networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pipeline.table.cells import printable


def graphml(
    name: str,
    node_keys: Mapping[str, str],
    nodes: Iterable[tuple[str, Mapping[str, Any]]],
    edge_keys: Mapping[str, str],
    edges: Iterable[tuple[str, str, Mapping[str, Any]]],
    *,
    directed: bool = False,
) -> Iterator[str]:
    """Yield the lines of a graph: nodes (id, attributes), edges (source, target, attributes).

    ``node_keys`` and ``edge_keys`` lead attributes to their types (string, int, double). An attribute that is None is
    left out. Characters XML has no place for are left out of texts and ids.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for where, keys in (("node", node_keys), ("edge", edge_keys)):
        for key, kind in keys.items():
            yield f'  <key id="{where}_{key}" for="{where}" attr.name="{key}" attr.type="{kind}"/>'
    yield f'  <graph id="{name}" edgedefault="{"directed" if directed else "undirected"}">'
    for node, values in nodes:
        yield f"    <node id={_quoted(node)}>{_data('node', values)}</node>"
    for source, target, values in edges:
        yield f"    <edge source={_quoted(source)} target={_quoted(target)}>{_data('edge', values)}</edge>"
    yield "  </graph>"
    yield "</graphml>"


def _quoted(text: str) -> str:
    """Return an attribute's value in quotation marks."""
    return quoteattr(printable(text))


def _data(where: str, values: Mapping[str, Any]) -> str:
    """Return the data elements of a node or edge."""
    return "".join(
        f'<data key="{where}_{name}">{escape(printable(str(value)))}</data>'
        for name, value in values.items()
        if value is not None
    )
