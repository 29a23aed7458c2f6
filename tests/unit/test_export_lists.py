"""The network of references and the bibliographies, read back by other readers."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from table_samples import build, document, source

from pipeline.core.errors import PipelineError
from pipeline.core.layers import HeadField, Reference
from pipeline.export.citations import load_kinds
from pipeline.export.targets import export
from pipeline.scoring.term_network import Edge, Node, TermNetwork
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry

SPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}
# the variables of CSL 1.0.2 (csl-data.json) that may stand in an item as text
CSL_TEXTS = {"title", "publisher", "number", "genre", "jurisdiction", "language", "note"}
CSL_TYPES = {"report", "document", "legislation", "article"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    build(folder)
    return folder


def read_graph(path: Path) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, dict[str, str]]]]:
    """Return nodes and edges with their attributes by name; every key, id and end must be declared."""
    tree = etree.parse(path)
    names = {key.get("id"): key.get("attr.name") for key in tree.iterfind("g:key", SPACE)}
    graph = tree.find("g:graph", SPACE)
    assert graph is not None

    def data(one: Any) -> dict[str, str]:
        return {names[part.get("key")]: part.text or "" for part in one.iterfind("g:data", SPACE)}

    nodes = {one.get("id"): data(one) for one in graph.iterfind("g:node", SPACE)}
    edges = [(one.get("source"), one.get("target"), data(one)) for one in graph.iterfind("g:edge", SPACE)]
    assert len(nodes) == len(graph.findall("g:node", SPACE))
    assert {end for edge in edges for end in edge[:2]} <= set(nodes)
    return nodes, edges


def test_the_network_has_documents_and_typed_edges(out: Path, tmp_path: Path) -> None:
    (told,) = export(out, "graphml", tmp_path / "n.graphml")
    assert told == "引用网络：文档 2 篇，被引标题 0 个，边 1 条"
    nodes, edges = read_graph(tmp_path / "n.graphml")
    assert sorted(node["label"] for node in nodes.values()) == ["岚川市人才办法", "岚川市总体方案"]
    ((source_id, target_id, values),) = edges
    assert nodes[source_id]["source_name"] == "甲.pdf" and nodes[target_id]["cited"] == "1"
    assert values == {"relation": "依据", "weight": "1"}
    assert nodes[source_id]["year"] == "2024"


def test_one_title_is_one_node_and_equal_edges_add_up(tmp_path: Path) -> None:
    def cites(*found: tuple[str, str | None, str]) -> tuple[Reference, ...]:
        given = document().references
        assert given
        first = given[0]
        return tuple(
            replace(first, title=title, doc_number=number, relation=relation)  # type: ignore[arg-type]
            for title, number, relation in found
        )

    base = document()
    one = replace(
        base,
        source=source("1.txt", "1"),
        references=cites(
            ("某办法", None, "依据"),
            ("某\n办法", "甲〔2020〕1号", "依据"),
            ("某办法", None, "废止"),
            ("通知", "甲〔1〕", "提及"),
        ),
    )
    two = replace(
        base, source=source("2.txt", "2"), references=cites(("某办法", None, "依据"), ("通知", "乙〔2〕", "提及"))
    )
    build_tables(lambda: [Entry(x.doc_id, x.source, "done", x) for x in (one, two)], tmp_path)
    export(tmp_path, "graphml", tmp_path / "n.graphml")
    nodes, edges = read_graph(tmp_path / "n.graphml")
    cited = [node for node in nodes.values() if node["kind"] == "被引标题"]
    assert Counter(node["title"] for node in cited) == {"某办法": 1, "通知": 2}
    (named,) = [node for node in cited if node["title"] == "某办法"]
    assert (named["doc_number"], named["cited"]) == ("甲〔2020〕1号", "2")
    weights = {
        (nodes[a]["source_name"], nodes[b]["title"], values["relation"]): values["weight"] for a, b, values in edges
    }
    assert weights["1.txt", "某办法", "依据"] == "2" and weights["1.txt", "某办法", "废止"] == "1"
    assert weights["2.txt", "某办法", "依据"] == "1"


def test_terms_and_references_have_one_writer(tmp_path: Path) -> None:
    network = TermNetwork(
        1, 1, (Node('<甲&\x00"', 3, 1, 1), Node("乙", 2, 1, 1)), (Edge('<甲&\x00"', "乙", 2, 1, 0.5),), 1, ()
    )
    (tmp_path / "t.graphml").write_text(network.graphml(), encoding="utf-8")
    nodes, edges = read_graph(tmp_path / "t.graphml")
    assert nodes['<甲&"'] == {"term": '<甲&"', "frequency": "3", "documents": "1", "degree": "1"}
    assert edges == [('<甲&"', "乙", {"weight": "2", "npmi": "0.5", "documents": "1"})]


def entries(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return key → kind and fields of a BibTeX file, by counting braces as BibTeX does; TeX commands undone."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    at = 0
    while (start := re.compile(r"@(\w+)\{([\w-]+),\s*").search(text, at)) is not None:
        assert start[2] not in found, "keys are unique"
        fields: dict[str, str] = {}
        at = start.end()
        while (name := re.compile(r"\s*(\w+) = \{").match(text, at)) is not None:
            depth, place = 1, name.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[place], 0)
                place += 1
            fields[name[1]] = text[name.end() : place - 1]
            comma = re.compile(r",\s*").match(text, place)
            assert comma
            at = comma.end()
        assert text[at] == "}"
        found[start[2]] = (start[1], fields)
    return found


def authors(field: str) -> list[str]:
    """Return the names of an author field: parted by 「and」 outside braces."""
    found, depth, at = [""], 0, 0
    while at < len(field):
        depth += {"{": 1, "}": -1}.get(field[at], 0)
        if not depth and field.startswith(" and ", at):
            found.append("")
            at += 5
        else:
            found[-1] += field[at]
            at += 1
    return found


def plain(tex: str) -> str:
    """Return what TeX prints of a field: commands undone, braces gone."""
    signs = {"backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^"}
    found = re.compile(r"\\text(\w+)\{\}|\\([$&#%_])|[{}]")
    return found.sub(lambda one: signs[one[1]] if one[1] else one[2] or "", tex)


def test_bibtex_has_each_document_once_with_its_fields(out: Path, tmp_path: Path) -> None:
    (told,) = export(out, "bibtex", tmp_path / "b.bib")
    assert told.startswith("题录 2 条")
    found = list(entries((tmp_path / "b.bib").read_text(encoding="utf-8")).values())
    kind, fields = found[0]
    assert kind == "techreport"
    assert authors(fields["author"]) == ["{岚川市人民政府}", "{岚川市财政局}"]
    assert fields["institution"] == "岚川市人民政府"
    assert fields["title"] == "{岚川市人才办法}" and fields["number"] == "岚政发〔2024〕3号"
    assert (fields["year"], fields["date"], fields["type"]) == ("2024", "2024", "办法") and "month" not in fields
    assert plain(fields["note"]) == "文件：甲.pdf"
    assert found[1][0] == "misc", "without an issuer it is no report of an institution"


HARD = ["100% & $5 #1_2", "{a", "b}", "\\input{x}", "a~b^c", "甲 and 乙", "引\"号'", "行\n尾\x1b[31m", "@misc{x,"]


def made(tmp_path: Path) -> None:
    """Write a run with a document for each hard text as title, issuer and number."""
    docs = []
    for number, text in enumerate(HARD):
        doc = document()
        assert doc.head is not None and doc.head.title is not None
        title = replace(doc.head.title, value=text)
        head = replace(
            doc.head, title=title, issuers=(title,), doc_number=title, issue_date=HeadField("2024-05-20", 0, 3)
        )
        docs.append(replace(doc, head=head, source=source(f"{number}{text}", str(number))))
    build_tables(lambda: [Entry(one.doc_id, one.source, "done", one) for one in docs], tmp_path)


def test_bibtex_keeps_hard_texts_and_its_braces(tmp_path: Path) -> None:
    made(tmp_path)
    export(tmp_path, "bibtex", tmp_path / "b.bib")
    text = (tmp_path / "b.bib").read_text(encoding="utf-8")
    wanted = [one.replace("\n", "").replace("\x1b", "") for one in HARD]
    found = entries(text)
    for field in ("title", "author", "number"):
        assert [plain(fields[field]) for _, fields in found.values()] == wanted
    assert all(len(authors(fields["author"])) == 1 for _, fields in found.values())
    assert {(fields["month"], fields["date"]) for _, fields in found.values()} == {("5", "2024-05-20")}


def test_csl_items_have_documented_fields_only(tmp_path: Path) -> None:
    made(tmp_path)
    export(tmp_path, "csl", tmp_path / "c.json")
    items = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert len({item["id"] for item in items}) == len(items) == len(HARD)
    for item, text in zip(items, HARD, strict=True):
        plain_text = text.replace("\n", "").replace("\x1b", "")
        assert set(item) <= CSL_TEXTS | {"id", "type", "author", "issued"}
        assert item["type"] in CSL_TYPES
        assert item["author"] == [{"literal": plain_text}] and item["title"] == item["number"] == plain_text
        assert item["issued"] == {"date-parts": [[2024, 5, 20]]}
        assert all(isinstance(item[name], str) and item[name] for name in CSL_TEXTS & set(item))


def test_csl_leaves_out_what_is_not_known(out: Path, tmp_path: Path) -> None:
    export(out, "csl", tmp_path / "c.json")
    first, second = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert first["issued"] == {"date-parts": [[2024]]} and first["genre"] == "办法"
    assert second["type"] == "document" and "author" not in second and "genre" not in second


def test_kinds_are_by_wenzhong() -> None:
    kinds = load_kinds()
    assert kinds.of("论文", issued=True).csl == "article"
    assert kinds.of("条例", issued=True).csl == "legislation"
    assert kinds.of("通知", issued=True).bibtex == "techreport" and kinds.of(None, issued=False).bibtex == "misc"
    assert {one.csl for one in (*kinds.kind, kinds.default, kinds.without_issuer)} <= CSL_TYPES


@pytest.mark.parametrize(("given", "meant"), [("Excel", "xlsx"), ("stata", "dta"), ("SPSS", "sav"), ("NVivo", "qdpx")])
def test_a_program_leads_to_its_format(given: str, meant: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=f"“{given}”，{given} 请写 {meant}$"):
        export(tmp_path, given, tmp_path / "x")
