"""A made-up run of a million measures, written by SQL through the real builder, for ``bench_explore.py``."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.core import outputs
from pipeline.table.corrections import Correction, add_corrections
from pipeline.table.database import build_database
from pipeline.table.derive import columns
from pipeline.table.schema import BOUNDS, KINDS, ROLES, TABLES

PER_DOCUMENT, SECTIONS, CODINGS, CODES, TOPICS = 50, 10, 20, 30, 20
_LENGTH = 2_500
_STEP = _LENGTH // PER_DOCUMENT
_TYPES = {"str": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "Decimal": "DECIMAL(20,4)"}


def _pick(words: list[str], seed: int, of: str = "i") -> str:
    """Return the expression of one of some words, by the hash of a number; the first ones more often."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + least(hash({of} + {seed}) % {len(words)}, hash({of} + {seed + 1}) % {len(words)})::INT]"


def _doc(of: str) -> str:
    """Return the expression of a document's id."""
    return f"printf('%016x', {of})"


def _statements(n_measures: int) -> dict[str, tuple[str, dict[str, str]]]:
    """Return table → rows to make (``i`` from 0) and column → expression; other columns are empty."""
    n_documents = n_measures // PER_DOCUMENT
    d, k = f"(i // {PER_DOCUMENT})", f"(i % {PER_DOCUMENT})"
    start = f"({k} * {_STEP} + 20)"
    cities = [f"第{number}市" for number in range(40)]
    region = f"['甲省', '乙省', '丙省'][1 + (hash(i) % 3)::INT] || {_pick(cities, 5)}"
    code = f"printf('c%02d', hash(i + 8) % {CODES})"
    coded = f"(i // {CODINGS})", f"((i % {CODINGS}) * {_LENGTH // CODINGS})"
    sentence = f"'对符合条件的第' || {k} || '类人才给予补贴' || (hash(i) % 1000) || '万元，由有关部门负责落实。'"
    return {
        "documents": (
            str(n_documents),
            {
                "doc_id": _doc("i"),
                "source_name": "'文件' || i || '.txt'",
                "source_path": "'in/文件' || i || '.txt'",
                "title": "'关于第' || i || '号事项的若干措施'",
                "issuer": f"{region} || '人民政府'",
                "level": _pick(["市", "省", "县"], 3),
                "region": region,
                "year": "2010 + (hash(i + 7) % 15)::BIGINT",
                "n_chars": str(_LENGTH),
                "status": "'done'",
                "raw_text": f"repeat('给予补贴。', {_LENGTH // 5})",
            },
        ),
        "sections": (
            str(n_documents * SECTIONS),
            {
                "section_id": f"{_doc(f'(i // {SECTIONS})')} || ':s' || (i % {SECTIONS})",
                "doc_id": _doc(f"(i // {SECTIONS})"),
                "parent_id": f"CASE WHEN i % {SECTIONS} > 0 THEN {_doc(f'(i // {SECTIONS})')} || ':s0' END",
                "level": f"CASE WHEN i % {SECTIONS} > 0 THEN 2 ELSE 1 END",
                "number": f"'第' || (i % {SECTIONS}) || '条'",
                "heading": "'支持内容'",
                "start": f"(i % {SECTIONS}) * {_LENGTH // SECTIONS}",
                "end": f"(i % {SECTIONS} + 1) * {_LENGTH // SECTIONS}",
            },
        ),
        "measures": (
            str(n_measures),
            {
                "measure_id": f"{_doc(d)} || ':' || {start} || '-' || ({start} + 5) || ':money'",
                "doc_id": _doc(d),
                "kind": _pick(list(KINDS), 11),
                "value_max": "(hash(i + 1) % 1000) * 10000",
                "unit": "'元'",
                "bound": _pick(list(BOUNDS), 13),
                "role": _pick(list(ROLES), 15),
                "item": _pick([f"第{number}项补贴" for number in range(200)], 17),
                "beneficiary": _pick([f"第{number}类人才" for number in range(100)], 19),
                "instrument": _pick(["补贴", "奖励", "贷款贴息", "税收减免", "补助", "资助"], 21),
                "quote": "(hash(i) % 1000) || '万元'",
                "evidence": sentence,
                "start": start,
                "end": f"{start} + 5",
                "evidence_start": f"{start} - 20",
                "evidence_end": f"{start} + 20",
                "section_id": f"{_doc(d)} || ':s' || ({k} // {PER_DOCUMENT // SECTIONS})",
                "confidence": "(hash(i + 2) % 1000) / 1000",
                "rule": "'money.plain'",
            },
        ),
        "codings": (
            str(n_documents * CODINGS),
            {
                "coding_id": f"{_doc(coded[0])} || ':' || {coded[1]} || ':demo.' || {code}",
                "doc_id": _doc(coded[0]),
                "codebook": "'demo'",
                "code": code,
                "code_path": code,
                "start": coded[1],
                "end": f"{coded[1]} + {_LENGTH // CODINGS // 2}",
                "quote": "'给予补贴。'",
                "coder": "'machine:terms@1'",
                "score": "0.9",
            },
        ),
        "codes": (
            str(CODES),
            {
                "codebook": "'demo'",
                "code": "printf('c%02d', i)",
                "code_path": "printf('c%02d', i)",
                "name": "'代码' || i",
            },
        ),
        "topics": (
            str(TOPICS),
            {
                "topic_id": "printf('t%03d', i)",
                "model": "'nmf'",
                "label": "'主题' || i",
                "top_terms": "'词'",
                "n_documents": "1",
            },
        ),
        "doc_topics": (
            str(n_documents * 3),
            {
                "doc_id": _doc("(i // 3)"),
                "topic_id": f"printf('t%03d', (hash(i // 3) + i % 3) % {TOPICS})",
                "weight": "[0.5, 0.3, 0.2][1 + (i % 3)::INT]",
            },
        ),
    }


def make_store(out: Path, n_measures: int) -> None:
    """Write a finished run's database with ``n_measures`` measures, 50 in each document, into ``out``."""
    tables = out / outputs.TABLES
    tables.mkdir(parents=True)
    statements = _statements(n_measures)
    with duckdb.connect() as connection:
        for table in TABLES:
            number, made = statements.get(table.name, ("0", {}))
            listed = ", ".join(
                f'CAST({made.get(column.name, "NULL")} AS {_TYPES[column.type.__name__]}) AS "{column.name}"'
                for column in columns(table.row)
            )
            target = str(tables / f"{table.name}.parquet").replace("'", "''")
            connection.execute(f"COPY (SELECT {listed} FROM range({number}) r(i)) TO '{target}' (FORMAT parquet)")
    build_database(tables, out / outputs.DATABASE, names={"demo": "示例"})


def correct(out: Path, number: int) -> None:
    """Write ``number`` corrections anew, spread over the run: every other record another role, the others rejected."""
    (out / outputs.CORRECTIONS).unlink(missing_ok=True)
    if not number:
        return
    with duckdb.connect(str(out / outputs.DATABASE), read_only=True) as connection:
        every = "(SELECT count(*) // ? FROM measures)"
        sql = f"SELECT measure_id, doc_id, role FROM measures WHERE rowid % {every} = 0 LIMIT ?"
        rows = connection.execute(sql, [number, number]).fetchall()
    time = "2026-01-01T00:00:00Z"
    add_corrections(
        out,
        [
            Correction(name, doc, "rejected", "", "", "", "甲", time)
            if place % 2
            else Correction(name, doc, "corrected", "role", role, "other" if role != "other" else "fact", "甲", time)
            for place, (name, doc, role) in enumerate(rows)
        ],
    )
