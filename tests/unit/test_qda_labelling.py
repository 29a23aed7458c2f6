"""Tasks for Label Studio, lines for doccano, and the files beside a .qdpx."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from qda_samples import MACHINE, PERSON, hostile_project

from pipeline.qda.labelling import write_doccano, write_label_studio
from pipeline.qda.memo import read_pairs
from pipeline.qda.sides import write_sides


def units(text: str, start: int, end: int) -> str:
    """Return what a program that counts UTF-16 sees."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_label_studio_has_the_machine_as_prediction_and_people_as_annotations(tmp_path: Path) -> None:
    project = hostile_project()
    made = write_label_studio(project, tmp_path / "任务.json")
    assert [path.name for path in made] == ["任务.json", "任务_标注界面.xml"]
    first, second = json.loads((tmp_path / "任务.json").read_text(encoding="utf-8"))
    assert first["data"]["document"] == "甲：𠮷.txt" and first["data"]["doc_id"] == "a" * 16
    assert first["data"]["attributes"] == {"地区": "岚川市", "发文年份": 2024}
    (prediction,), (annotation,) = first["predictions"], first["annotations"]
    assert prediction["model_version"] == MACHINE and prediction["score"] == 0.5 and annotation["coder"] == PERSON
    assert second["annotations"] == []
    regions = prediction["result"] + annotation["result"]
    assert len(regions) == len(project.papers[0].marks) and len({one["id"] for one in regions}) == len(regions)
    for one in regions:
        value = one["value"]
        assert first["data"]["text"][value["start"] : value["end"]] == value["text"]
        assert (one["type"], one["from_name"], one["to_name"]) == ("labels", "label", "text")
    assert read_pairs(regions[0]["meta"]["text"][0])["规则"] == "补助×1" and regions[0]["meta"]["coder"] == MACHINE
    view = etree.parse(tmp_path / "任务_标注界面.xml")
    labels = {one.get("value"): one.get("hint") for one in view.iter("Label")}
    assert labels["环境型—其他"] == "工具/环境型/其他" and "工具" not in labels
    assert {label for one in regions for label in one["value"]["labels"]} == set(labels)


def test_doccano_has_a_line_for_each_document_and_coder(tmp_path: Path) -> None:
    project = hostile_project()
    write_doccano(project, tmp_path / "a.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert [(line["document"], line["coder"]) for line in lines] == [
        ("甲：𠮷.txt", "机器编码"),
        ("甲：𠮷.txt", PERSON),
        ("乙.txt", "机器编码"),
    ]
    marks = [mark for mark in project.papers[0].marks if mark.coder == MACHINE]
    for (start, end, label), mark, detail in zip(lines[0]["label"], marks, lines[0]["details"], strict=True):
        assert units(lines[0]["text"], start, end) == mark.quote and detail["path"] == "/".join(mark.theme)
        assert label in ("环境型—其他", "供给型—其他", mark.theme[-1])
        assert (detail["coder"], detail["score"]) == (MACHINE, 0.5)
    labels = json.loads((tmp_path / "a_标签.json").read_text(encoding="utf-8"))
    assert {one["text"] for one in labels} == {label for line in lines for _, _, label in line["label"]}


def test_without_astral_characters_all_count_the_same(tmp_path: Path) -> None:
    write_doccano(hostile_project(), tmp_path / "a.jsonl", bmp_safe=True)
    write_label_studio(hostile_project(), tmp_path / "a.json", bmp_safe=True)
    line: dict[str, Any] = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")[0])
    task = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))[0]
    assert "〓" in line["text"] and line["text"] == task["data"]["text"] and max(line["text"]) < "\U00010000"
    places = [[one["value"]["start"], one["value"]["end"]] for one in task["predictions"][0]["result"]]
    assert places == [label[:2] for label in line["label"]]


def test_the_files_beside_a_project(tmp_path: Path) -> None:
    project = hostile_project()
    made = write_sides(project, tmp_path / "课题.qdpx", "政策文件")
    assert all(path.is_file() and path.name.startswith("课题_") for path in made) and len(made) == 8
    book = openpyxl.load_workbook(tmp_path / "课题_编码本.xlsx").worksheets[0]
    rows = [dict(zip([cell.value for cell in book[1]], [cell.value for cell in row], strict=True)) for row in book]
    other = next(row for row in rows if row["名称"] == "环境型—其他")
    assert (other["上级"], other["路径"], other["定义"], other["可编码"]) == ("环境型", "工具/环境型/其他", "一", "是")
    assert sum(int(row["编码数"] or 0) for row in rows[1:]) == sum(len(paper.marks) for paper in project.papers)
    with (tmp_path / "课题_编码本_taguette.csv").open(encoding="utf-8-sig", newline="") as file:
        tags = list(csv.DictReader(file))
    assert list(tags[0])[:2] == ["path", "description"] and len({one["path"] for one in tags}) == len(tags)
    sheet = openpyxl.load_workbook(tmp_path / "课题_分类表.xlsx").worksheets[0]
    values = [[cell.value for cell in row] for row in sheet]
    assert values == [["政策文件", "地区", "发文年份"], ["甲：𠮷.txt", "岚川市", 2024], ["乙.txt", "岚川市", None]]
    lines = (tmp_path / "课题_分类表.txt").read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines == ["政策文件\t地区\t发文年份", "甲：𠮷.txt\t岚川市\t2024", "乙.txt\t岚川市\t", ""]
    with (tmp_path / "课题_编码表.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    marks = [(paper, mark) for paper in project.papers for mark in paper.marks]
    assert len(table) == len(marks)
    for row, (paper, mark) in zip(table, marks, strict=True):
        assert (row["文档"], int(row["起"]), int(row["止"])) == (paper.name, mark.start, mark.end)
        assert (row["代码路径"], row["编码者"]) == ("/".join(mark.theme), mark.coder)
        assert row["把握"] == ("0.5" if mark.coder == MACHINE else "")
