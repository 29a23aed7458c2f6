"""The Python interface: the same verbs as the command line, on files, texts and finished runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.core.config import Config, load_config
from pipeline.core.document import Document
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Coding, Measure
from pipeline.core.offsets import OffsetMap
from pipeline.core.stage import Stage
from pipeline.table.rows import Rows

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from pipeline.running.report import RunReport
    from pipeline.table.matrices import Matrix
    from pipeline.table.matrices_frame import Framework


def read(path: str | Path, *, config: str | Path | None = None) -> Document:
    """Return the document at ``path`` with all its layers. Offsets of layers after ``raw`` are into ``doc.text.text``.

    Raises PipelineError, in Chinese, when the file can't be read or holds many documents (``read_all``), or the
    configuration is wrong.
    """
    documents = read_all(path, config=config)
    if len(documents) > 1:
        raise PipelineError(f"{path}: 这一个文件里有 {len(documents)} 篇文档，请改用 pipeline.read_all")
    return documents[0]


def read_all(path: str | Path, *, config: str | Path | None = None) -> list[Document]:
    """Return every document of the file at ``path`` with its layers: one, or those of a table, a digest, a zip.

    Raises PipelineError as ``read`` does; one document of a zip that can't be read raises too.
    """
    from pipeline.running.inputs import list_inputs
    from pipeline.running.reading import documents

    stages = _stages(_config(config).model_dump_json())
    return [doc for file in list_inputs([Path(path)]).files for doc in documents(file, stages)]


def extract_measures(text: str) -> list[Measure]:
    """Return the measures of ``text`` in order; their offsets are into ``text`` itself."""
    doc = _of_text(text, ("measures",))
    if doc.text is None or not doc.measures:
        return []
    return [_moved(measure, doc.text.offsets()) for measure in doc.measures]


def code(text: str, codebook: str | Path) -> list[Coding]:
    """Return the codings of ``text`` by a shipped codebook or the file of one (YAML, xlsx, csv); offsets into ``text``.

    Raises PipelineError for a codebook that isn't there or has mistakes.
    """
    from pipeline.books.coders import load_coder
    from pipeline.coding.apply import code

    coder = load_coder(load_config().coding, [str(codebook)])
    doc = _of_text(text, ("outline", "sentences"))
    if doc.text is None or doc.outline is None or doc.sentences is None:
        return []
    offsets = doc.text.offsets()
    found = code(doc.text, doc.outline, doc.sentences, coder=coder)
    return [_moved(coding, offsets) for coding in found if coding.given]


def run(
    inputs: str | Path | Iterable[str | Path],
    out: str | Path,
    *,
    config: str | Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
) -> RunReport:
    """Read ``inputs`` (files and folders) and write the knowledge table into ``out``; return how it went.

    What an earlier run in ``out`` has done isn't done again unless ``fresh``.
    Raises PipelineError before anything is run.
    """
    from pipeline.running.runner import run

    paths = [Path(inputs)] if isinstance(inputs, str | Path) else [Path(p) for p in inputs]
    return run(paths, Path(out), config=_config(config, workers), fresh=fresh)


def open(out: str | Path) -> Knowledge:
    """Return the tables of a finished run. Raises PipelineError when ``out`` holds none."""
    from pipeline.table.query import connect

    with connect(Path(out)):
        return Knowledge(Path(out))


class Knowledge:
    """The tables of a finished run, read-only: as Arrow, pandas or polars. A notebook shows what there is."""

    def __init__(self, out: Path) -> None:
        """Remember where the run's output is."""
        self._out = out

    def __repr__(self) -> str:
        """Return the folder and the number of rows of each table."""
        counts = ", ".join(f"{name} {count}" for name, _, count in self._counts())
        return f"Knowledge({str(self._out)!r}: {counts})"

    def _repr_html_(self) -> str:
        """Return the tables with their Chinese names and row counts, for notebooks."""
        from pipeline.table.html import counts_html

        return counts_html(str(self._out), self._counts())

    def _counts(self) -> list[tuple[str, str, int]]:
        """Return name, Chinese name and number of rows of each table and of the view."""
        from pipeline.table.query import row_counts

        return row_counts(self._out)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of all tables and views."""
        return tuple(sorted(name for name, _, _ in self._counts()))

    def arrow(self, table: str) -> pa.Table:
        """Return ``table`` as an Arrow table. Raises PipelineError for an unknown name."""
        from pipeline.table.query import whole_table

        if table not in self.tables:
            raise PipelineError(f"没有名为“{table}”的表，可用的有：{'、'.join(self.tables)}")
        return whole_table(self._out, table)

    def table(self, table: str) -> Rows:
        """Return ``table`` as ``Rows``, which a notebook shows with Chinese headings and the first rows."""
        from pipeline.table.query import column_headings

        return Rows(self.arrow(table), column_headings(self._out, table))

    def pandas(self, table: str) -> pd.DataFrame:
        """Return ``table`` as a pandas DataFrame; needs pandas (pip install 'cewen[frames]')."""
        return Rows(self.arrow(table)).pandas()

    def polars(self, table: str) -> pl.DataFrame:
        """Return ``table`` as a polars DataFrame; needs polars (pip install 'cewen[frames]')."""
        return Rows(self.arrow(table)).polars()

    def query(self, sql: str, *, limit: int | None = None, seconds: float = 60.0) -> pa.Table:
        """Return the result of one SELECT over the tables as an Arrow table, at most ``limit`` rows.

        It is run in a process of its own, which can reach nothing but the tables. Raises PipelineError for any other
        statement, a mistake, or when it takes over ``seconds``, too much memory or gives over two million rows.
        """
        from pipeline.table.query import query

        return query(self._out, sql, limit=limit, seconds=seconds)

    def measures(
        self,
        *,
        review: bool = False,
        group: str | Sequence[str] = (),
        sum: bool = False,
        limit: int | None = None,
        **filters: Any,
    ) -> Rows:
        """Return measures with their documents' metadata, filtered as by ``cewen measures``: kind, role, region …

        A filter takes one value or several. ``review`` gives the review queue: the least sure first, with a column
        ``doubt`` that says what is doubtful. ``group`` (「region」, 「年份/5」 … or several) gives counts by groups in
        place of measures, ``sum`` adds sum, sum_low, min, max and mean, apart by kind, unit and basis
        (``table.grouping``). Raises PipelineError for a name or value that isn't there.
        """
        from pipeline.table.filters import Filters, given
        from pipeline.table.grouping import grouped
        from pipeline.table.measures import headings, measures

        chosen = given(Filters, filters)
        if group or sum:
            found = grouped(self._out, [group] if isinstance(group, str) else group, chosen, values=sum, limit=limit)
            return Rows(found.table, found.headings, found.notes)
        return Rows(measures(self._out, chosen, review=review, limit=limit), headings(self._out))

    def search(self, asked: str, *, whole: bool = False, limit: int | None = None, **filters: Any) -> Rows:
        """Return the sentences that hold words, as ``cewen search`` does: 「人才 补贴」, 「人才 NOT 住房」.

        A row each: document, place, ``text`` and ``marks``, the places found ([start, end] into ``raw_text``).
        ``whole`` keeps whole words only, as the run cut them. ``filters``: region, issuer, year, level, doc_kind, doc.
        Raises PipelineError for mistakes.
        """
        from pipeline.running.searching import search
        from pipeline.table.filters import given
        from pipeline.table.search import HEADINGS, SearchFilters

        found = search(self._out, asked, given(SearchFilters, filters), whole=whole, limit=limit)
        return Rows(found, HEADINGS)

    def codings(self, *, review: bool = False, limit: int | None = None, **filters: Any) -> Rows:
        """Return codings with their documents, filtered as by ``cewen codings``: code, codebook, coder, region …

        ``review`` gives the queue: the machine's codings and suggestions it was least sure of first (``state``).
        """
        from pipeline.table.codings import HEADINGS, CodingFilters, codings
        from pipeline.table.filters import given

        return Rows(codings(self._out, given(CodingFilters, filters), review=review, limit=limit), HEADINGS)

    def import_codings(
        self, file: str | Path, *, coder: str | None = None, reviewed: bool = False, dry_run: bool = False
    ) -> dict[str, Any]:
        """Import a coded file (.qdpx, Label Studio, doccano, a table) as ``cewen import --json`` does; return the same.

        Raises PipelineError when the file can't be read or isn't of this run.
        """
        from pipeline.qda.told import as_data
        from pipeline.running.importing import import_codings

        found = import_codings(self._out, Path(file), coder=coder, reviewed=reviewed, dry_run=dry_run)
        return as_data(found)

    def matrix(self, rows: str, cols: str, **options: Any) -> Matrix:
        """Return a matrix as ``cewen matrix`` does: counts by ``rows`` and ``cols``, for example 引育用留 and 地区.

        ``options``: unit, codebooks, coders (tuples of names), within, top; see ``table.matrices.Question``.
        ``.arrow()`` is the matrix as an Arrow table, ``.shares("row")`` its percentages.
        """
        from pipeline.table.matrices import Question, matrix

        return matrix(self._out, Question(rows=rows, cols=cols, **options))

    def passages(self, found: Matrix, row: int | None = None, col: int | None = None) -> pa.Table:
        """Return the passages behind a matrix, or behind its cell (``row``, ``col``), with their places."""
        from pipeline.table.matrices import passages

        return passages(self._out, found, row=row, col=col)

    def framework(self, rows: str, cols: str, *, most: int | None = None, **options: Any) -> Framework:
        """Return the quotations behind every cell of a matrix (``most`` of each), usually 文档 × a codebook."""
        from pipeline.table.matrices import EVERY, Question
        from pipeline.table.matrices_frame import framework

        question = Question(rows=rows, cols=cols, **options)
        return framework(self._out, question, most=EVERY if most is None else most)

    def cases(self, rows: Mapping[str, str], cols: Mapping[str, str], *, coders: Sequence[str] = ()) -> Framework:
        """Return a comparison of cases: names → what belongs to them, as in ``--case`` and ``--column``."""
        from pipeline.table.matrices_cases import Cases, compare, named

        sides = [tuple(named(f"{name}={parts}") for name, parts in side.items()) for side in (rows, cols)]
        return compare(self._out, Cases(*sides), coders=tuple(coders))

    def score(self, gold: str | Path, *, mistakes: int = 0) -> dict[str, Any]:
        """Return how the run's measures score against the gold in the folder ``gold``, as ``cewen eval --json`` does.

        ``mistakes`` lists so many of them. Raises PipelineError for mistakes in the gold or texts not in the run.
        """
        from pipeline.scoring.found import read_found
        from pipeline.scoring.gold import read_gold
        from pipeline.scoring.measures import as_data, score

        texts = read_gold(Path(gold))
        wanted = {name: text.records for name, text in texts.items()}
        return as_data(score(wanted, read_found(self._out, texts)), mistakes=mistakes)

    def agreement(
        self,
        *coders: str,
        unit: Literal["char", "sentence", "clause", "document"] = "clause",
        codebooks: Sequence[str] = (),
        depth: int | None = None,
        disagreements: int = 0,
    ) -> dict[str, Any]:
        """Return how well ``coders`` (default: all; ``machine`` is the machine) agree, as ``cewen agreement --json``.

        ``depth`` 1 compares top codes only; ``disagreements`` lists so many.
        Raises PipelineError when there is nothing that two have read or used.
        """
        from pipeline.running.agreeing import compare_coders
        from pipeline.scoring.agreement_result import as_data

        compared = compare_coders(self._out, coders, unit, codebooks, depth)
        return as_data(compared.found, compared.disagreements(disagreements))


def _config(path: str | Path | None, workers: int | None = None) -> Config:
    """Return the configuration of ``path`` with another number of workers if given."""
    overrides = {} if workers is None else {"run": {"workers": workers}}
    return load_config(None if path is None else Path(path), overrides)


@lru_cache(maxsize=2)
def _stages(config_json: str) -> tuple[Stage, ...]:
    """Return the stages of a configuration, loaded once."""
    from pipeline.running.stages import build

    return build(Config.model_validate_json(config_json))


def _of_text(text: str, wanted: Sequence[str]) -> Document:
    """Return a document over ``text`` with the ``wanted`` layers and those they need."""
    stages = _stages(load_config().model_dump_json())
    needed, names = [], set(wanted)
    for stage in reversed(stages):
        if stage.gives in names and stage.gives != "raw":
            needed.append(stage)
            names |= set(stage.needs)
    doc = Document.of_text(text)
    for stage in reversed(needed):
        doc = stage(doc)
    return doc


def _moved(item: Any, offsets: OffsetMap) -> Any:
    """Return a measure or coding with its offsets in the source text."""
    start, end = offsets.to_source(item.start, item.end)
    moved = replace(item, start=start, end=end)
    if isinstance(item, Measure):
        evidence = offsets.to_source(item.evidence_start, item.evidence_end)
        moved = replace(moved, evidence_start=evidence[0], evidence_end=evidence[1])
    return moved
