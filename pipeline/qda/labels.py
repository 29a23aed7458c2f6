"""Spans of annotation programs become papers: what Label Studio and doccano have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.qda.code_match import split_path
from pipeline.qda.counting import Counting, Ruler, Spot, infer
from pipeline.qda.given import NOWHERE, Given, Trouble, place_of
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.settle import Settler


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled span as the file has it; ``whole`` labels the text, and its positions mean nothing."""

    spot: Spot
    label: str
    coder: str = ""
    created: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A text with its labels: ``name`` and ``doc_id`` of its document as far as the file tells them."""

    name: str
    doc_id: str
    text: str
    labels: tuple[Label, ...]


def given(
    bare: Project,
    tasks: Sequence[Task],
    likely: Counting,
    shown: Iterable[str] = (),
    troubles: Iterable[Trouble] = (),
) -> Given:
    """Return ``bare`` with the tasks as its papers. ``shown`` are labels that people could see, used or not.

    Positions count as is ``likely``, unless the quotes in the file fit better otherwise.
    """
    listed = list(troubles)
    rulers = [Ruler(task.text) for task in tasks]
    spots = [[one.spot for one in task.labels if not one.whole] for task in tasks]
    settler = Settler(infer(zip(rulers, spots, strict=True), likely), list(zip(rulers, spots, strict=True)))
    papers = []
    for task, ruler, own in zip(tasks, rulers, spots, strict=True):
        spans = iter(settler.spans(ruler, own))
        marks = []
        for label in task.labels:
            span = (0, len(ruler.text)) if label.whole else next(spans)
            spot = label.spot
            if span is None and not spot.name:
                where = place_of(spot.start, spot.end)
                listed.append(Trouble(task.name, where, label.label, "位置在文本之外，又没有附原文"))
                continue
            start, end = span or (NOWHERE, NOWHERE)
            quote = ruler.text[start:end] if span else spot.name
            marks.append(Mark(start, end, split_path(label.label), label.coder, quote, "", label.created))
        papers.append(Paper(task.name, ruler.text, tuple(marks), doc_id=task.doc_id))
    used = [label.label for task in tasks for label in task.labels]
    themes = tuple(Theme(path, True) for path in dict.fromkeys(map(split_path, [*shown, *used])) if path)
    coders = tuple(dict.fromkeys(label.coder for task in tasks for label in task.labels if label.coder))
    project = replace(bare, papers=tuple(papers), themes=themes, coders=coders)
    return Given(project, tuple(listed), settler.repaired)
