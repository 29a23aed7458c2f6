"""Codebooks: what a researcher writes in YAML, read strictly into frozen models.

A codebook's ``groups`` are word lists that ``near`` and ``not`` can name: ``near: [$people]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.core.config import names_file
from pipeline.core.errors import PipelineError
from pipeline.core.strict import KeyPath, Lines, digest, line_of, mistakes_of, parse_yaml

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
    """A theme: name and definition for people, ``terms`` for the machine. Who gets a child gets its parents too."""

    code: str = Field(pattern=r"^[\w\-]+$", max_length=60)
    name: Name
    definition: str
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

    @property
    def digest(self) -> str:
        """Sixteen hex digits that change when the content does (comments and layout don't count)."""
        return digest(self.model_dump_json())


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A row of the table ``codes``; ``code_path`` joins the codes from the top with ``/``, ``parent`` is a code."""

    codebook: str
    code: str
    code_path: str
    parent: str | None
    name: str
    definition: str
    source: str


def codes(codebook: Codebook) -> tuple[CodeEntry, ...]:
    """Return all codes flat, parents before their children, in the codebook's order."""
    return tuple(
        CodeEntry(
            codebook=codebook.codebook,
            code=path[-1].code,
            code_path="/".join(code.code for code in path),
            parent=path[-2].code if len(path) > 1 else None,
            name=path[-1].name,
            definition=path[-1].definition,
            source=codebook.source,
        )
        for path in walk(codebook.codes)
    )


def walk(tops: Iterable[Code], above: tuple[Code, ...] = ()) -> Iterator[tuple[Code, ...]]:
    """Yield each code with its parents before it, depth first."""
    for code in tops:
        path = (*above, code)
        yield path
        yield from walk(code.children, path)


def load_codebook(path: Path) -> Codebook:
    """Return the codebook of a YAML file. Raises PipelineError with every mistake, each with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(f"{path}: 编码本读不出来（{error}），请给出 UTF-8 编码的 YAML 文件") from error
    return read_codebook(text, path.name)


def read_codebook(text: str, name: str) -> Codebook:
    """Return the codebook written in ``text``; messages call it ``name``. Raises PipelineError with every mistake."""
    data, lines, mistakes = parse_yaml(text, name)
    mistakes += _mistakes(data, lines, name)
    try:
        codebook = Codebook.model_validate(data)
    except ValidationError as error:
        raise PipelineError(*mistakes, *mistakes_of(error, Codebook, data, lines, name)) from error
    if mistakes:
        raise PipelineError(*mistakes)
    return codebook


def load_codebooks(names: Sequence[str], folder: Path) -> tuple[Codebook, ...]:
    """Return the codebooks ``names`` in that order: a name is a file of ``folder`` without its suffix, or a YAML path.

    Raises PipelineError with the mistakes of all of them; an unknown name is told what there is.
    """
    books: list[Codebook] = []
    mistakes: list[str] = []
    for name in names:
        try:
            books.append(load_codebook(_find(name, folder)))
        except PipelineError as error:
            mistakes += error.mistakes
    ids = [book.codebook for book in books]
    mistakes += [
        f"编码本“{one}”给出了 {ids.count(one)} 次，请只留一个或改名" for one in dict.fromkeys(ids) if ids.count(one) > 1
    ]
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(books)


def _find(name: str, folder: Path) -> Path:
    """Return the file of a codebook given by name or path. Raises PipelineError, naming what there is."""
    if names_file(name) or Path(name).suffix in (".yaml", ".yml"):
        return Path(name)
    path = folder / f"{name}.yaml"
    if path.is_file():
        return path
    there = sorted(file.stem for file in folder.glob("*.yaml"))
    close = get_close_matches(name, there, n=1)
    hint = f"是否应为“{close[0]}”？" if close else f"可用的有：{'、'.join(there)}；自己的编码本请写 .yaml 文件的路径"
    raise PipelineError(f"没有编码本“{name}”，{hint}")


def _mistakes(data: Any, lines: Lines, name: str) -> list[str]:
    """Return what pydantic can't see: codes and terms given twice, groups that don't exist."""
    if not isinstance(data, dict):
        return []
    groups = data.get("groups")
    known = [str(key) for key in groups] if isinstance(groups, dict) else []
    mistakes: list[str] = []
    seen: dict[str, int] = {}
    for path, entry in _raw_codes(data.get("codes"), ("codes",)):
        code, line = entry.get("code"), line_of((*path, "code"), lines)
        if isinstance(code, str) and code in seen:
            mistakes.append(f"{name}:{line}: 代码“{code}”重复（第一次在第 {seen[code]} 行），请改名或合并")
        elif isinstance(code, str):
            seen[code] = line
        mistakes += _term_mistakes(entry.get("terms"), (*path, "terms"), known, lines, name)
    return mistakes


def _raw_codes(entries: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield each code of unchecked data with its path, depth first."""
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield (*path, index), entry
            yield from _raw_codes(entry.get("children"), (*path, index, "children"))


def _term_mistakes(terms: Any, path: KeyPath, known: list[str], lines: Lines, name: str) -> list[str]:
    """Return the mistakes in one code's terms."""
    mistakes: list[str] = []
    seen: set[str] = set()
    for index, entry in enumerate(terms if isinstance(terms, list) else ()):
        line = line_of((*path, index), lines)
        fields = entry if isinstance(entry, dict) else {"term": entry}
        term = fields.get("term")
        if isinstance(term, str) and term in seen:
            mistakes.append(f"{name}:{line}: 词“{term}”在同一代码下出现了两次，请删去一个")
        seen.add(str(term))
        for key in ("near", "not"):
            words = fields.get(key)
            for word in words if isinstance(words, list) else ():
                if isinstance(word, str) and word.startswith("$") and word[1:] not in known:
                    there = f"可用的有：{'、'.join('$' + one for one in known)}" if known else "编码本里还没有 groups"
                    mistakes.append(f"{name}:{line}: {key} 用到的词组“{word}”没有定义，{there}")
    return mistakes
