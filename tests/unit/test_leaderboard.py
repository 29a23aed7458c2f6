"""The leaderboard: kind to the peers, and goes on when one can't be had."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "leaderboard"))
import bench_extraction
import board
import environment
import protocol
import regex_peer
from environment import OURS, REGEX, Unavailable, ask, install

from pipeline.scoring.records import Record


def candidate(start: int, end: int, kind: str | None = "money", value: float = 5, unit: str = "元") -> dict[str, Any]:
    return protocol.record(start, end, kind, value, value, unit)


GOLD = [Record(start=2, end=6, kind="money", value_min=5, value_max=5, unit="元")]


@pytest.mark.parametrize(
    ("candidates", "kept"),
    [
        ([candidate(0, 9, value=7), candidate(2, 6)], [(2, 6)]),  # the right one, not the longer
        ([candidate(2, 5, value=7), candidate(1, 6, value=8)], [(1, 6)]),  # none is right: the longer
        ([candidate(10, 14), candidate(20, 24)], [(10, 14), (20, 24)]),  # spurious ones all count
        ([candidate(10, 14), candidate(9, 15, None)], []),  # a longer date swallows a number
        ([candidate(2, 6), candidate(1, 9, None)], [(2, 6)]),  # but never a right one
        ([candidate(10, 14, "count"), candidate(10, 14, "other")], [(10, 14)]),
        ([], []),
    ],
)
def test_of_overlapping_readings_the_kindest_counts(candidates: list[dict[str, Any]], kept: list[Any]) -> None:
    assert [(one.start, one.end) for one in board.settle(candidates, GOLD)] == kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("最高不超过500万元", [("money", 5e6, 5e6, "元", "exact")]),
        ("30—50万元", [("money", 3e5, 5e5, "元", "range")]),
        ("引进731名人才，增长15.8%", [("percent", 15.8, 15.8, "%", "exact"), ("count", 731, 731, "名", "exact")]),
        ("2024年，连续3年", [("duration", 3, 3, "年", "exact")]),
        ("5-8个平台", [("count", 5, 8, "个", "range")]),
        ("没有数字", []),
    ],
)
def test_the_nine_patterns(text: str, found: list[Any]) -> None:
    fields = ("kind", "value_min", "value_max", "unit", "bound")
    assert [tuple(one[name] for name in fields) for one in regex_peer.extract(text)] == found
    assert len(regex_peer.PATTERNS) == 9


def test_an_adapter_answers_in_a_process_of_its_own() -> None:
    answer = ask(REGEX, {"texts": {"a": "补助50万元"}}, timeout=60)
    assert [one["value_max"] for one in answer["records"]["a"]] == [500000]
    timed = ask(REGEX, {"texts": {"a": "补助50万元\n\n奖励3万元"}, "seconds": 5}, timeout=60)
    assert timed["chars"] == 11 and timed["seconds"] >= 0
    [own] = ask(OURS, {"texts": {"a": "给予博士每人每月2000元生活补贴"}}, timeout=60)["records"]["a"]
    assert (own["value_min"], own["per"], own["beneficiary"]) == (2000, ["人", "月"], "博士")


def test_adapters_that_fail_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "HERE", tmp_path)
    bodies = {"broken": "raise SystemExit('oh')", "talks": "print('hello')", "slow": "import time; time.sleep(9)"}
    for name, body in bodies.items():
        (tmp_path / f"{name}.py").write_text(body, encoding="utf-8")
        with pytest.raises(Unavailable, match=rf"{name}\.py (failed: oh|gave no answer: hello|took over 1 s)"):
            ask(replace(REGEX, adapter=f"{name}.py"), {"texts": {}}, timeout=1 if name == "slow" else 60)
    (tmp_path / "chatty.py").write_text("print('banner')\nprint('{\"version\": 1}')", encoding="utf-8")
    assert ask(replace(REGEX, adapter="chatty.py"), {}, timeout=60) == {"version": 1}


def test_a_peer_that_cannot_be_installed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(system: environment.System) -> None:
        if system.package:
            raise Unavailable("no network")

    text = "给予博士每人每月2000元生活补贴。"
    line = {"start": 8, "end": 13, "kind": "money", "value_min": 2000, "value_max": 2000, "unit": "元"}
    rest = {"bound": "exact", "role": "benefit", "per": ["人", "月"], "item": "生活补贴", "beneficiary": "博士"}
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps({**line, **rest}), encoding="utf-8")
    monkeypatch.setattr(board, "install", refuse)
    monkeypatch.setattr(sys, "argv", ["board.py", str(tmp_path)])
    assert board.main() == 0
    printed = capsys.readouterr().out
    assert "JioNLP is left out: no network" in printed and "ms-Recognizers is left out" in printed
    [ours] = [row for row in printed.splitlines() if row.startswith("| cewen |")]
    assert ours.endswith("| 1 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |")
    assert str(tmp_path) not in printed


def test_no_gold_and_wrong_gold_end_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["board.py", str(tmp_path)])
    assert board.main() == 2 and "没有金标准" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["board.py"])
    monkeypatch.setattr(board, "GOLD", ())
    assert board.main() == 2 and "no gold" in capsys.readouterr().out


def test_pip_failing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ERROR: No matching distribution' >&2\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(environment, "_PYTHON", python)
    with pytest.raises(Unavailable, match="jionlp can't be installed: ERROR: No matching distribution"):
        install(environment.JIONLP)
    assert not environment.is_installed(environment.JIONLP) and environment.is_installed(OURS)


def test_speed_is_told_without_peers_and_as_ratios_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("对博士给予最高50万元补助。\n\n引进30名人才。\n" * 20, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["bench_extraction.py", str(tmp_path)])
    monkeypatch.setattr(bench_extraction, "is_installed", lambda system: False)
    bench_extraction.main()
    printed = capsys.readouterr().out
    assert "2 documents" in printed and "JioNLP isn't installed" in printed and " x " not in printed
    monkeypatch.setattr(bench_extraction, "is_installed", lambda system: True)
    monkeypatch.setattr(bench_extraction, "ask", slow_or_failing)
    bench_extraction.main()
    printed = capsys.readouterr().out
    assert " 10 characters/s (" in printed
    assert printed.count(" x JioNLP") == 2 and "ms-Recognizers is left out: broken" in printed
    assert "mentions + measures" in printed


def slow_or_failing(system: environment.System, question: dict[str, Any], *, timeout: float) -> dict[str, Any]:
    """Stand in for a peer that does ten characters a second, or for one that fails."""
    if system is environment.RECOGNIZERS:
        raise Unavailable("broken")
    return {"version": "1", "chars": 10, "seconds": 1.0}
