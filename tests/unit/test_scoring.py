"""Scores: what counts as right, confidence, gold on disk with its mistakes, a run against it."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from table_samples import RAW, build

import pipeline
from pipeline.cli.main import invoke
from pipeline.core.errors import PipelineError
from pipeline.scoring.confidence import Judged, bins, calibration_error, curve
from pipeline.scoring.found import read_found
from pipeline.scoring.gold import read_gold
from pipeline.scoring.measures import as_data, score
from pipeline.scoring.records import SLOTS, Record, basis, pair_up, same_quantity, same_slot

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def record(**given: Any) -> Record:
    plain: dict[str, Any] = {"start": 0, "end": 4, "kind": "money", "unit": "元", "bound": "exact", "role": "benefit"}
    value = given.pop("value", 100.0)
    return Record(**{**plain, "value_min": value, "value_max": value, **given})


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (record(), True),
        (record(value_min=None), True),  # an open end may be left empty
        (record(value_min=None, value_max=None), False),
        (record(value_max=101.0), False),
        (record(value=100.00001), True),
        (record(unit="人民币"), True),
        (record(unit="万元"), False),
        (record(unit=None), False),
        (record(kind="count"), False),
    ],
)
def test_when_quantities_are_the_same(found: Record, same: bool) -> None:
    assert same_quantity(record(), found) is same


def test_ratios_need_no_unit_and_few_digits() -> None:
    ratio = record(kind="ratio", value=0.3333, unit=None)
    assert same_quantity(ratio, replace(ratio, value_min=0.33333, value_max=0.33333, unit="比"))
    assert not same_quantity(ratio, replace(ratio, value_min=0.34, value_max=0.34))


@pytest.mark.parametrize(
    ("slot", "gold", "found", "same"),
    [
        ("item", "安家补助", "一次性安家补助", True),
        ("item", "安家补助", "安家\n补助", True),
        ("item", "高新技术企业", "新技术", True),
        ("item", "研发费用", "销售收入", False),
        ("item", None, "奖励", False),
        ("beneficiary", None, "", True),
        ("time", None, "", True),
        ("time", "2025", "2025-06", False),
        ("per", basis(["人", "个月"]), basis(["月", "人"]), True),
        ("per", basis(["一次性"]), basis(["once"]), True),
        ("bound", "max", "exact", False),
    ],
)
def test_when_slots_are_the_same(slot: str, gold: Any, found: Any, same: bool) -> None:
    assert same_slot(slot, record(**{slot: gold}), record(**{slot: found})) is same


def test_pairs_take_the_right_one_before_the_longer() -> None:
    found = [record(start=0, end=8, value=5), record(start=2, end=4)]
    [pair] = pair_up([record()], found)
    assert (pair.found, pair.right) == (1, True)
    assert pair_up([record()], [record(start=4, end=8)]) == []


def test_score() -> None:
    gold = {"a": [record(), record(start=10, end=14, role="target", time="2025")], "b": [record(kind="age", unit="岁")]}
    found = {
        "a": [record(), record(start=10, end=14, role="fact", time="2025"), record(start=20, end=22)],
        "b": [record(kind="age", unit="岁", value=3)],
        "elsewhere": [record()],
    }
    scores = score(gold, found)
    assert (scores.documents, scores.gold, scores.predicted) == (2, 3, 4)
    assert (scores.span.p, scores.span.r) == (0.75, 1.0)
    assert (scores.quantity.p, scores.quantity.r, scores.quantity.f1) == (0.5, 0.6667, 0.5714)
    assert (scores.record.p, scores.slots["role"], scores.slots["item"]) == (0.25, 0.5, 1.0)
    assert scores.slots_where_gold_has_one == {"per": None, "time": 1.0, "beneficiary": None}
    assert scores.recall_by_kind == {"age": (0.0, 1), "money": (1.0, 2)}
    assert scores.role_confusions == (("target", "fact", 1),)
    assert [(one.doc, one.what, one.slot) for one in scores.mistakes] == [
        ("a", "slot", "role"),
        ("a", "spurious", None),
        ("b", "quantity", None),
    ]


def test_nothing_against_nothing() -> None:
    scores = score({"a": []}, {})
    assert (scores.quantity.f1, scores.slots["role"], scores.curve, scores.calibration_error) == (0.0, None, (), 0.0)


def test_the_curve_takes_the_surest_first() -> None:
    judged = [Judged(0.9, True)] * 5 + [Judged(0.2, False)] * 5
    points = curve(judged, 10)
    assert [point.right for point in points[:5]] == [1.0] * 5
    assert (points[-1].records, points[-1].right, points[-1].f1) == (10, 0.5, 0.5)
    assert points[4].f1 == pytest.approx(2 * 5 / (5 + 10)) and points[4].confidence == 0.9


def test_equal_confidence_means_no_order() -> None:
    judged = [Judged(0.9, True)] * 5 + [Judged(0.9, False)] * 5
    for mixed in (judged, judged[::-1]):
        assert [point.right for point in curve(mixed, 10)] == pytest.approx([0.5] * 10)


def test_the_calibration_error() -> None:
    assert calibration_error([Judged(1.0, True)] * 3 + [Judged(0.0, False)]) == 0
    assert calibration_error([Judged(1.0, True), Judged(1.0, False)]) == 0.5
    wanted = (2 * abs(0.5 - 0.55) + 1 * 0.25) / 3
    assert calibration_error([Judged(0.55, True), Judged(0.55, False), Judged(0.75, True)]) == pytest.approx(wanted)
    assert [(one.low, one.records) for one in bins([Judged(1.0, True), Judged(0.95, True)])] == [(0.9, 2)]


LINE = {
    "start": RAW.index("3000元"),
    "end": RAW.index("3000元") + 5,
    "surface": "3000元",
    "kind": "money",
    "value_min": 3000,
    "value_max": 3000,
    "unit": "元",
    "bound": "exact",
    "role": "benefit",
    "per": ["人", "月"],
    "time": None,
    "item": "生活补贴",
    "beneficiary": "博士",
}


def write(folder: Path, *lines: Any, text: str = RAW, name: str = "甲") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    rows = [line if isinstance(line, str) else json.dumps({**LINE, **line}, ensure_ascii=False) for line in lines]
    (folder / f"{name}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_gold_is_read(tmp_path: Path) -> None:
    none = {"kind": "none", "value_min": None, "value_max": None}
    gold = read_gold(write(tmp_path, {}, none, "", {"per": "人/个月", "value_max": 3500.5}))["甲"]
    assert [one.per for one in gold.records] == [{"人", "月"}] * 2
    assert gold.records[1].value_max == 3500.5 and gold.figureless == 1


def test_line_ends_count(tmp_path: Path) -> None:
    place = {"start": 4, "end": 9, "surface": "3000元"}
    write(tmp_path, place, text="补贴\r\n3000元")
    assert read_gold(tmp_path)["甲"].text == "补贴\r\n3000元"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "甲.jsonl:2: 不是 JSON"),
        ("[1]", "甲.jsonl:2: 应为一条记录"),
        ({"start": "3"}, "甲.jsonl:2: start: 应为整数，实为“3”"),
        ({"start": True}, "甲.jsonl:2: start: 应为整数"),
        ({"kind": "mony"}, "甲.jsonl:2: kind: 应为 money、"),
        ({"bound": None}, "甲.jsonl:2: bound: 应为 exact、"),
        ({"per": [1]}, "甲.jsonl:2: per.0: 应为文字"),
        ({"value_min": "3千"}, "甲.jsonl:2: value_min: 应为数字"),
        ({"value_min": None}, "甲.jsonl:2: 缺少 value_min 或 value_max"),
        ({"value_min": 4000}, "甲.jsonl:2: value_min 4000 大于 value_max 3000"),
        ({"end": 9999}, f"甲.jsonl:2: 位置 {LINE['start']}–9999 不对，应在 甲.txt 的 0–{len(RAW)} 之间"),
        ({"end": LINE["start"]}, "且起小于止"),
        ({"surface": "5000元"}, "处的原文是“3000元”，不是 surface 的“5000元”"),
        ({"doc": "乙"}, "doc 为“乙”，应为文件名 甲"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(line: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        read_gold(write(tmp_path, {}, line))
    [mistake] = caught.value.mistakes
    assert words in mistake and mistake.startswith(str(tmp_path))


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    line = json.dumps({name: value for name, value in LINE.items() if name not in ("end", "role")})
    with pytest.raises(PipelineError) as caught:
        read_gold(write(tmp_path, line))
    assert [words.split("甲.jsonl:1: ")[1] for words in caught.value.mistakes] == [
        "end: 缺少必填的键",
        "role: 缺少必填的键",
    ]


def test_many_wrong_lines_are_cut_short(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="还有 10 处错误") as caught:
        read_gold(write(tmp_path, *["{"] * 30))
    assert len(caught.value.mistakes) == 21


def test_folders_that_hold_no_gold(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="没有这个目录"):
        read_gold(tmp_path / "nowhere")
    with pytest.raises(PipelineError, match="没有金标准"):
        read_gold(tmp_path)
    write(tmp_path / "test", {})
    with pytest.raises(PipelineError, match=r"下面的目录里有：.*test"):
        read_gold(tmp_path)
    (tmp_path / "甲.txt").write_text("文", encoding="utf-8")
    (tmp_path / "乙.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        read_gold(tmp_path)
    assert "甲.jsonl: 缺少这个文件" in caught.value.mistakes[0] and "乙.txt: 缺少这个文件" in caught.value.mistakes[1]
    (tmp_path / "甲.txt").write_bytes("岚川".encode("gb18030"))
    (tmp_path / "甲.jsonl").write_bytes(b"")
    (tmp_path / "乙.jsonl").unlink()
    with pytest.raises(PipelineError, match=r"甲\.txt: 不是 UTF-8"):
        read_gold(tmp_path)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    build(folder)  # 甲.pdf is RAW, with its two measures; 丙.pdf failed
    return folder


def test_eval_prints_the_figures(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write(tmp_path, {"role": "target"}, {"start": 0, "end": 3, "surface": None})
    assert invoke(["eval", str(gold), str(out), "--errors", "2"]) == 0
    printed = capsys.readouterr()
    for words in (
        "金标准 1 篇文本，2 条记录；结果 2 条",
        "数量（类型、数值、单位对）  0.500   0.500   0.500",
        "整条记录（各项全对）        0.000",
        "作用判错（金标准→结果）：目标→优惠支持 1",
        "100%      2",
        "期望校准误差",
        "甲.txt 第 0–3 字“岚川市” 漏掉",
        "字“3000元” 作用不对：金标准 目标，结果 优惠支持",
    ):
        assert words in printed.out
    assert "--errors 条数 可多列" in printed.err


def test_eval_as_json_and_in_python(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write(tmp_path, {})
    assert invoke(["eval", str(gold), str(out), "--json", "--errors", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["quantity"] == {"p": 0.5, "r": 1.0, "f1": 0.6667} and len(found["curve"]) == 10
    assert found["errors"][0]["what"] == "spurious" and found["errors"][0]["found"]["kind"] == "money"
    assert json.loads(json.dumps(pipeline.open(out).score(gold, mistakes=1))) == found


def test_eval_refuses_what_it_cannot_score(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write(tmp_path, {}, text=RAW.replace("生活", "住房"))
    write(tmp_path, name="没有")
    write(tmp_path, name="丙")
    assert invoke(["eval", str(gold), str(out)]) == 2
    words = capsys.readouterr().err
    assert "1 篇不在结果里：没有.txt" in words
    assert f"甲.pdf 的文本与金标准的 甲.txt 从第 {RAW.index('生活')} 字起不同" in words
    assert "丙.pdf 运行失败" in words and "共 3 处错误" in words
    assert invoke(["eval", str(write(tmp_path / "right", {})), str(tmp_path)]) == 2
    assert "请先运行 cewen run" in capsys.readouterr().err


def test_a_text_is_preferred_to_other_files_of_its_name(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold", {"start": 6, "end": 11}, text="每人每月补贴3000元。")
    (tmp_path / "gold" / "甲.md").write_text("补贴5000元。", encoding="utf-8")
    pipeline.run(gold, tmp_path / "out", workers=1)  # 甲.jsonl is among the inputs too
    found = read_found(tmp_path / "out", read_gold(gold))
    assert [(one.value_min, one.start) for one in found["甲"]] == [(3000.0, 6)]
    (gold / "乙.md").write_text("补贴5000元。\n", encoding="utf-8")
    (gold / "乙.html").write_text("<p>补贴6000元。</p>", encoding="utf-8")
    pipeline.run(gold, tmp_path / "out", workers=1)
    write(gold, text="补贴5000元。\n", name="乙")
    with pytest.raises(PipelineError, match="有 2 篇文档都叫 乙"):
        read_found(tmp_path / "out", read_gold(gold))


def original() -> ModuleType:
    path = SHARED / "bench" / "score_measures.py"
    if not path.exists():
        pytest.skip("the evaluation data aren't beside the repository")
    spec = importlib.util.spec_from_file_location("score_measures", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def disturbed(line: dict[str, Any], chance: random.Random, length: int) -> list[dict[str, Any]]:
    """Return a gold line as a run might have found it: whole, missed, shifted, halved, with other slots."""
    roll = chance.random()
    if roll < 0.1:
        return []
    found = dict(line)
    if roll < 0.3:
        found["start"] = max(0, min(line["start"] + chance.randint(-3, 3), length - 1))
        found["end"] = max(found["start"] + 1, line["end"] + chance.randint(-3, 3))
    if roll < 0.6:
        slot = chance.choice([*SLOTS, "kind", "unit", "value_min", "value_max"])
        found[slot] = chance.choice(
            {
                "bound": ["max", "min"],
                "role": ["fact", "other"],
                "per": [None, ["年"], ["一次性"]],
                "time": [None, "2025"],
                "kind": ["count", "other"],
                "unit": ["人", "日", " 元", None],
                "value_min": [None, 1.0],
                "value_max": [None, 2.0],
            }.get(slot, [None, "企业", line.get("item") and line["item"][1:]])
        )
    return [found, found] if roll > 0.95 else [found]


@pytest.mark.shared
def test_the_definitions_are_those_of_the_evaluation_data() -> None:
    scorer = original()
    folder = SHARED / "data" / "gold" / "measures"
    lines = scorer.read_gold(str(folder))
    gold = read_gold(folder)
    for seed in range(5):
        chance = random.Random(seed)
        found = {
            doc: [one for line in rows for one in disturbed(line, chance, len(gold[doc].text))]
            for doc, rows in lines.items()
        }
        theirs = scorer.score(lines, found)
        keep = ("start", "end", "kind", "value_min", "value_max", "unit", *SLOTS)
        records = {
            doc: [Record(**{**{name: row[name] for name in keep}, "per": basis(row["per"] or ())}) for row in rows]
            for doc, rows in found.items()
        }
        ours = as_data(score({name: text.records for name, text in gold.items()}, records))
        plain = json.loads(json.dumps({name: value for name, value in ours.items() if name in theirs}))
        assert plain == json.loads(json.dumps(theirs))


@pytest.mark.shared
def test_a_run_is_read_as_the_evaluation_data_read_it(tmp_path: Path) -> None:
    scorer = original()
    folder, part = SHARED / "data" / "gold" / "measures", tmp_path / "gold"
    part.mkdir()
    for path in [path for path in sorted(folder.glob("*.txt")) if path.with_suffix(".jsonl").stat().st_size][:4]:
        for file in (path, path.with_suffix(".jsonl")):
            shutil.copy(file, part)
    pipeline.run(sorted(part.glob("*.txt")), tmp_path / "out", workers=1)
    theirs = scorer.score(scorer.read_gold(str(part)), scorer.read_predictions(str(tmp_path / "out")))
    ours = json.loads(json.dumps(pipeline.open(tmp_path / "out").score(part)))
    assert theirs["gold"] > 20 and {name: ours[name] for name in theirs} == json.loads(json.dumps(theirs))
