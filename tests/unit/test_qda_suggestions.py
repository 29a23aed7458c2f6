"""What the machine was in doubt about goes out under a user of its own, and comes back as nobody's coding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coded_run import Qdpx, books, entries

from pipeline.cli.main import invoke
from pipeline.qda.build import build_project
from pipeline.qda.memo import DOUBTS, read_pairs
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry
from pipeline.table.codings import codings, unanswered


def doubted() -> list[Entry]:
    """The coded run with every seventh coding in doubt."""
    found = []
    for entry in entries():
        assert entry.document and entry.document.codings
        codings = tuple(replace(one, given=n % 7 > 0) for n, one in enumerate(entry.document.codings))
        found.append(replace(entry, document=replace(entry.document, codings=codings)))
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    build_tables(doubted, tmp_path / "out", codebooks=books())
    return tmp_path / "out"


def exported(out: Path, file: Path, *options: str) -> Qdpx:
    assert invoke(["export", str(out), "--to", "qdpx", str(file), *options]) == 0
    return Qdpx.read(file)


def run_import(capsys: pytest.CaptureFixture[str], *args: object) -> dict[str, Any]:
    capsys.readouterr()
    assert invoke(["import", *map(str, args), "--json", "--dry-run"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_they_are_left_out_unless_asked_for(out: Path, tmp_path: Path) -> None:
    plain, more = exported(out, tmp_path / "a.qdpx"), exported(out, tmp_path / "b.qdpx", "--suggestions")
    doubts = [spot for spot in more.spots if spot.user == DOUBTS]
    assert DOUBTS not in plain.users and more.users[-1] == DOUBTS
    assert len(doubts) == len(more.spots) - len(plain.spots) > 10
    assert all(read_pairs(spot.memo)["版本"] == "terms@1" for spot in doubts)
    one = exported(out, tmp_path / "c.qdpx", "--suggestions", "--codebook", "second")
    assert {spot.code for spot in one.spots} == {spot.code for spot in more.spots if "平台" in spot.code}


@pytest.mark.parametrize("reviewed", [(), ("--reviewed",)])
@pytest.mark.parametrize("name", ["b.qdpx", "b_编码表.xlsx"])
def test_they_come_back_as_nobodys(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], reviewed: tuple[str, ...], name: str
) -> None:
    given = exported(out, tmp_path / "b.qdpx", "--suggestions")
    found = run_import(capsys, out, tmp_path / name, *reviewed)
    counts = found["counts"]
    machine = sum(len(paper.marks) for paper in build_project(out).project.papers)
    assert counts.pop("confirmed" if reviewed else "unchanged") == machine and not any(counts.values())
    assert found["suggestions"] == len(given.spots) - machine and not found["troubles"]


def test_what_a_person_takes_over_is_hers(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "b.qdpx"
    given = exported(out, file, "--suggestions")
    plain = {name: content.decode() for name, content in given.texts.items()}
    doubts = [spot for spot in given.spots if spot.user == DOUBTS]
    given.users.append("张三")
    doubts[0].user = "张三"
    given.spots.remove(doubts[1])
    given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    found = run_import(capsys, out, file)
    assert [(one["kind"], one["coder"]) for one in found["changes"]] == [("new", "张三")]
    assert found["suggestions"] == len(doubts) - 2


def test_what_a_person_has_answered_is_left_out(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "b.qdpx"
    given = exported(out, file, "--suggestions")
    plain = {name: content.decode() for name, content in given.texts.items()}
    doubts = [spot for spot in given.spots if spot.user == DOUBTS]
    given.users.append("张三")
    doubts[0].user = "张三"
    given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    assert invoke(["import", str(out), str(file)]) == 0
    again = exported(out, file, "--suggestions")
    left = [(one.source, one.start, one.code) for one in again.spots if one.user == DOUBTS]
    assert len(left) == len(doubts) - 1 and (doubts[0].source, doubts[0].start, doubts[0].code) not in left
    queue = codings(out, review=True).to_pylist()
    asked = {row["id"] for row in queue if row["state"] == "待给出"}
    assert unanswered(out) == asked and len(asked) == len(left)
    capsys.readouterr()
    assert invoke(["export", str(out), "--to", "qdpx", str(file), "--suggestions", "--coder", "张三"]) == 2
    assert "--coder 机器编码" in capsys.readouterr().err
    both = exported(out, file, "--suggestions", "--coder", "张三", "--coder", "机器编码")
    assert sum(one.user == DOUBTS for one in both.spots) == len(left)


def test_the_user_may_come_back_with_other_white_space(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b.qdpx"
    given = exported(out, file, "--suggestions")
    plain = {name: content.decode() for name, content in given.texts.items()}
    doubts = [spot for spot in given.spots if spot.user == DOUBTS]
    given.users[given.users.index(DOUBTS)] = "机器编码　待审 "
    given.users.append("机器编码待审")
    for number, spot in enumerate(doubts):
        spot.user = given.users[-1 - number % 2]
    given.write(file, quote=lambda spot: plain[spot.source][spot.start : spot.end])
    found = run_import(capsys, out, file, "--reviewed")
    assert found["suggestions"] == len(doubts) and not found["counts"]["new"]


def test_only_projects_show_them(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["export", str(out), "--to", "doccano", str(tmp_path / "a.jsonl"), "--suggestions"]) == 2
    assert "不能用 --suggestions" in capsys.readouterr().err
