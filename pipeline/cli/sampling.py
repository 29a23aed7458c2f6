"""Samples for a reliability test: drawn and written, and taken back filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.output import say
from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    import duckdb

    from pipeline.qda.sample_sheet import SampleRow
    from pipeline.scoring.sample import Clause
    from pipeline.table.schema import CodeRow

_WORDS = {"region": "地区", "year": "年份", "level": "层级", "doc_kind": "文种", "code": "代码"}
_UNKNOWN, _UNCODED = "（没有写明）", "（机器没有编码）"
_LISTED = 12


def write_sample(out: Path, dest: Path, books: Sequence[str], size: int, how: tuple[str | None, int]) -> None:
    """Draw ``size`` clauses and write them to ``dest`` (.xlsx or .qdpx); ``how``: what to stratify by, and the seed."""
    from pipeline.qda.sample_project import write_sample_project
    from pipeline.qda.sample_sheet import write_sample as write_sheet
    from pipeline.scoring.sample import draw
    from pipeline.table.query import connect

    by, seed = how
    with connect(out) as connection:
        codes, wanted = _codes(connection, books)
        clauses = _clauses(out, connection, by, wanted)
        drawn = draw(clauses, size, seed=seed)
        rows = _rows(connection, drawn)
    if not rows:
        raise PipelineError(f"{out}: 没有可抽的条款：运行结果里没有文字")
    strata = _strata(clauses, drawn) if by else ""
    words = f"{len(clauses)} 条中{f'按{_WORDS[by]}分层' if by else '随机'}抽 {len(drawn)} 条，种子 {seed}"
    if dest.suffix.lower() == ".xlsx":
        write_sheet(rows, codes, f"{out}：{words}{strata}", dest)
        say(f"已写入 {dest}：{words}。填好后用 cewen agreement {out} --filled {dest} 收回并比较。")
    else:
        for told in write_sample_project(out, rows, wanted if books else (), dest):
            say(told)
        say(f"已写入 {dest}：{words}。抽到的条款已标上“待编码条款”，请保留这些标记。")
        say(f"编码后用 cewen import {out} 文件 导入，再用 cewen agreement {out} 比较。")
    if len(drawn) < size:
        say(f"一共只有 {len(drawn)} 条，不足 {size} 条。")
    if strata:
        say(f"各层条数{strata}")


def _codes(connection: duckdb.DuckDBPyConnection, books: Sequence[str]) -> tuple[list[CodeRow], list[str]]:
    """Return the codes to be given, and the ids of their codebooks; a codebook by id or name."""
    from pipeline.table.schema import CodeRow
    from pipeline.table.view import codebook_names
    from pipeline.table.words import closest

    names = codebook_names(connection)
    ids = {**{name: book for book, name in names.items()}, **{book: book for book in names}}
    if mistakes := [f"没有编码本“{book}”{closest(book, names)}" for book in books if book not in ids]:
        raise PipelineError(*mistakes)
    wanted = list(dict.fromkeys(ids[book] for book in books)) or list(names)
    sql = "SELECT codebook, code, code_path, parent, name, definition, source FROM codes ORDER BY rowid"
    rows = [CodeRow(*row) for row in connection.execute(sql).fetchall()]
    return [row for row in rows if row.codebook in wanted], wanted


def _clauses(out: Path, connection: duckdb.DuckDBPyConnection, by: str | None, books: Sequence[str]) -> list[Clause]:
    """Return all clauses of the run with their strata, in order; a file that is there twice counts once."""
    from pipeline.running.borders import raw_units
    from pipeline.scoring.sample import Clause, rarest
    from pipeline.table.query import COPIES

    column = by if by and by != "code" else "year"
    sql = f"SELECT doc_id, {column} FROM documents WHERE raw_text IS NOT NULL AND doc_id NOT IN {COPIES}"
    strata = {str(doc): _UNKNOWN if value is None else str(value) for doc, value in connection.execute(sql).fetchall()}
    places = [(doc, *span) for doc, spans in raw_units(out, frozenset(strata), "clause") for span in spans]
    if by == "code":
        given = _given(connection, books)
        kinds = rarest([given.get(place, frozenset()) for place in places], none=_UNCODED)
        return [Clause(*place, kind) for place, kind in zip(places, kinds, strict=True)]
    return [Clause(*place, strata[place[0]] if by else "") for place in places]


def _given(
    connection: duckdb.DuckDBPyConnection, books: Sequence[str]
) -> Mapping[tuple[str, int, int], frozenset[str]]:
    """Return the names of the codes the machine gave each clause."""
    sql = (
        'SELECT doc_id, start, "end", list(DISTINCT codes.name) FROM codings JOIN codes USING (codebook, code)'
        " WHERE starts_with(coder, 'machine:') AND list_contains(?, codebook) GROUP BY ALL"
    )
    rows = connection.execute(sql, [list(books)]).fetchall()
    return {(str(doc), int(start), int(end)): frozenset(names) for doc, start, end, names in rows}


def _strata(clauses: Sequence[Clause], drawn: Sequence[Clause]) -> str:
    """Return how many of each stratum were drawn."""
    there: dict[str, list[int]] = {}
    for number, some in enumerate((clauses, drawn)):
        for clause in some:
            there.setdefault(clause.stratum, [0, 0])[number] += 1
    listed = [f"{name} {got}/{of}" for name, (of, got) in sorted(there.items())]
    return f"（抽到/共有）：{'，'.join(listed[:_LISTED])}{f' 等 {len(listed)} 层' if len(listed) > _LISTED else ''}"


def _rows(connection: duckdb.DuckDBPyConnection, drawn: Sequence[Clause]) -> list[SampleRow]:
    """Return the clauses with their text, file and section."""
    from pipeline.qda.sample_sheet import SampleRow
    from pipeline.scoring.disagreements import section_at, texts_of

    ids = list(dict.fromkeys(clause.doc_id for clause in drawn))
    texts, sections = texts_of(connection, ids)
    sql = "SELECT doc_id, source_name FROM documents WHERE list_contains(?, doc_id)"
    names = dict(connection.execute(sql, [ids]).fetchall())
    return [
        SampleRow(
            one.doc_id,
            one.start,
            one.end,
            names[one.doc_id],
            section_at(sections[one.doc_id], one.start),
            texts[one.doc_id][one.start : one.end],
        )
        for one in drawn
    ]


def take_back(out: Path, path: Path) -> None:
    """Keep what a filled sample says beside the run, and put it into the tables."""
    from pipeline.running.importing import import_sample

    imported = import_sample(out, path)
    reading = imported.reading
    assert reading is not None
    say(f"已收回 {path}：{reading.coders[0]} 读过 {len(reading.stretches)} 条，编码 {len(reading.codings)} 处。")
    for name, number in imported.gone:
        say(f"people/{name}.json 中有 {number} 条编码所在的文档已不在本次运行中，没有写入结果表。")
