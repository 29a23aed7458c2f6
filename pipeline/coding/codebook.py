"""Codebooks: what a researcher writes in YAML or a table, read strictly into frozen models.

A codebook's ``groups`` are word lists that ``near`` and ``not`` can name: ``near: [$people]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.coding.book_mistakes import raw_mistakes
from pipeline.coding.table_book import in_words, read_sheets
from pipeline.coding.table_layout import Sheet
from pipeline.core.config import BOOK_SUFFIXES, names_file
from pipeline.core.errors import PipelineError
from pipeline.core.strict import Lines, digest, mistakes_of, parse_yaml, read_text

Name = Annotated[str, Field(min_length=1, max_length=60)]
Words = tuple[Annotated[str, Field(min_length=2, max_length=40)], ...]


class _Sheet(BaseModel):
    """Frozen and strict: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Sheet):
    """A word that speaks for a code.

    ``weight`` 1 is enough alone at the default threshold. With ``near``, one of these words must stand in the same
    sentence or its heading. A hit that overlaps a phrase in ``not`` (here ``unless``) doesn't count.
    """

    term: str = Field(min_length=2, max_length=40)
    weight: float = Field(default=1.0, gt=0, le=5)
    near: Words = ()
    unless: Words = Field(default=(), alias="not")


def _as_mapping(value: Any) -> Any:
    """Return a plain string as a term with the defaults."""
    return {"term": value} if isinstance(value, str) else value


class Code(_Sheet):
    """A theme: name and definition for people, ``terms`` for the machine. Who gets a child gets its parents too.

    ``aliases`` are what other codings call it; each stands for one code of the codebook only.
    """

    code: str = Field(pattern=r"^[\w\-]+$", max_length=60)
    name: Name
    definition: str
    aliases: tuple[Name, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    terms: tuple[Annotated[Term, BeforeValidator(_as_mapping)], ...] = ()
    children: tuple[Code, ...] = ()


class Codebook(_Sheet):
    """A set of codes. The headings above a clause add at most ``heading_weight`` to a code it speaks of itself."""

    codebook: str = Field(pattern=r"^[\w\-]+$", max_length=60)
    name: Name
    version: Name
    definition: str
    source: str
    heading_weight: float = Field(default=0.5, ge=0, le=1)
    groups: dict[str, Words] = Field(default_factory=dict)
    codes: tuple[Code, ...] = Field(min_length=1)

    def code_names(self) -> tuple[str, ...]:
        """Return all codes, parents before their children."""
        return tuple(path[-1].code for path in walk(self.codes))

    @property
    def digest(self) -> str:
        """Sixteen hex digits that change when the content does (comments and layout don't count)."""
        return digest(self.model_dump_json())


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A row of the table ``codes``; ``code_path`` joins the codes from the top with ``/``, ``parent`` is a code.

    ``source`` names the codebook with version, definition and literature: which of several 四链 was meant.
    """

    codebook: str
    code: str
    code_path: str
    parent: str | None
    name: str
    definition: str
    source: str


def codes(codebook: Codebook) -> tuple[CodeEntry, ...]:
    """Return all codes flat, parents before their children, in the codebook's order."""
    told = " ".join(f"{codebook.definition} 出处：{codebook.source}".split())
    used = f"{codebook.name} {codebook.version}：{told}"
    return tuple(
        CodeEntry(
            codebook=codebook.codebook,
            code=path[-1].code,
            code_path="/".join(code.code for code in path),
            parent=path[-2].code if len(path) > 1 else None,
            name=path[-1].name,
            definition=path[-1].definition,
            source=used,
        )
        for path in walk(codebook.codes)
    )


def labels(codebook: Codebook) -> dict[str, str]:
    """Return what a code may be called, its code, path, names and ``aliases``, with the code it means.

    What would mean two codes is left out, but for a code itself.
    """
    found: dict[str, set[str]] = {}
    for path in walk(codebook.codes):
        own = path[-1]
        ways = ("/".join(code.code for code in path), "/".join(code.name for code in path), own.name, *own.aliases)
        for way in ways:
            found.setdefault(way, set()).add(own.code)
    clear = {way: min(meant) for way, meant in found.items() if len(meant) == 1}
    return clear | {path[-1].code: path[-1].code for path in walk(codebook.codes)}


def walk(tops: Iterable[Code], above: tuple[Code, ...] = ()) -> Iterator[tuple[Code, ...]]:
    """Yield each code with its parents before it, depth first."""
    for code in tops:
        path = (*above, code)
        yield path
        yield from walk(code.children, path)


@dataclass(frozen=True, slots=True)
class Written:
    """A codebook as it is written: plain data, the place of each value, mistakes and hints found while reading.

    ``name`` is the file's, as messages begin.
    """

    name: str
    data: Any
    lines: Lines
    mistakes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


OpenSheets = Callable[[Path], tuple[Sheet, ...]]


def open_codebook(path: Path, sheets: OpenSheets | None = None) -> Written:
    """Return what stands in a codebook's file. ``sheets`` opens tables (xlsx, csv); without it only YAML is read.

    Raises PipelineError when nothing can be made of the file.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        return open_text(read_text(path, "编码本"), path.name)
    if sheets is None or path.suffix.lower() not in BOOK_SUFFIXES:
        raise PipelineError(f"{path}: 编码本应为 {'、'.join(BOOK_SUFFIXES)} 文件，旧式 .xls 请另存为 .xlsx")
    table = read_sheets(sheets(path), path.name)
    return Written(path.name, table.data, table.lines, table.mistakes, table.hints)


def open_text(text: str, name: str) -> Written:
    """Return what stands in YAML. Raises PipelineError when it is empty or no YAML at all."""
    if not text.strip("\ufeff \t\r\n"):
        raise PipelineError(
            f"{name}:1: 编码本是空文件，写法见 docs/codebook.md，或用 cewen codebook export 导出一个来改"
        )
    data, lines, mistakes = parse_yaml(text, name)
    return Written(name, data, lines, tuple(mistakes))


def build_codebook(written: Written) -> Codebook:
    """Return the codebook that is written there. Raises PipelineError with every mistake, each with its place."""
    name, data, lines = written.name, written.data, written.lines
    mistakes = [*written.mistakes, *raw_mistakes(data, lines, name)]
    try:
        codebook = Codebook.model_validate(data)
    except ValidationError as error:
        found = mistakes_of(error, Codebook, data, lines, name)
        raise PipelineError(*mistakes, *(in_words(one, lines) for one in found)) from error
    if mistakes:
        raise PipelineError(*mistakes)
    return codebook


def load_codebook(path: Path, sheets: OpenSheets | None = None) -> Codebook:
    """Return the codebook of a file (see ``open_codebook``). Raises PipelineError with every mistake and its place."""
    return build_codebook(open_codebook(path, sheets))


def read_codebook(text: str, name: str) -> Codebook:
    """Return the codebook written in ``text``; messages call it ``name``. Raises PipelineError with every mistake."""
    return build_codebook(open_text(text, name))


def load_codebooks(names: Sequence[str], folder: Path, sheets: OpenSheets | None = None) -> tuple[Codebook, ...]:
    """Return the codebooks ``names`` in that order: a name is a file of ``folder`` without its suffix, or a path.

    ``pipeline.books.load`` gives ``sheets``, which opens xlsx and csv.
    Raises PipelineError with the mistakes of all of them; an unknown name is told what there is.
    """
    books: list[Codebook] = []
    mistakes: list[str] = []
    for name in names:
        try:
            books.append(load_codebook(find_codebook(name, folder), sheets))
        except PipelineError as error:
            mistakes += error.mistakes
    ids = [book.codebook for book in books]
    mistakes += [
        f"编码本“{one}”给出了 {ids.count(one)} 次，请只留一个或改名" for one in dict.fromkeys(ids) if ids.count(one) > 1
    ]
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(books)


def find_codebook(name: str, folder: Path) -> Path:
    """Return the file of a codebook given by name or path. Raises PipelineError, naming what there is."""
    if names_file(name) or Path(name).suffix.lower() in BOOK_SUFFIXES:
        return Path(name)
    path = folder / f"{name}.yaml"
    if path.is_file():
        return path
    there = sorted(file.stem for file in folder.glob("*.yaml"))
    close = get_close_matches(name, there, n=1)
    ways = "自己的编码本请写文件（.yaml、.xlsx、.csv）的路径"
    hint = f"是否应为“{close[0]}”？" if close else f"可用的有：{'、'.join(there)}；{ways}"
    raise PipelineError(f"没有编码本“{name}”，{hint}")
