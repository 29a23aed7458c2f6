"""A project for tools that label text: tasks of Label Studio, lines of doccano. The shapes stand in docs/exchange.md.

Label Studio counts code points since 1.6, doccano UTF-16 units (its issue 2290): its offsets are written so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.files import completed
from pipeline.qda import memo
from pipeline.qda.dialects import Dialect, Ruler, without_astral
from pipeline.qda.names import theme_names
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.project import Path as CodePath
from pipeline.qda.xml import attributes, element, guid

_UTF16 = Dialect("doccano", "doccano", utf16=True)


def write_label_studio(project: Project, target: Path, *, bmp_safe: bool = False) -> tuple[Path, ...]:
    """Write the tasks to ``target`` (JSON) and the labelling interface beside it (NAME_标注界面.xml); return both.

    The machine's codings are one prediction of each task, each person's one annotation.
    """
    names = theme_names(project.themes)
    interface = target.with_name(f"{target.stem}_标注界面.xml")
    tasks = (_task(paper, names, bmp_safe) for paper in project.papers)
    _write(target, _listed(tasks))
    _write(interface, _interface(project.themes, names))
    return target, interface


def _listed(tasks: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a JSON list, one task a line."""
    before = "[\n"
    for task in tasks:
        yield before + json.dumps(task, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _task(paper: Paper, names: Mapping[CodePath, str], bmp_safe: bool) -> dict[str, Any]:
    """Return the task of a document."""
    text = without_astral(paper.text)[0] if bmp_safe else paper.text
    data = {"text": text, "document": paper.name, "doc_id": paper.doc_id, "attributes": dict(paper.attributes)}
    machine = [mark for mark in paper.marks if memo.is_machine(mark.coder)]
    people = dict.fromkeys(mark.coder for mark in paper.marks if not memo.is_machine(mark.coder))
    predictions, annotations = [], []
    if machine:
        results = [_region(paper, mark, text, names) for mark in machine]
        scores = [result["score"] for result in results if "score" in result]
        version = "+".join(sorted({mark.coder.removeprefix(memo.MACHINE).strip() for mark in machine}))
        prediction: dict[str, Any] = {"model_version": f"{memo.MACHINE} {version}", "result": results}
        if scores:
            prediction["score"] = round(sum(scores) / len(scores), 4)
        predictions.append(prediction)
    for coder in people:
        results = [_region(paper, mark, text, names) for mark in paper.marks if mark.coder == coder]
        annotations.append({"result": results, "coder": coder})
    return {"data": data, "predictions": predictions, "annotations": annotations}


def _region(paper: Paper, mark: Mark, text: str, names: Mapping[CodePath, str]) -> dict[str, Any]:
    """Return a labelled region; ``meta`` tells whose it is and why."""
    value = {"start": mark.start, "end": mark.end, "text": text[mark.start : mark.end], "labels": [names[mark.theme]]}
    region: dict[str, Any] = {
        "id": guid("region", paper.name, mark.start, mark.end, *mark.theme, mark.coder).replace("-", "")[:20],
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": value,
        "meta": {"text": [mark.memo] if mark.memo else [], "coder": mark.coder, "path": "/".join(mark.theme)},
    }
    if (score := _score(mark)) is not None:
        region["score"] = score
    return region


def _score(mark: Mark) -> float | None:
    """Return the machine's score of a coding."""
    found = memo.read_pairs(mark.memo).get(memo.SCORE) if memo.is_machine(mark.coder) else None
    return float(found) if found else None


def _interface(themes: Sequence[Theme], names: Mapping[CodePath, str]) -> Iterator[str]:
    """Yield the labelling interface: the codes that can be used, by their unique names; hints are their paths."""
    yield '<View>\n  <Header value="$document"/>\n  <Labels name="label" toName="text" choice="multiple">\n'
    for theme in themes:
        if theme.codable:
            background = theme.colour or "#8C8C8C"
            yield f"    {element('Label', value=names[theme.path], background=background, hint='/'.join(theme.path))}\n"
    start = attributes(name="text", value="$text", granularity="symbol")
    yield f"  </Labels>\n  <Text{start}/>\n</View>\n"


def write_doccano(project: Project, target: Path, *, bmp_safe: bool = False) -> tuple[Path, ...]:
    """Write a line for each document and coder (all of the machine's as one) to ``target``, the labels beside it.

    NAME_标签.json is doccano's list of labels to import first. Returns both paths.
    """
    names = theme_names(project.themes)
    labels = target.with_name(f"{target.stem}_标签.json")
    lines = (line for paper in project.papers for line in _lines(paper, names, bmp_safe))
    _write(target, (json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    _write(labels, iter([json.dumps(list(_labels(project.themes, names)), ensure_ascii=False, indent=1) + "\n"]))
    return target, labels


def _lines(paper: Paper, names: Mapping[CodePath, str], bmp_safe: bool) -> Iterator[dict[str, Any]]:
    """Yield the lines of a document, of the machine first; one without labels for a document without codings."""
    text = without_astral(paper.text)[0] if bmp_safe else paper.text
    ruler = Ruler(text, _UTF16)
    people = sorted({mark.coder for mark in paper.marks if not memo.is_machine(mark.coder)})
    machine = [mark for mark in paper.marks if memo.is_machine(mark.coder)]
    groups: list[tuple[str, list[Mark]]] = [(memo.MACHINE, machine)] if machine or not people else []
    groups += [(coder, [mark for mark in paper.marks if mark.coder == coder]) for coder in people]
    for coder, marks in groups:
        yield {
            "text": text,
            "label": [[ruler.there(mark.start), ruler.there(mark.end), names[mark.theme]] for mark in marks],
            "document": paper.name,
            "doc_id": paper.doc_id,
            "coder": coder,
            "unit": "utf-16",
            "details": [_detail(mark) for mark in marks],
        }


def _detail(mark: Mark) -> dict[str, Any]:
    """Return whose a label is and why, in the labels' order."""
    return {"path": "/".join(mark.theme), "coder": mark.coder, "score": _score(mark), "memo": mark.memo}


def _labels(themes: Iterable[Theme], names: Mapping[CodePath, str]) -> Iterator[dict[str, Any]]:
    """Yield doccano's labels."""
    for theme in themes:
        if theme.codable:
            colour = theme.colour or "#8C8C8C"
            yield {"text": names[theme.path], "backgroundColor": colour, "textColor": "#ffffff", "suffixKey": None}


def _write(target: Path, pieces: Iterable[str]) -> None:
    """Write a file in UTF-8; it appears only once it is complete."""
    with completed(target) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
