"""A sample as a project for NVivo, QualCoder and others: the documents whole, the clauses to code marked, and back.

The marks are codings of one code, 「抽样/待编码条款」, by the user 「抽样」; the codebooks come with their definitions
but without codings. Whoever codes the file leaves the marks where they are: they tell the import (``incoming``) which
clauses were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.qda.build import Choice, build_project
from pipeline.qda.project import Path as CodePath
from pipeline.qda.qdpx_write import write_qdpx
from pipeline.qda.sample_sheet import SampleRow
from pipeline.table.schema import CodingRow

BOOK, CODE, MARKER = "抽样", "待编码条款", "抽样"


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
    key = f"{row.doc_id}:{row.start}-{row.end}:{BOOK}.{CODE}"
    return CodingRow(
        coding_id=key,
        doc_id=row.doc_id,
        codebook=BOOK,
        code=CODE,
        code_path=CODE,
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


def is_mark(path: CodePath) -> bool:
    """Tell whether a code of a file is that of the marks, whatever its codebook is called by then."""
    return path[-1] == CODE
