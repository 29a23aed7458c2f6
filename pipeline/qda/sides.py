"""The files beside a .qdpx: what REFI-QDA loses in some program comes in by these.

Codebook as .qdc, workbook and CSV for Taguette; attributes as a classification sheet of NVivo; all codings in a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.qda import memo
from pipeline.qda.names import attribute_names, theme_names
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.qdc_write import write_qdc
from pipeline.table.cells import write_csv
from pipeline.table.workbook import Look, Sheet, workbook

Row = Sequence[Any]
_BOOK = ("名称", "上级", "路径", "可编码", *memo.LABELS, "代码", "编码数")
_BOOK_LOOKS = (18, 18, 32, 8, 50, 40, 40, 50, 40, 30, 28, 9)
_LONG = ("文档", "文档编号", "起", "止", "原文", "代码路径", "代码名称", "编码者", "把握", "规则", "备注", "时间")
_LONG_LOOKS = (24, 18, 8, 8, 60, 32, 18, 22, 9, 30, 40, 20)


def write_sides(project: Project, target: Path, classification: str) -> tuple[Path, ...]:
    """Write all side files of ``target`` (NAME.qdpx) beside it as NAME_….*; return their paths."""
    stem = target.with_suffix("").name

    def beside(ending: str) -> Path:
        return target.with_name(f"{stem}_{ending}")

    made: list[tuple[Path, Callable[[Path], None]]] = []
    if project.themes:
        made.append((beside("编码本.qdc"), lambda path: write_qdc(project, path)))
    made += [
        (beside("编码本.xlsx"), lambda path: _book(path, "编码本", _BOOK, _BOOK_LOOKS, codebook_rows(project))),
        (beside("编码本_taguette.csv"), lambda path: write_csv(path, _TAGUETTE, _taguette_rows(project))),
        (beside("分类表.xlsx"), lambda path: _classification_book(project, path, classification)),
        (beside("分类表.csv"), lambda path: write_csv(path, _attributes(project, classification), _cases(project))),
        (beside("分类表.txt"), lambda path: _tabbed(path, _attributes(project, classification), _cases(project))),
        (beside("编码表.csv"), lambda path: write_csv(path, _LONG, long_rows(project))),
        (beside("编码表.xlsx"), lambda path: _book(path, "编码表", _LONG, _LONG_LOOKS, long_rows(project))),
    ]
    for path, write in made:
        write(path)
    return tuple(path for path, _ in made)


def codebook_rows(project: Project) -> Iterator[Row]:
    """Yield a row for each code: name, parent's name, path, whether it can be used, its description, how often used."""
    names = theme_names(project.themes)
    used = Counter(mark.theme for paper in project.papers for mark in paper.marks)
    for theme in project.themes:
        lines = memo.read_labelled(theme.memo)
        facts = memo.read_pairs(theme.memo)
        yield (
            names[theme.path],
            names.get(theme.path[:-1], ""),
            "/".join(theme.path),
            "是" if theme.codable else "否",
            *(lines.get(label, "") for label in memo.LABELS),
            facts.get(memo.CODE, facts.get(memo.BOOK, "")),
            used[theme.path],
        )


_TAGUETTE = ("path", "description", "parent")  # a parent is named by its path


def _taguette_rows(project: Project) -> Iterator[Row]:
    """Yield name, description and parent of each code for Taguette."""
    names = theme_names(project.themes)
    for theme in project.themes:
        yield names[theme.path], _definition(theme), names.get(theme.path[:-1], "")


def _definition(theme: Theme) -> str:
    """Return what a code means, in one line."""
    return memo.read_labelled(theme.memo).get("定义", "")


def long_rows(project: Project) -> Iterator[Row]:
    """Yield a row for each coding; places are code points of the exported text (LF), half-open."""
    names = theme_names(project.themes)
    for paper in project.papers:
        for mark in paper.marks:
            yield _long_row(paper, mark, names[mark.theme])


def _long_row(paper: Paper, mark: Mark, name: str) -> Row:
    """Return the row of a coding."""
    machine = memo.is_machine(mark.coder)
    facts = memo.read_pairs(mark.memo) if machine else {}
    score = facts.get(memo.SCORE, "")
    rest = "; ".join(f"{key}={value}" for key, value in facts.items() if key not in (memo.SCORE, memo.RULE))
    return (
        paper.name,
        paper.doc_id,
        mark.start,
        mark.end,
        paper.text[mark.start : mark.end],
        "/".join(mark.theme),
        name,
        mark.coder,
        float(score) if score else None,
        facts.get(memo.RULE, ""),
        rest if machine else mark.memo,
        mark.created,
    )


def _attributes(project: Project, classification: str) -> tuple[str, ...]:
    """Return the headings of the classification sheet: the classification in A1, then the attributes."""
    return classification, *attribute_names(project.papers)


def _cases(project: Project) -> Iterator[Row]:
    """Yield a row for each document: its name as the case has it, then its attributes."""
    heads = _attributes(project, "")[1:]
    for paper in project.papers:
        values = dict(paper.attributes)
        yield paper.name, *(values.get(name) for name in heads)


def _classification_book(project: Project, path: Path, classification: str) -> None:
    """Write the classification sheet as a workbook; NVivo reads its first sheet."""
    heads = _attributes(project, classification)
    _book(path, classification, heads, (30, *(18,) * (len(heads) - 1)), _cases(project))


def _book(path: Path, name: str, heads: Sequence[str], widths: Sequence[int], lines: Iterator[Row]) -> None:
    """Write a workbook of one sheet."""
    with workbook(path) as book:
        book.sheet(Sheet(name, heads, [Look(width, wrap=width >= 30) for width in widths], 1), lines)


def _tabbed(path: Path, heads: Sequence[str], lines: Iterator[Row]) -> None:
    """Write values with tabs between them, as NVivo for Windows takes them as text."""
    with completed(path) as fresh, fresh.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.writelines("\t".join(map(_cell, line)) + "\n" for line in (heads, *lines))


def _cell(value: object) -> str:
    """Return a value for a line with tabs; NVivo takes a double quotation mark for the beginning of a quoted value."""
    return "" if value is None else " ".join(str(value).replace('"', "'").split())
