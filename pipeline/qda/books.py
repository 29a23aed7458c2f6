"""The codes of a run as themes: a folder for each codebook, the hierarchy below it by the codes' Chinese names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.books.load import load_books
from pipeline.coding.codebook import Code, Codebook, walk
from pipeline.core import outputs
from pipeline.core.errors import PipelineError
from pipeline.qda import memo
from pipeline.qda.project import Path as CodePath
from pipeline.qda.project import Theme
from pipeline.qda.texts import visible
from pipeline.table.cells import rows
from pipeline.table.query import connect
from pipeline.table.schema import TABLES, CodeRow
from pipeline.table.view import codebook_names

# of colours that can be told apart; the children of a code have its colour
_COLOURS = ("#4E79A7", "#F28E2B", "#59A14F", "#E15759", "#B07AA1", "#76B7B2", "#EDC948", "#9C755F", "#FF9DA7")
_SLASH = str.maketrans("/", "／")  # paths are written with /


@dataclass(slots=True)
class Shelf:
    """The codes of a run: the folder of each codebook, the path of each code, the description of each path.

    ``words`` tells, one Chinese sentence each, which codebooks can't be read any more.
    """

    folders: dict[str, CodePath] = field(default_factory=dict)
    paths: dict[tuple[str, str], CodePath] = field(default_factory=dict)
    memos: dict[CodePath, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def path(self, codebook: str, code: str) -> CodePath:
        """Return the path of a code; one that no codebook has gets a place in its codebook's folder."""
        key = codebook, code
        if key not in self.paths:
            self._place(codebook, code, None, code, [(memo.CODE, f"{codebook}/{code}")])
        return self.paths[key]

    def add_book(self, codebook: str, name: str, lines: Mapping[str, str], version: str) -> None:
        """Add a codebook's folder; a second one of the same name gets its id behind it."""
        plain = _clean(name)
        path = (f"{plain}（{_clean(codebook)}）",) if (plain,) in self.memos else (plain,)
        self.folders[codebook] = path
        self.memos[path] = _described(lines, [(memo.BOOK, codebook), (memo.VERSION, version)])

    def add_code(self, row: CodeRow, detail: Code | None) -> None:
        """Add a code below its parent, which must be there already."""
        lines = {"定义": row.definition or "", "出处": row.source or ""}
        if detail is not None:
            lines = {
                "定义": row.definition or "",
                "纳入": "；".join(detail.include),
                "不纳入": "；".join(detail.exclude),
                "例": "；".join(detail.examples),
                "反例": "；".join(detail.counter_examples),
                "出处": row.source or "",
            }
        above = self.paths.get((row.codebook, row.parent or ""))
        self._place(row.codebook, row.code, above, row.name, [(memo.CODE, f"{row.codebook}/{row.code}")], lines)

    def _place(
        self,
        codebook: str,
        code: str,
        above: CodePath | None,
        name: str,
        facts: list[tuple[str, str]],
        lines: Mapping[str, str] | None = None,
    ) -> None:
        """Give a code a path of its own and its description."""
        if codebook not in self.folders:
            self.add_book(codebook, codebook, {}, "")
        top = above or self.folders[codebook]
        path = (*top, _clean(name))
        if path in self.memos:
            path = (*top, f"{_clean(name)}（{_clean(code)}）")
        self.paths[codebook, code] = path
        self.memos[path] = _described(lines or {}, [*facts, (memo.PATH, "/".join(path))])

    def themes(self, used: Iterable[CodePath], kept: Iterable[CodePath], names: Mapping[CodePath, str]) -> list[Theme]:
        """Return the themes under the folders ``kept``, parents first; a parent is codable when it's among ``used``."""
        found, coded, tops = [], set(used), set(kept)
        colours: dict[CodePath, str] = {}
        children = Counter(path[:-1] for path in self.memos)
        for path in sorted(self.memos, key=_order(list(self.memos))):
            if path[:1] not in tops:
                continue
            if len(path) > 1:
                colours.setdefault(path[:2], _COLOURS[len(colours) % len(_COLOURS)])
            codable = len(path) > 1 and (not children[path] or path in coded)
            found.append(Theme(path, codable, self.memos[path], colours.get(path[:2], ""), names[path]))
        return found


def _order(listed: Sequence[CodePath]) -> Any:
    """Return a key that puts children behind their parents, else keeps the order of ``listed``."""
    place = {path: number for number, path in enumerate(listed)}
    return lambda path: [place[path[:length]] for length in range(1, len(path) + 1)]


def _described(lines: Mapping[str, str], facts: Iterable[tuple[str, str]]) -> str:
    """Return a code's description: lines for people, then a line for programs."""
    last = memo.pairs(facts)
    return "\n".join(part for part in (visible(memo.labelled(lines)), visible(last)) if part)


def _clean(name: str) -> str:
    """Return a name without what paths and other programs can't take."""
    return " ".join(visible(name).translate(_SLASH).split()) or "未命名"


def load_shelf(out: Path) -> Shelf:
    """Return the codes of a finished run. Raises PipelineError when ``out`` holds none."""
    table = next(one for one in TABLES if one.row is CodeRow)
    found = [CodeRow(*row) for row in rows(out, table)]
    with connect(out) as connection:
        names = codebook_names(connection)
    shelf = Shelf()
    books = {book.codebook: book for book in _codebooks(out, shelf.words)}
    for codebook in dict.fromkeys([*(row.codebook for row in found), *names]):
        book = books.get(codebook)
        if book:
            shelf.add_book(codebook, book.name, {"定义": book.definition, "出处": book.source}, book.version)
        else:
            shelf.add_book(codebook, names.get(codebook, codebook), {}, "")
    details = {(book.codebook, path[-1].code): path[-1] for book in books.values() for path in walk(book.codes)}
    for row in found:
        shelf.add_code(row, details.get((row.codebook, row.code)))
    return shelf


def _codebooks(out: Path, words: list[str]) -> tuple[Codebook, ...]:
    """Return the codebooks the run was made with, as they are now; ``words`` is told those that can't be read."""
    found: list[Codebook] = []
    for name in manifest(out).get("config", {}).get("coding", {}).get("codebooks", ()):
        try:
            found += load_books([name])
        except PipelineError as error:  # the table has names and definitions; the rest is missing then
            why = str(error).splitlines()[0]
            words.append(f"编码本 {name} 现在读不出来，导出中缺少它的版本、纳入与不纳入说明和例子：{why}")
    return tuple(found)


def manifest(out: Path) -> dict[str, Any]:
    """Return run.json; empty where there is none. Raises PipelineError when it can't be read."""
    path = out / outputs.MANIFEST
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PipelineError(f"{path}: 读不出来，请重新运行 cewen run") from error
    return found if isinstance(found, dict) else {}
