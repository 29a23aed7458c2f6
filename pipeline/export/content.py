"""What an export of tables holds: which tables, with which columns and rows, and what is told about them.

The formats (xlsx, csv, jsonl, parquet, sav, dta) only write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.export import notes
from pipeline.export.knowledge import HIDDEN, NAME, ZH, knowledge_columns, knowledge_rows
from pipeline.table.cells import rows, write_csv
from pipeline.table.derive import Column, columns
from pipeline.table.overlay import laid, measure_rows
from pipeline.table.panel import NAME as PANEL
from pipeline.table.panel import ZH as PANEL_ZH
from pipeline.table.panel import PanelQuestion, panel
from pipeline.table.schema import TABLES, Table
from pipeline.table.words import closest

# in a workbook the file name, the title and the quantity stay in sight
_FROZEN = 3
_MEASURES = "measures"
# what people may call a table → its name
_NAMES = {ZH: NAME, NAME: NAME} | {word: table.name for table in TABLES for word in (table.zh, table.name)}


@dataclass(frozen=True, slots=True)
class Content:
    """One table: its names, its columns, how to read its rows; ``hidden`` columns and ``frozen`` ones of a sheet.

    ``keys`` are the columns that make the rows of a panel unique.
    """

    name: str
    zh: str
    columns: tuple[Column, ...]
    read: Callable[[], Iterable[Sequence[Any]]]
    hidden: frozenset[str] = frozenset()
    frozen: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The options of an export of tables, as ``targets.OPTIONS`` names them.

    ``tables``: names or Chinese names (default: all; the knowledge table where the place is a file). ``panel``: the
    keys of a panel, separated by commas, which goes out alone; ``balanced``, ``codebooks`` and ``coders`` are of it.
    ``bare``: no notes and no data dictionary beside a single file.
    """

    tables: tuple[str, ...] = ()
    panel: str = ""
    balanced: bool = False
    codebooks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """The tables to hand over, and notes of their own (heading, sentence)."""

    contents: tuple[Content, ...]
    notes: tuple[tuple[str, str], ...] = ()

    def dictionary(self) -> list[tuple[str, str, str, str, str]]:
        """Return the lines of the data dictionary under ``notes.DICTIONARY_HEADINGS``."""
        return [notes.line(f"{one.name} {one.zh}", column) for one in self.contents for column in one.columns]

    @property
    def told(self) -> tuple[str, ...]:
        """The notes as sentences for the screen."""
        return tuple(sentence for _, sentence in self.notes)


def bundle(out: Path, chosen: Chosen, *, single: bool) -> Bundle:
    """Return what is to be written of the finished run ``out``; ``single``: into one file that holds one table.

    Raises PipelineError for an unknown table, options that don't go together, and when ``out`` has no tables.
    """
    mistakes = list(_mistakes(chosen, single=single))
    if mistakes:
        raise PipelineError(*mistakes)
    if chosen.panel:
        return _panel(out, chosen)
    asked = [_NAMES[one] for one in chosen.tables]
    names = asked or ([NAME] if single else [NAME, *(table.name for table in TABLES)])
    known = {table.name: table for table in TABLES}
    contents = tuple(_knowledge(out) if name == NAME else _table(out, known[name]) for name in names)
    corrected = not {NAME, _MEASURES}.isdisjoint(names)
    return Bundle(contents, tuple(("人工复核", sentence) for sentence in laid(out).zh) if corrected else ())


def _mistakes(chosen: Chosen, *, single: bool) -> Iterable[str]:
    """Yield a sentence for each thing that doesn't fit."""
    if chosen.panel and chosen.tables:
        yield "--panel 只导出面板，不能与 --table 同时用"
    alone = (("--balanced", chosen.balanced), ("--codebook", chosen.codebooks), ("--coder", chosen.coders))
    for option, given in alone:
        if given and not chosen.panel:
            yield f"导出结果表时 {option} 只与 --panel 同用，例如 --panel 地区,年份 {option}"
    for name in chosen.tables:
        if name not in _NAMES:
            yield f"--table：没有表“{name}”{closest(name, _NAMES)}"
    if single and len(chosen.tables) > 1:
        yield "一个文件只放一张表：请只写一个 --table，或者给出目录"


def _knowledge(out: Path) -> Content:
    """Return the knowledge table."""
    view = knowledge_columns(out)
    return Content(NAME, ZH, view, lambda: knowledge_rows(out, view), HIDDEN, _FROZEN)


def _table(out: Path, table: Table) -> Content:
    """Return one of the run's tables."""
    read = (lambda: measure_rows(out)) if table.name == _MEASURES else (lambda: rows(out, table))
    return Content(table.name, table.zh, columns(table.row), read)


def _panel(out: Path, chosen: Chosen) -> Bundle:
    """Return the panel asked for."""
    keys = tuple(part.strip() for part in chosen.panel.replace("，", ",").split(",") if part.strip())
    question = PanelQuestion(keys=keys, codebooks=chosen.codebooks, coders=chosen.coders, balanced=chosen.balanced)
    found = panel(out, question)
    frozen = max(at + 1 for at, column in enumerate(found.columns) if column.name in found.keys)
    content = Content(PANEL, PANEL_ZH, found.columns, lambda: found.rows, frozen=frozen, keys=found.keys)
    return Bundle((content,), tuple((PANEL_ZH, note) for note in (found.zh, *found.notes)))


def is_single(place: Path, suffix: str) -> bool:
    """Tell whether ``place`` is to be one file with ``suffix`` and not a folder."""
    return place.suffix.lower() == suffix


def written(
    place: Path, made: Bundle, suffix: str, write: Callable[[Content, Path], None], *, beside: Beside | None
) -> None:
    """Write each table of ``made`` to ``place``, a file or a folder of files, with notes and data dictionary.

    ``beside`` gives these two; without it none are written. Their names hold the format: what they say differs, and
    the same tables may lie there in another one.
    """
    form = suffix.removeprefix(".")
    if is_single(place, suffix):
        write(made.contents[0], place)
        folder, stem = place.parent, f"{place.stem}_{form}_"
    else:
        for content in made.contents:
            write(content, place / f"{content.name}{suffix}")
        folder, stem = place, f"{form}_"
    if beside is not None:
        write_csv(folder / f"{stem}数据字典.csv", beside.heads, beside.dictionary)
        write_csv(folder / f"{stem}说明.csv", notes.HEADINGS, beside.notes)


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the tables: the notes, and the data dictionary under its headings."""

    notes: Sequence[tuple[str, str]]
    heads: Sequence[str]
    dictionary: Sequence[Sequence[str]]


def beside(made: Bundle, of: str, chosen: Chosen) -> Beside | None:
    """Return what lies beside the tables of the format ``of``; nothing when it is to be bare."""
    if chosen.bare:
        return None
    return Beside([*made.notes, *notes.notes(of)], notes.DICTIONARY_HEADINGS, made.dictionary())
