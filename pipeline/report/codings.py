"""The codings: each codebook's codes with their places and documents, and how often they come by year and province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.charts import heat, load_tiles
from pipeline.report import queries
from pipeline.report.content import Figure, Grid, grid, percent
from pipeline.report.corpus import province_of
from pipeline.table.coders import by_machine
from pipeline.table.matrices import ALL, Matrix, Question, matrix
from pipeline.table.query import connect
from pipeline.table.view import codebook_names

_COLUMNS = 16  # heads of a heat map at most


@dataclass(frozen=True, slots=True)
class Book:
    """One codebook: its name and origin, its codes, its pictures."""

    name: str
    source: str
    codes: Grid
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Codings:
    """The section's figures: codings, coders; the codebooks used. ``machine``: only the machine's are counted."""

    total: int
    coders: Grid
    people: tuple[str, ...]
    machine: bool
    suggestions: int
    books: tuple[Book, ...]


@dataclass(frozen=True, slots=True)
class _Heads:
    """Heads of a heat map with their documents, and which columns of a matrix belong to each."""

    labels: tuple[str, ...]
    documents: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]
    note: str


def read_codings(out: Path) -> Codings | None:
    """Return what was coded in the run, nothing when nothing was."""
    with connect(out) as connection:
        found = queries.coded(connection)
        if not found:
            return None
        names, sources = codebook_names(connection), queries.codebook_sources(connection)
        years = dict(queries.documents_by(connection, "year"))
        regions = dict(queries.documents_by(connection, "region"))
        documents = queries.lengths(connection).documents
        suggestions = queries.suggestions(connection)
    coders = list(dict.fromkeys(coder for _, coder, *_ in found))
    machine = any(by_machine(coder) for coder in coders)
    used = list(dict.fromkeys(book for book, coder, *_ in found if by_machine(coder) or not machine))
    books = tuple(
        _book(out, book, (names.get(book, book), sources.get(book, "")), (years, regions, documents), machine=machine)
        for book in used
    )
    rows = [(names.get(book, book), _coder(coder), n, docs) for book, coder, n, docs in found]
    return Codings(
        total=sum(n for *_, n, _ in found),
        coders=grid("编码者", ("编码本", "编码者", "编码", "文档"), rows),
        people=tuple(coder for coder in coders if not by_machine(coder)),
        machine=machine,
        suggestions=suggestions,
        books=books,
    )


def _coder(coder: str) -> str:
    """Return a coder as people call it."""
    return f"机器（{coder.removeprefix('machine:')}）" if by_machine(coder) else coder


def _book(
    out: Path, book: str, told: tuple[str, str], known: tuple[dict[str, int], dict[str, int], int], *, machine: bool
) -> Book:
    """Return one codebook; ``told`` are name and origin, ``known`` documents by year and region and in all."""
    coders = () if machine else (ALL,)
    name, source = told
    years, regions, documents = known
    places = matrix(out, Question(rows=book, cols="year", unit="codings", coders=coders))
    files = matrix(out, Question(rows=book, cols="year", unit="documents", coders=coders))
    rows = [
        (
            "　" * head.depth + head.label,
            n,
            files.row_totals[row],
            percent(float(files.row_totals[row] or 0), documents),
        )
        for row, (head, n) in enumerate(zip(places.rows.heads, places.row_totals, strict=True))
        if n
    ]
    by_region = matrix(out, Question(rows=book, cols="region", unit="codings", coders=coders, top=True))
    tops = [row for row, head in enumerate(places.rows.heads) if not head.depth]
    pictures = [
        _map(f"codes_{book}_year", f"{name} × 年份", places, tops, _year_heads(places, years, documents)),
        _map(f"codes_{book}_region", f"{name} × 省份", by_region, None, _province_heads(by_region, regions, documents)),
    ]
    return Book(
        name,
        source,
        grid(f"{name}：各代码", ("代码", "编码处数", "文档", "占文档"), rows),
        tuple(one for one in pictures if one is not None),
    )


def _year_heads(found: Matrix, documents: dict[str, int], of: int) -> _Heads:
    """Return the years of a matrix, the latest when there are many; a note tells how many of all (``of``) have none."""
    kept = [(place, head.key) for place, head in enumerate(found.cols.heads) if head.key]
    shown = kept[-_COLUMNS:]
    return _Heads(
        tuple(key for _, key in shown),
        tuple(documents.get(key, 0) for _, key in shown),
        tuple((place,) for place, _ in shown),
        (f"只画最近的 {len(shown)} 个年份。" if len(kept) > len(shown) else "") + unsaid(documents, of, "年份"),
    )


def unsaid(documents: dict[str, int], of: int, what: str) -> str:
    """Return a note on the documents, of all, that are in no column for want of a year or region; empty for none."""
    missing = of - sum(n for key, n in documents.items() if key)
    return f"没有写明{what}的 {missing} 篇不在图中。" if missing else ""


def _province_heads(found: Matrix, documents: dict[str, int], of: int) -> _Heads:
    """Return the regions of a matrix by province, those with most documents first; with a note as ``_year_heads``."""
    names = {tile.code: tile.name for tile in load_tiles()}
    places: dict[str, list[int]] = {}
    for place, head in enumerate(found.cols.heads):
        if head.key:
            label = names.get(province_of(head.key), "全国" if head.key == "全国" else "省份不明")
            places.setdefault(label, []).append(place)
    counts = {
        label: sum(documents.get(found.cols.heads[place].key, 0) for place in some) for label, some in places.items()
    }
    ordered = sorted(places, key=lambda label: (label == "省份不明", -counts[label], label))
    shown = ordered[:_COLUMNS]
    return _Heads(
        tuple(shown),
        tuple(counts[label] for label in shown),
        tuple(tuple(places[label]) for label in shown),
        (f"只画文档最多的 {len(shown)} 列。" if len(ordered) > len(shown) else "") + unsaid(documents, of, "地区"),
    )


def _map(key: str, title: str, found: Matrix, rows: Sequence[int] | None, heads: _Heads) -> Figure | None:
    """Return codings per document as a heat map; nothing for fewer than two columns or without codings."""
    kept = [
        row
        for row in (range(len(found.cells)) if rows is None else rows)
        if any(found.cells[row][place] for some in heads.places for place in some)
    ]
    if len(heads.labels) < 2 or not kept:
        return None
    counts = [[sum(int(found.cells[row][place] or 0) for place in some) for some in heads.places] for row in kept]
    means = [[round(n / max(docs, 1), 1) for n, docs in zip(line, heads.documents, strict=True)] for line in counts]
    labels = [found.rows.heads[row].label for row in kept]
    named = [f"{label}（{n}篇）" for label, n in zip(heads.labels, heads.documents, strict=True)]
    desc = f"{title}：每篇文档平均的编码处数"
    if not any(value for line in means for value in line):
        return None
    lines = [f"{label}\n{n}篇" for label, n in zip(heads.labels, heads.documents, strict=True)]
    chart = heat(f"{title}（每篇平均处数）", desc, labels, lines, means, unit="处/篇")
    note = f"格中为编码处数 ÷ 该列文档数；文档少的列起伏大。{heads.note}"
    table = grid(f"{title}（编码处数）", ("代码", *named), [(a, *b) for a, b in zip(labels, counts, strict=True)])
    return Figure(key, chart, table, note)
