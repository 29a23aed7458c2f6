"""A finished run becomes a project: documents, codes, codings of the machine and of people, measures as codings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.qda import memo
from pipeline.qda.books import Shelf, load_shelf, manifest
from pipeline.qda.marks import coding_mark, measure_mark
from pipeline.qda.names import code_names, source_names
from pipeline.qda.parts import Item, own_pieces
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.scheme import Scheme, load_scheme
from pipeline.qda.texts import Plain, visible
from pipeline.table.cells import rows
from pipeline.table.coders import find_coders
from pipeline.table.codings import unanswered
from pipeline.table.overlay import Overlay, laid, measure_rows
from pipeline.table.people import coders, readings
from pipeline.table.query import copies
from pipeline.table.schema import TABLES, CodingRow, DocumentRow, MeasureRow, Row, SuggestionRow

# Nothing in an export may depend on the clock: equal input gives equal bytes.
CREATED = "2000-01-01T00:00:00Z"
_NAME = "cewen 政策文本"  # not the folder's: equal runs make equal files wherever they lie


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a run goes into a project: codebooks by id or name, coders by name (empty: all), measures or not.

    ``instead``, when given, are the only documents that go into it, each with these codings and no others.
    Where codebooks are named, the measures are there only when their folder 「措施」 is named too. With
    ``suggestions`` what the machine was in doubt about and no person has answered is there too, by the user
    「机器编码 待审」.
    """

    codebooks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    measures: bool = True
    instead: Mapping[str, tuple[CodingRow, ...]] | None = None
    suggestions: bool = False


@dataclass(slots=True)
class Built:
    """A project, what to tell about its making (one sentence each, in Chinese), what NVivo should call its cases."""

    project: Project
    words: list[str] = field(default_factory=list)
    classification: str = ""


def build_project(out: Path, choice: Choice | None = None) -> Built:
    """Return the finished run ``out`` as a project. Raises PipelineError when a codebook or coder isn't there."""
    run = _Run(out, choice or Choice())
    papers = tuple(run.papers())
    used = {mark.theme for paper in papers for mark in paper.marks}
    themes = run.themes(used)
    if run.lost:
        run.words.append(f"所在文字没有导出、因而未带上的编码：{run.lost} 处")
    memo_text = run.about(papers, themes)
    project = Project(_NAME, papers, tuple(themes), run.coders(papers), memo_text, f"cewen {run.version}", CREATED)
    return Built(project, run.words, run.scheme.classification)


def _table(out: Path, row: type[Row]) -> Iterator[Any]:
    """Yield the rows of a table as its row class."""
    table = next(one for one in TABLES if one.row is row)
    return (row(*values) for values in rows(out, table))


def _given(instead: Mapping[str, tuple[CodingRow, ...]]) -> Iterator[CodingRow]:
    """Yield the codings of documents."""
    for some in instead.values():
        yield from some


class _Run:
    """A finished run being read."""

    def __init__(self, out: Path, choice: Choice) -> None:
        """Read codes, codings and measures; see which of them are wanted."""
        self.out = out
        self.words: list[str] = []
        found = manifest(out)
        self.version = str(found.get("version", ""))
        stage = found.get("stages", {}).get("measures", {})
        self.extractor = f"machine:measures@{stage.get('version', self.version or '1')}"
        self.scheme: Scheme = load_scheme()
        self.shelf: Shelf = load_shelf(out)
        self.words += self.shelf.words
        self.codings: dict[str, list[CodingRow | SuggestionRow]] = defaultdict(list)
        self.measures: dict[str, list[MeasureRow]] = defaultdict(list)
        self.review = Overlay()
        known = set(coders(readings(out))) if choice.instead is None else set()
        self._only = choice.instead
        given = _table(out, CodingRow) if choice.instead is None else _given(choice.instead)
        open_ones = unanswered(out) if choice.suggestions else frozenset()
        doubts = (one for one in _table(out, SuggestionRow) if one.suggestion_id in open_ones)
        for coding in chain(given, doubts):
            known.add(coding.coder)
            self.shelf.path(coding.codebook, coding.code)
            self.codings[coding.doc_id].append(coding)
        if _with_measures(choice, self.scheme.folder):
            self.review = laid(out)
            self.words += self.review.zh
            for measure in (MeasureRow(*values) for values in measure_rows(out)):
                self.measures[measure.doc_id].append(measure)
            known.add(self.extractor)
        self.lost = 0
        self._coders = set(find_coders(choice.coders, sorted(known))) or known
        if choice.suggestions and not any(name.startswith("machine:") for name in self._coders):
            raise PipelineError(f"--suggestions 带上的是机器的建议：请去掉 --coder，或再加 --coder {memo.MACHINE}")
        self._books = _chosen_books(choice.codebooks, self.shelf, self.scheme.folder)

    def papers(self) -> Iterator[Paper]:
        """Yield the documents in the run's order; tell which have no text and which are there twice."""
        twice = copies(self.out)
        made: list[tuple[DocumentRow, Plain]] = []
        empty, again, whole = [], [], []
        for raw, group in groupby(_table(self.out, DocumentRow), key=lambda row: row.raw_text):
            members = list(group)
            again += [row.source_name for row in members if row.doc_id in twice]
            members = [row for row in members if row.doc_id not in twice]
            if self._only is not None and not any(row.doc_id in self._only for row in members):
                continue
            if not raw:
                empty += [row.source_name for row in members]
                continue
            items = [Item(row.source_name, row.clean_text or "", row.n_chars or 0) for row in members]
            for row, pieces in zip(members, own_pieces(raw, items), strict=True):
                if pieces is None:
                    whole.append(row.source_name)
                made.append((row, Plain(raw, pieces) if pieces is not None else Plain(row.clean_text or "")))
                if pieces is None:
                    self._drop(row.doc_id)
        self._tell("没有文字、未导出的文档", empty)
        self._tell("内容与别的文件相同、只导出一次的文档", again)
        self._tell("在文件中的位置没有找到、只导出整理后文本且不带编码的文档", whole)
        for (row, plain), name in zip(made, source_names(row.source_name for row, _ in made), strict=True):
            if self._only is None or row.doc_id in self._only:
                yield self._paper(row, plain, name)

    def _drop(self, doc_id: str) -> None:
        """Leave out the codings of a document whose place in its file isn't known."""
        self.codings.pop(doc_id, None)
        self.measures.pop(doc_id, None)

    def _paper(self, row: DocumentRow, plain: Plain, name: str) -> Paper:
        """Return a document with its codings."""
        values = [(title, getattr(row, column)) for column, title in self.scheme.attributes]
        attributes = tuple((title, _value(value)) for title, value in values if value not in (None, ""))
        facts: list[tuple[str, object]] = [
            ("标题", row.title),
            ("文档编号", row.doc_id),
            ("原文件", row.source_name),
            ("替换为�的控制字符", plain.replaced or None),
        ]
        marks = tuple(_merged(mark for mark in self._marks(row.doc_id, plain)))
        return Paper(name, plain.text, marks, attributes, visible(memo.pairs(facts)), row.doc_id)

    def _marks(self, doc_id: str, plain: Plain) -> Iterator[Mark]:
        """Yield the codings of a document that are wanted, those of nothing left out."""
        for coding in self.codings.get(doc_id, ()):
            if coding.coder in self._coders and coding.codebook in self._books:
                path = self.shelf.path(coding.codebook, coding.code)
                yield from self._kept(coding_mark(coding, path, plain))
        if self.extractor in self._coders:
            for measure in self.measures.get(doc_id, ()):
                theme = self.scheme.folder, self.scheme.names[measure.role, measure.kind]
                said = self.review.records.get(measure.measure_id)
                reviewed = said.zh if said else None
                yield from self._kept(measure_mark(measure, theme, self.extractor, plain, reviewed=reviewed))

    def _kept(self, mark: Mark | None) -> Iterator[Mark]:
        """Yield the coding if there is one, else count it as lost."""
        if mark is None:
            self.lost += 1
        else:
            yield mark

    def themes(self, used: set[tuple[str, ...]]) -> list[Theme]:
        """Return the themes of the wanted codebooks and of the measures there are.

        Names are unique among all codes of the run, so that they don't depend on what is exported.
        """
        folder = (self.scheme.folder,)
        every = [(*folder, name) for name in dict.fromkeys(self.scheme.names.values())]
        names = code_names([*self.shelf.memos, folder, *every])
        kept = [self.shelf.folders[book] for book in self._books if book in self.shelf.folders]
        themes = self.shelf.themes(used, kept, names)
        measured = [path for path in every if path in used]
        if measured:
            themes.append(Theme(folder, False, _MEASURES, "", names[folder]))
            for path in measured:
                themes.append(Theme(path, True, memo.pairs([(memo.PATH, "/".join(path))]), "#8C8C8C", names[path]))
        return themes

    def coders(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """Return the users: the machine's, then people (those who read and coded nothing too), who coded most first.

        QualCoder shows the codings of the first.
        """
        used = Counter(mark.coder for paper in papers for mark in paper.marks)
        people = {coder for coder in self._coders if not coder.startswith("machine:")}
        found = {*used, *map(memo.user_name, people)}
        return tuple(
            sorted(found, key=lambda name: (not memo.is_machine(name), name == memo.DOUBTS, -used[name], name))
        )

    def about(self, papers: Sequence[Paper], themes: Sequence[Theme]) -> str:
        """Return the memo of the whole project."""
        told = amount_told(papers, themes, self.scheme.folder)
        lines = [
            f"由 cewen {self.version or '（版本不详）'} 导出：{told}。",
            f"以“{memo.MACHINE}”开头的编码者是程序：编码备注中有把握、规则和版本，请核对后使用。",
            "改正后可用 cewen import 读回，程序会列出确认、删除、移动、改码和新增的编码。",
            *self.words,
        ]
        return "\n".join(visible(line) for line in lines)

    def _tell(self, what: str, names: Sequence[str]) -> None:
        """Keep a sentence about some documents, if there are any."""
        if names:
            more = f" 等 {len(names)} 篇" if len(names) > 5 else f"，共 {len(names)} 篇"
            self.words.append(f"{what}：{'、'.join(names[:5])}{more}")


def amount_told(papers: Sequence[Paper], themes: Sequence[Theme], folder: str) -> str:
    """Return how much there is, measures (the codings below ``folder``) apart: other commands count them so."""
    codings, measures = (
        sum((mark.theme[0] == folder) is measured for paper in papers for mark in paper.marks)
        for measured in (False, True)
    )
    parts = [f"编码 {codings} 处"] * bool(codings) + [f"措施 {measures} 处"] * bool(measures)
    told = f"{'，'.join(parts)}，共 {codings + measures} 处" if len(parts) > 1 else (parts or ["编码 0 处"])[0]
    return f"{len(papers)} 篇文档，{len(themes)} 个代码（含文件夹）；{told}"


_MEASURES = "定义：程序抽取的措施，按作用和类型归类；数值、单位、受益对象等在编码备注中。"


def _value(value: Any) -> str | int:
    """Return an attribute's value as text on one line, or as a whole number."""
    return value if isinstance(value, int) else " ".join(visible(str(value)).split())


def _merged(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Yield the codings in the text's order; the same code by the same coder at one place once, with both memos."""
    found: dict[tuple[int, int, tuple[str, ...], str], Mark] = {}
    for mark in marks:
        key = mark.start, mark.end, mark.theme, mark.coder
        first = found.get(key)
        if first is None:
            found[key] = mark
        elif mark.memo and mark.memo not in first.memo.split("\n"):
            both = f"{first.memo}\n{mark.memo}".strip()
            found[key] = Mark(mark.start, mark.end, mark.theme, mark.coder, first.quote, both, first.created)
    yield from sorted(found.values(), key=lambda mark: (mark.start, -mark.end, mark.theme, mark.coder))


def _with_measures(choice: Choice, folder: str) -> bool:
    """Tell whether measures are wanted: where codebooks are named, only when they are. Raises PipelineError if both."""
    if folder in choice.codebooks and not choice.measures:
        raise PipelineError(f"--codebook {folder} 和 --no-measures 不能同时用")
    return choice.measures and (not choice.codebooks or folder in choice.codebooks)


def _chosen_books(wanted: Sequence[str], shelf: Shelf, folder: str) -> Mapping[str, None]:
    """Return the codebooks meant, by id or name; ``folder``, the measures, is none. Raises PipelineError for others."""
    if not wanted:
        return dict.fromkeys(shelf.folders)
    found: dict[str, None] = {}
    for name in wanted:
        some = [book for book, path in shelf.folders.items() if name in (book, path[0])]
        if not some and name != folder:
            known = [f"{book}（{path[0]}）" for book, path in shelf.folders.items()]
            raise PipelineError(f"结果中没有编码本“{name}”，可用的有：{'、'.join([*known, folder])}")
        found |= dict.fromkeys(some)
    return found
