"""A sample as a project for NVivo, QualCoder and others: the documents whole, the clauses to code marked, and back.

The marks are codings of one code, 「抽样/待编码条款」, by the user 「抽样」; the codebooks come with their definitions
but without codings. Whoever codes the file leaves the marks where they are: they tell ``as_sample`` which clauses were
read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.qda.build import Choice, build_project
from pipeline.qda.qdpx_write import write_qdpx
from pipeline.qda.sample_sheet import MARKER, SAMPLED, SampleRow
from pipeline.table.people import Reading, Stretch
from pipeline.table.schema import CodingRow

BOOK = "抽样"


def write_sample_project(
    out: Path, rows: Sequence[SampleRow], codebooks: Iterable[str], target: Path
) -> tuple[str, ...]:
    """Write the sample's documents with its clauses marked; return what there is to tell, in Chinese.

    Raises PipelineError as ``build_project`` does.
    """
    marks: dict[str, list[CodingRow]] = {}
    for row in rows:
        marks.setdefault(row.doc_id, []).append(_mark(row))
    wanted = (*codebooks, BOOK) if codebooks else ()
    instead = {doc_id: tuple(some) for doc_id, some in marks.items()}
    built = build_project(out, Choice(tuple(wanted), (), False, instead))
    write_qdpx(built.project, target)
    return tuple(built.words)


def _mark(row: SampleRow) -> CodingRow:
    """Return the mark of a clause."""
    key = f"{row.doc_id}:{row.start}-{row.end}:{BOOK}.{SAMPLED}"
    return CodingRow(
        coding_id=key,
        doc_id=row.doc_id,
        codebook=BOOK,
        code=SAMPLED,
        code_path=SAMPLED,
        start=row.start,
        end=row.end,
        quote=row.text,
        coder=MARKER,
        score=None,
        rule=None,
        created=None,
        page=None,
        boxes=None,
    )


def as_sample(reading: Reading) -> Reading:
    """Return a reading of a coded sample with its marks as ``stretches``; any other as it is.

    A mark is known by its code's name or path, whatever the codebook and coder are called by then.
    """
    names = {(code.codebook, code.code) for code in reading.codes if SAMPLED in (code.name, code.code)}
    marks = [c for c in reading.codings if c.code == SAMPLED or (c.codebook, c.code) in names]
    if not marks:
        return reading
    gone = {id(mark) for mark in marks}
    stretches = dict.fromkeys(Stretch(mark.doc_id, mark.start, mark.end) for mark in marks)
    return replace(
        reading,
        coders=tuple(name for name in reading.coders if name != MARKER),
        doc_ids=tuple(dict.fromkeys(stretch.doc_id for stretch in stretches)),
        codes=tuple(c for c in reading.codes if (c.codebook, c.code) not in names and c.name not in (BOOK, SAMPLED)),
        codings=tuple(coding for coding in reading.codings if id(coding) not in gone),
        stretches=tuple(stretches),
    )
