"""Cases written as codes (``qde.Options.case_as_code``), known again when they come back: nobody's codings.

A program may drop the cases, give the codes new GUIDs, or let people rename them. What is left of GUID, description
and name tells; a description stands on the code and on its coding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.qda import memo
from pipeline.qda.folding import squeeze
from pipeline.qda.given import Given
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.project import Path as CodePath
from pipeline.qda.xml import guid

FOLDER = "案例"
OTHERWISE = f"（{FOLDER}）"  # what a name ends with that a code has too
_KEY = FOLDER


def case_guid(paper: Paper) -> str:
    """Return the GUID of a document's case."""
    return guid("case", paper.doc_id, paper.name)


def case_memo(paper: Paper) -> str:
    """Return the description of a case that is a code, and of its coding."""
    return memo.pairs([(_KEY, paper.doc_id or paper.name)])


def without_cases(given: Given, run: Project) -> Given:
    """Return ``given`` without codes and codings that are cases of the documents of ``run``; they are counted."""
    finder = _Finder(given.project, run)
    papers, count = [], given.cases
    for paper in given.project.papers:
        kept = tuple(mark for mark in paper.marks if not finder.is_case(mark))
        count += len(paper.marks) - len(kept)
        papers.append(replace(paper, marks=kept))
    gone = finder.paths
    themes = tuple(theme for theme in given.project.themes if theme.path not in gone)
    return replace(given, project=replace(given.project, papers=tuple(papers), themes=themes), cases=count)


def without_suggestions(given: Given) -> Given:
    """Return ``given`` without the codings of the user that the machine's doubts are exported under; they are counted.

    Whatever became of them, they are nobody's: a doubt is answered by a coding of one's own.
    """
    project = given.project
    papers = [
        replace(p, marks=tuple(mark for mark in p.marks if not memo.is_doubts(mark.coder))) for p in project.papers
    ]
    count = sum(len(old.marks) - len(new.marks) for old, new in zip(project.papers, papers, strict=True))
    coders = tuple(name for name in project.coders if not memo.is_doubts(name))
    return replace(given, project=replace(project, papers=tuple(papers), coders=coders), suggestions=count)


class _Finder:
    """Which codes of a file are cases; ``paths`` are theirs, and that of a folder that holds nothing else."""

    def __init__(self, project: Project, run: Project) -> None:
        """Look at all codes, and at what those named like a document code."""
        papers = (*run.papers, *project.papers)
        self._guids = {case_guid(paper).lower() for paper in run.papers}
        self._names = {squeeze(paper.name) for paper in papers}
        self._ids = {paper.doc_id for paper in run.papers} | {paper.name for paper in run.papers}
        themes = {theme.path: theme for theme in project.themes}
        marks = [(paper, mark) for paper in project.papers for mark in paper.marks]
        partly = {mark.theme for paper, mark in marks if not _is_whole(mark, paper.text)}
        self._machines = {mark.theme for _, mark in marks} - {
            mark.theme for _, mark in marks if not memo.is_machine(mark.coder)
        }
        self._own = _own_paths(run)
        paths = dict.fromkeys([*themes, *(mark.theme for _, mark in marks)])
        self.paths = {path for path in paths if self._stands_for_case(path, themes.get(path), path in partly)}
        self.paths |= set(_emptied(project, self.paths))

    def is_case(self, mark: Mark) -> bool:
        """Tell whether a coding is that of a case."""
        return mark.theme in self.paths or self._told(mark.memo)

    def _told(self, description: str) -> bool:
        """Tell whether a description is that of a case."""
        return memo.read_pairs(description).get(_KEY) in self._ids

    def _stands_for_case(self, path: CodePath, theme: Theme | None, partly: bool) -> bool:
        """Tell whether a code is a case; ``partly`` when it codes less than whole texts somewhere."""
        if theme and (theme.guid in self._guids or self._told(theme.memo)):
            return True
        if partly or tuple(map(squeeze, path)) in self._own:
            return False
        within = any(name.removesuffix(OTHERWISE) == FOLDER for name in path[:-1])
        if squeeze(path[-1].removesuffix(OTHERWISE)) in self._names:
            return True
        return within and path in self._machines  # renamed: whole texts, and none of them a person's


def _is_whole(mark: Mark, text: str) -> bool:
    """Tell whether a coding covers a text, but for white space; of one that isn't known nobody can tell."""
    if not text.strip():
        return False
    return 0 <= mark.start < mark.end and not text[: mark.start].strip() and not text[mark.end :].strip()


def _own_paths(run: Project) -> set[CodePath]:
    """Return the paths of a run's own codes, also as they are written where names must be unique."""
    names = {theme.path: theme.name or theme.path[-1] for theme in run.themes}
    found: set[CodePath] = set()
    for path in names:
        unique = (names.get(path[:length], path[length - 1]) for length in range(1, len(path) + 1))
        found |= {tuple(map(squeeze, path)), tuple(map(squeeze, unique))}
    return found


def _emptied(project: Project, cases: set[CodePath]) -> Iterator[CodePath]:
    """Yield the folders below which are cases and nothing else."""
    for theme in project.themes:
        below = [one.path for one in project.themes if one.path[:-1] == theme.path]
        if not theme.codable and below and cases.issuperset(below):
            yield theme.path
