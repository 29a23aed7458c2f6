"""A person's coded file against a finished run: what was confirmed, deleted, moved, recoded and newly coded.

The run is taken as it would be exported, so that both sides have the same text, names and codings of measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.qda import memo
from pipeline.qda.align import Alignment
from pipeline.qda.anchor import Anchor, How, Placed
from pipeline.qda.build import Choice, build_project
from pipeline.qda.cases import without_cases, without_suggestions
from pipeline.qda.code_match import CodeMatcher
from pipeline.qda.compare import Change, Kind, compare
from pipeline.qda.folding import squeeze
from pipeline.qda.given import Given, Trouble, place_of
from pipeline.qda.papers import PaperMatcher
from pipeline.qda.plains import plains
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.project import Path as CodePath
from pipeline.qda.readers import read_given
from pipeline.qda.sample_project import MARKER, is_mark
from pipeline.qda.scheme import load_scheme
from pipeline.qda.texts import Plain

# The codebook of people's codings of measures (the machine's are no rows of ``codings``), and what its names end with,
# so that they are other names than the machine's.
MEASURES, BY_PEOPLE = "措施_人工", "（人工）"
_MACHINE = "machine:"


@dataclass(frozen=True, slots=True)
class Compared:
    """The codings of one document compared; positions are into ``text``, the document's exported text.

    ``read`` are the clauses of a sample that were to be coded; nothing else of the document was read then.
    """

    doc_id: str
    name: str
    text: str
    changes: tuple[Change, ...]
    read: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole file compared. ``themes`` are the file's codes that the run has none for; ``how`` counts placings.

    ``older`` are machine coders of the file that the run hasn't got: the file was exported from an earlier run.
    ``cases`` counts codings of the file that are cases written as codes, which are nobody's codings;
    ``suggestions`` those of the machine's doubts, which are nobody's either.
    """

    file: Path
    project_name: str
    origin: str
    reviewer: str
    reviewed: bool
    documents: tuple[Compared, ...]
    themes: tuple[Theme, ...]
    troubles: tuple[Trouble, ...]
    older: tuple[str, ...]
    how: dict[How, int]
    repaired: int
    cases: int = 0
    suggestions: int = 0

    def counts(self) -> dict[Kind, int]:
        """Return how many codings there are of each kind."""
        found: Counter[Kind] = Counter(change.kind for one in self.documents for change in one.changes)
        return {kind: found[kind] for kind in ("confirmed", "moved", "recoded", "deleted", "new", "unchanged")}


def compare_file(out: Path, file: Path, *, coder: str | None = None, reviewed: bool = False) -> Comparison:
    """Return ``file`` compared with the run in ``out``; nothing is written.

    ``coder`` is who reviewed it: the file's only person when not given, else the file's name without ending. With
    ``reviewed`` everything in the file counts as that person's. Raises PipelineError when either can't be read, or
    no document of the file is in the run.
    """
    check_coder(coder)
    found = read_given(file)
    run = build_project(out, Choice(coders=(memo.MACHINE,))).project
    given = without_cases(without_suggestions(found), run)
    reviewer = (coder or _only_person(given.project) or file.stem).strip()
    comparer = _Comparer(run, given, file, reviewer, reviewed)
    if not all(paper.text for paper in given.project.papers):
        comparer.plains = plains(out, {paper.doc_id for paper in run.papers})
    return comparer.compare()


def check_coder(coder: str | None) -> None:
    """Raise PipelineError when ``coder`` is given and no person's name."""
    if coder is not None and (not coder.strip() or is_machine(coder)):
        raise PipelineError(f"--coder “{coder}”: 编码者应为人名，不能为空，也不能是机器编码者的名称")


def is_machine(coder: str) -> bool:
    """Tell whether a coder's name in a file is the machine's."""
    return memo.is_machine(coder) or coder.startswith(_MACHINE)


def _program(coder: str) -> str:
    """Return a machine coder without its version; the same for all who are only called a machine."""
    return memo.coder_name(coder).rpartition("@")[0] or coder


def _only_person(project: Project) -> str:
    """Return the name of the only person among the coders of a project; empty when there are none or several."""
    coded = {mark.coder for paper in project.papers for mark in paper.marks if not is_mark(mark.theme)}
    nobody = {"", MARKER} if _is_sample(project) else {""}
    for names in (coded, {*coded, *project.coders}):
        people = {name for name in names - nobody if not is_machine(name)}
        if people:
            return people.pop() if len(people) == 1 else ""
    return ""


def _is_sample(project: Project) -> bool:
    """Tell whether a project is a sample that ``sample_project`` wrote: it has marks."""
    return any(is_mark(mark.theme) for paper in project.papers for mark in paper.marks)


def _stands(mark: Mark, text: str) -> bool:
    """Tell whether a mark's quote is what stands at its place."""
    return 0 <= mark.start < mark.end and squeeze(text[mark.start : mark.end]) == squeeze(mark.quote)


class _Comparer:
    """One comparing of one file."""

    def __init__(self, run: Project, given: Given, file: Path, reviewer: str, reviewed: bool) -> None:
        """Match the codes of both sides."""
        self._run, self._given, self._file = run, given, file
        self._reviewer, self._reviewed = reviewer, reviewed
        self.plains: dict[str, Plain] = {}
        self._troubles = list(given.troubles)
        self._measures = load_scheme().folder
        self._sample = _is_sample(given.project)
        self._how: Counter[How] = Counter()
        self._matcher = CodeMatcher(run.themes)
        self._themes = {theme.path: theme for theme in given.project.themes}
        self._unknown: dict[CodePath, Theme] = {}
        paths = [*self._themes, *(mark.theme for paper in given.project.papers for mark in paper.marks)]
        self._books = {path[0] for path in map(self._path, dict.fromkeys(paths))}
        known = {mark.coder for paper in run.papers for mark in paper.marks}
        machines = {name for name in given.project.coders if is_machine(name)}
        all_of_them = not machines or memo.MACHINE in machines
        self._programs = {_program(name) for name in (known if all_of_them else machines)}
        self._older = tuple(sorted(machines - known - {memo.MACHINE}))

    def compare(self) -> Comparison:
        """Return everything compared, in the order of the file."""
        documents: list[Compared] = []
        for paper, document in self._matched():
            documents.append(self._compared(paper, document))
        if not documents:
            raise PipelineError(f"{self._file}: {self._nothing()}")
        used = {change.mark.theme for one in documents for change in one.changes}
        return Comparison(
            file=self._file,
            project_name=self._given.project.name,
            origin=self._given.project.origin,
            reviewer=self._reviewer,
            reviewed=self._reviewed,
            documents=tuple(documents),
            themes=tuple(theme for path, theme in self._unknown.items() if path in used),
            troubles=tuple(self._troubles),
            older=self._older,
            how=dict(self._how),
            repaired=self._given.repaired,
            cases=self._given.cases,
            suggestions=self._given.suggestions,
        )

    def _nothing(self) -> str:
        """Return why there is no document to import."""
        if named := "、".join(paper.name for paper in self._given.project.papers[:5]):
            return f"其中的文档（{named}）都不在本次运行中，什么都没有导入。请检查输出目录和文件是否对应"
        if self._troubles:
            more = f"（这样的共 {len(self._troubles)} 处）" if len(self._troubles) > 1 else ""
            return f"里面没有可以导入的文档，什么都没有导入。{self._troubles[0]}{more}"
        return "里面没有文档，什么都没有导入"

    def _matched(self) -> Iterator[tuple[Paper, Paper]]:
        """Yield each paper of the file with its document; those without text of one document together."""
        matcher = PaperMatcher(self._run.papers)
        bare: dict[str, tuple[Paper, Paper]] = {}
        seen: dict[tuple[str, str], str] = {}
        for paper in self._given.project.papers:
            place = matcher.find(paper)
            if isinstance(place, str):
                self._left(paper, place)
                continue
            document = self._run.papers[place]
            key = document.doc_id, paper.text
            if not paper.text:
                first, _ = bare.get(document.doc_id, (replace(paper, marks=()), document))
                bare[document.doc_id] = replace(first, marks=(*first.marks, *paper.marks)), document
            elif key in seen and paper.marks:
                self._left(paper, f"与文件中的“{seen[key]}”是同一个文档，只导入了前一个")
            else:
                seen.setdefault(key, paper.name)
                yield paper, document
        yield from bare.values()

    def _left(self, paper: Paper, reason: str) -> None:
        """Tell of a paper that is left out, with its codings by people."""
        people = sum(not is_machine(mark.coder) for mark in paper.marks)
        more = f"，其中的 {people} 处人工编码没有导入" if people else ""
        self._troubles.append(Trouble(paper.name, "", "", reason + more))

    def _compared(self, paper: Paper, document: Paper) -> Compared:
        """Return one document compared; only machine codings the file can have count as deleted."""
        alignment = Alignment(paper.text, document.text)
        low, high = alignment.cover
        machine = [
            replace(mark, start=start, end=end)
            for mark in document.marks
            if mark.theme[0] in self._books and _program(mark.coder) in self._programs
            if low <= mark.start and mark.end <= high
            for start, end in [alignment.standard(mark.start, mark.end)]
        ]
        given = list(self._placed(self._inward(paper, document), document, alignment))
        if self._sample:
            return self._coded_sample(document, given)
        machines = frozenset(mark.coder for mark in given if is_machine(mark.coder))
        changes = compare(machine, given, machines, self._reviewer)
        return Compared(document.doc_id, document.name, document.text, tuple(changes))

    def _coded_sample(self, document: Paper, given: list[Mark]) -> Compared:
        """Return one document of a coded sample: no machine codings went out in it, so all that came back are new."""
        read = dict.fromkeys((mark.start, mark.end) for mark in given if is_mark(mark.theme))
        own = [
            replace(mark, coder=self._reviewer if mark.coder == MARKER else mark.coder)
            for mark in given
            if not is_mark(mark.theme) and not is_machine(mark.coder)
        ]
        changes = compare([], own, frozenset(), self._reviewer)
        return Compared(document.doc_id, document.name, document.text, tuple(changes), tuple(read))

    def _inward(self, paper: Paper, document: Paper) -> Paper:
        """Return a paper without text with its positions in the exported text, when they are in the raw text."""
        plain = self.plains.get(document.doc_id)
        if paper.text or plain is None:
            return paper
        led = []
        for mark in paper.marks:
            start, end = plain.inward(mark.start, mark.end) if mark.start >= 0 else (mark.start, mark.end)
            led.append(replace(mark, start=start, end=end))
        there, here = (sum(_stands(mark, document.text) for mark in marks) for marks in (led, paper.marks))
        return replace(paper, marks=tuple(led)) if there > here else paper

    def _placed(self, paper: Paper, document: Paper, alignment: Alignment) -> Iterator[Mark]:
        """Yield the file's codings at their places in the document, with the run's codes; tell of the others."""
        anchor = Anchor(alignment)
        for mark in paper.marks:
            placed = anchor.place(mark)
            if not isinstance(placed, Placed):
                self._troubles.append(Trouble(paper.name, place_of(mark.start, mark.end), mark.quote, placed))
                continue
            self._how[placed.how] += 1
            coder = mark.coder or self._reviewer
            if self._reviewed and is_machine(coder):
                coder = self._reviewer
            quote = document.text[placed.start : placed.end]
            theme = self._path(mark.theme)
            yield replace(mark, start=placed.start, end=placed.end, theme=theme, coder=coder, quote=quote)

    def _path(self, path: CodePath) -> CodePath:
        """Return the run's path of a code; that of the file when the run has none, its folder as the run calls it."""
        theme = self._themes.get(path)
        if path[0] == MEASURES:
            path = (self._measures, *(name.removesuffix(BY_PEOPLE) for name in path[1:]))
        found = self._matcher.find(path, theme.memo if theme else "")
        if found is None:
            found = self._matcher.home(path)
            if theme is None or theme.codable:
                self._unknown.setdefault(found, Theme(found, True, theme.memo if theme else ""))
        return found
