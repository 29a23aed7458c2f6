from __future__ import annotations

import io
import json
import os
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.config import load_config
from pipeline.core.document import Source
from pipeline.core.errors import PipelineError
from pipeline.core.issues import issue
from pipeline.core.layers import Block, CleanText, Measure, RawText
from pipeline.core.offsets import Edit
from pipeline.core.stage import Stage
from pipeline.running import pool
from pipeline.running.codec import Frame, decode, encode, layer_types, read_frame, shape, write_frame
from pipeline.running.hold import hold
from pipeline.running.inputs import Fingerprint, InputFile, Listing
from pipeline.running.manifest import data_files, describe_run, libraries, write_manifest
from pipeline.running.plan import Plan, Step, describe, plan_from_json
from pipeline.running.records import Records, issue_counts, tally
from pipeline.running.store import Finished, Store, Task, late_key

STEPS = (
    Step("ingest", ("source", "content"), "raw", 1, "", "s"),
    Step("clean", ("raw",), "text", 1, "", "s"),
    Step("head", ("text",), "head", 1, "", "s"),
    Step("sentences", ("text",), "sentences", 1, "", "s"),
    Step("bag", ("sentences",), "bag", 1, "", "s"),
)
PLAN = Plan(STEPS)
SOURCE = Source("a.txt", "in/a.txt", "ab" * 32, 5)


def changed(name: str, **values: Any) -> set[str]:
    other = Plan(tuple(replace(step, **values) if step.name == name else step for step in STEPS))
    old, new = PLAN.keys(SOURCE), other.keys(SOURCE)
    assert other.document_key("p", "s") != PLAN.document_key("p", "s")
    return {stage for stage in old if old[stage] != new[stage]}


def test_a_raised_version_changes_the_keys_of_the_stage_and_those_after_it_only() -> None:
    assert changed("sentences", version=2) == {"sentences", "bag"}
    assert changed("head", settings="other") == {"head"}
    assert changed("clean", shape="other") == {"clean", "head", "sentences", "bag"}


def test_keys_depend_on_content_and_path() -> None:
    keys = PLAN.keys(SOURCE)
    assert not set(keys.values()) & set(PLAN.keys(replace(SOURCE, sha256="cd" * 32)).values())
    assert not set(keys.values()) & set(PLAN.keys(replace(SOURCE, path="in/b.txt")).values())
    assert plan_from_json(json.loads(json.dumps(PLAN.to_json()))) == PLAN


def test_describe_takes_everything_but_the_function() -> None:
    def clean(raw: RawText) -> CleanText:
        return CleanText(raw.text, ())

    (step,) = describe([Stage("clean", clean, ("raw",), "text", 4, "digest")]).steps
    assert step == Step("clean", ("raw",), "text", 4, "digest", shape("text"))
    assert shape("text") != shape("raw")


@pytest.mark.parametrize(
    ("layer", "value"),
    [
        (
            "raw",
            RawText("「中」\n\r\n\u2028🀄", "text/plain", blocks=(Block(0, 1, "cell", box=(0.1, 2.0, 3e-9, 4.0)),)),
        ),
        ("raw", RawText("a", "text/plain", doubts=(issue("ingest", "ingest.replaced", name="a", count=3),))),
        ("text", CleanText("ab", (Edit(1, 2, "", "furniture"),))),
        ("outline", ()),
        ("measures", (Measure(0, 1, 0, 2, "money", "r", Decimal("2.30E+8"), Decimal("0.1"), "元"),)),
    ],
)
def test_layers_come_back_as_they_were(layer: str, value: object) -> None:
    back = decode(layer, encode(layer, value))
    assert back == value
    assert repr(back) == repr(value)


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(TypeError, match="not run"):
        encode("raw", None)
    with pytest.raises(ValueError, match="serializ"):
        encode("raw", "a text")
    assert set(layer_types()) >= {"raw", "text", "measures", "bag"}


def test_frames_come_back_and_a_cut_one_is_the_end() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"名": "值\udc80"}, [b"", b"\x00\xff" * 1000])
    write_frame(stream, {})
    data = stream.getvalue()
    back = io.BytesIO(data)
    assert read_frame(back) == Frame({"名": "值\udc80"}, (b"", b"\x00\xff" * 1000))
    assert read_frame(back) == Frame({})
    assert read_frame(back) is None
    for cut in (1, 5, 9, 30, 1500):
        assert read_frame(io.BytesIO(data[:cut])) is None


# ---- store


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = Store(tmp_path)
    yield made
    made.close()


def listing(*names: str) -> Listing:
    return Listing(tuple(InputFile(f"in/{name}", f"in/{name}") for name in names), ())


def fill(store: Store, **contents: str) -> None:
    store.note_inputs(listing(*contents))
    store.note_fingerprints([(f"in/{n}", Fingerprint(len(c), 1, c * 64)) for n, c in contents.items()])
    store.settle(PLAN, 5.0)


def finish(store: Store, *, plan: Plan = PLAN, plan_key: str | None = None, **issues: str) -> dict[str, str]:
    statuses = {}
    for task in list(store.tasks(plan)):
        layers = [(step.name, step.gives, b"x") for step in plan.steps if step.name not in task.reuse]
        code = issues.get(task.source.name)
        found = [{"stage": "clean", "code": code, "severity": code, "message": "m"}] if code else []
        key = task.plan_key if plan_key is None else plan_key
        statuses[task.source.name] = store.write(Finished(task, layers, found, key))
    return statuses


def test_everything_is_waiting_before_anything_is_read(store: Store) -> None:
    store.note_inputs(listing("a", "b", "c"))
    assert tally(store.db) == {"waiting": 3}


def test_files_no_longer_given_are_told(store: Store) -> None:
    assert store.note_inputs(listing("a", "b", "c")) == []
    assert store.note_inputs(listing("b", "d")) == ["in/a", "in/c"]
    assert store.note_inputs(listing("b", "d")) == []


def test_status_is_that_of_the_worst_issue(store: Store) -> None:
    fill(store, a="1", b="2", c="3", d="4")
    assert finish(store, a="error", b="warning", c="info") == {
        "a": "failed",
        "b": "partial",
        "c": "done",
        "d": "done",
    }
    assert store.count_waiting() == 0


def test_the_largest_are_first_and_none_is_left_out(store: Store) -> None:
    names = [f"n{i:04}" for i in range(1203)]
    store.note_inputs(listing(*names))
    sizes = {name: (index * 7919) % 100 for index, name in enumerate(names)}
    store.note_fingerprints([(f"in/{n}", Fingerprint(sizes[n], 1, f"{i:064x}")) for i, n in enumerate(names)])
    store.settle(PLAN, 5.0)
    tasks = [task.source.name for task in store.tasks(PLAN)]
    assert tasks == sorted(names, key=lambda name: (-sizes[name], name))


def test_duplicates_are_partial_and_name_the_first(store: Store) -> None:
    fill(store, a="1", b="2", c="1")
    assert tally(store.db) == {"partial": 1, "waiting": 2}
    rows = store.db.execute("SELECT name, doc_id, duplicate_of FROM document ORDER BY seq").fetchall()
    assert rows[0] == ("a", "1" * 16, None)
    assert rows[2][2] == "in/a"
    assert rows[2][1].startswith("1" * 16 + "-")
    assert issue_counts(store.db) == {"input.duplicate": 1}
    fill(store, c="1", b="2")
    assert tally(store.db) == {"waiting": 2}
    assert finish(store) == {"b": "done", "c": "done"}
    assert issue_counts(store.db) == {}


def test_what_is_no_longer_given_goes_with_its_results(store: Store) -> None:
    fill(store, a="1", b="2")
    finish(store, a="error")
    fill(store, b="2")
    assert store.db.execute("SELECT DISTINCT doc_id FROM result").fetchall() == [("2" * 16,)]
    assert (tally(store.db), issue_counts(store.db)) == ({"done": 1}, {})


def test_a_changed_plan_sets_all_waiting_and_keeps_what_still_holds(store: Store) -> None:
    fill(store, a="1")
    finish(store)
    other = Plan((*STEPS[:3], replace(STEPS[3], version=2), STEPS[4]))
    store.settle(other, 5.0)
    (task,) = store.tasks(other)
    assert task.reuse == ("ingest", "clean", "head")
    store.write(Finished(task, [("sentences", "sentences", b"new")], [], task.plan_key))
    rows = store.db.execute("SELECT stage, value FROM result ORDER BY stage").fetchall()
    assert rows == [("clean", b"x"), ("head", b"x"), ("ingest", b"x"), ("sentences", b"new")]


def test_a_late_document_gets_another_chance_with_another_limit_only(store: Store) -> None:
    fill(store, a="1")
    (task,) = store.tasks(PLAN)
    store.write(Finished(task, [], [], late_key(task.plan_key, 5.0)))
    store.settle(PLAN, 5.0)
    assert store.count_waiting() == 0
    store.settle(PLAN, 6.0)
    assert store.count_waiting() == 1


def test_a_program_that_was_late_is_tried_again_with_another_limit(store: Store) -> None:
    fill(store, a="1")
    (task,) = store.tasks(PLAN)
    late = {"code": "ingest.tool-timeout"}
    assert pool._finished(task, (), [late], 5.0).plan_key == late_key(task.plan_key, 5.0)
    assert pool._finished(task, (), [{"code": "ingest.tool-failed"}], 5.0).plan_key == task.plan_key
    assert pool._finished(task, (), [late, {"code": "input.changed"}], 5.0).plan_key == ""


def test_what_may_have_been_the_machine_is_tried_again(store: Store) -> None:
    fill(store, a="1")
    finish(store, plan_key="")
    store.settle(PLAN, 5.0)
    assert store.count_waiting() == 1


def test_a_file_without_fingerprint_fails_and_comes_back(store: Store) -> None:
    store.note_inputs(listing("a"))
    store.note_fingerprints([("in/a", issue("input", "input.missing", name="a"))])
    store.settle(PLAN, 5.0)
    assert tally(store.db) == {"failed": 1}
    assert len(store.db.execute("SELECT doc_id FROM document").fetchone()[0]) == 16
    fill(store, a="1")
    assert finish(store) == {"a": "done"}


def test_duplicates_of_a_failed_document_fail_and_come_back_with_it(store: Store) -> None:
    fill(store, a="1", b="2", c="1", d="1")
    finish(store, a="error")
    failed = store.settle_duplicates()
    assert [path for path, _ in failed] == ["in/c", "in/d"]
    assert failed[0][1].startswith("c 与 in/a 内容完全相同，而后者处理失败")
    assert tally(store.db) == {"done": 1, "failed": 3}
    assert issue_counts(store.db) == {"error": 1, "input.duplicate-failed": 2}
    first = store.state()
    store.settle(PLAN, 5.0)
    store.settle_duplicates()
    assert store.state() == first
    store.settle(Plan(STEPS[:1]), 5.0)
    finish(store, plan=Plan(STEPS[:1]))
    assert store.settle_duplicates() == []
    assert tally(store.db) == {"done": 2, "partial": 2}


def test_a_file_found_changed_is_looked_at_again_though_size_and_time_are_the_same(store: Store) -> None:
    fill(store, a="1", b="2")
    (task, other) = store.tasks(PLAN)
    found = {"stage": "input", "code": "input.changed", "severity": "error", "message": "m"}
    store.write(Finished(task, [], [found], ""))
    store.write(Finished(other, [], [], other.plan_key))
    assert {path: known for path, _, _, known in store.files()} == {"in/a": None, "in/b": Fingerprint(1, 1, "2" * 64)}


def test_state_follows_everything_the_tables_show(store: Store) -> None:
    fill(store, a="1", b="2")
    finish(store)
    first = store.state()
    assert store.state() == first
    fill(store, a="1", b="2")
    assert store.state() == first
    fill(store, a="1", b="3")
    finish(store)
    assert store.state() != first


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    first = hold(tmp_path)
    with pytest.raises(PipelineError, match="另一个"):
        hold(tmp_path)
    first.close()
    hold(tmp_path).close()


def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(PipelineError, match="输出目录"):
        hold(tmp_path / "file" / "out")


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 100, None])
def test_a_strange_store_is_refused_unless_fresh(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run.sqlite"
    if content is None:
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE mine(x)")
        db.close()
    else:
        path.write_bytes(content)
    with pytest.raises(PipelineError, match="--fresh"):
        Store(tmp_path)
    Store(tmp_path, fresh=True).close()


def test_a_closed_store_is_one_file_that_can_be_read(store: Store, tmp_path: Path) -> None:
    fill(store, a="1")
    finish(store, a="warning")
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["run.sqlite"]
    with Records(tmp_path) as records:
        (record,) = records.rows()
        assert (record.status, records.tally(), records.issue_counts()) == ("partial", {"partial": 1}, {"warning": 1})
        assert records.find("a") == records.find("in/a") == records.find("1111") == [record]
        assert records.find("./in//a") == [record]
        assert records.find("x") == records.find("") == []
    store.db = sqlite3.connect(":memory:")


def test_records_need_a_store(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="cewen run"):
        Records(tmp_path)


def test_issues_are_ordered_by_stage_whatever_the_order_of_arrival(store: Store, tmp_path: Path) -> None:
    fill(store, a="1")
    (task,) = store.tasks(PLAN)
    found = [
        {"stage": s, "code": c, "severity": "info", "message": "m"}
        for s, c in (("bag", "x"), ("clean", "y"), ("clean", "z"))
    ]
    store.write(Finished(task, [], found, task.plan_key))
    with Records(tmp_path) as records:
        (record,) = records.rows()
        assert [trace.issue.code for trace in records.issues_of(record)] == ["y", "z", "x"]


def test_task_file_survives_any_name(store: Store) -> None:
    odd = os.fsdecode(b"in/\xff.txt") if os.name == "posix" else "in/x.txt"
    store.note_inputs(Listing((InputFile("in/shown.txt", odd),), ()))
    store.note_fingerprints([("in/shown.txt", Fingerprint(1, 1, "9" * 64))])
    store.settle(PLAN, 5.0)
    (task,) = store.tasks(PLAN)
    assert isinstance(task, Task)
    assert task.file == odd


# ---- manifest


def test_manifest_holds_what_a_run_depends_on(tmp_path: Path, store: Store) -> None:
    fill(store, a="1", b="2")
    finish(store)
    config = load_config()
    head = describe_run(config, PLAN, {"documents": {"done": 2}}, {"list": 0.1}, ["in"])
    with Records(tmp_path) as records:
        write_manifest(tmp_path / "run.json", head, records.rows())
    back = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert [line["sha256"] for line in back["inputs"]] == ["1" * 64, "2" * 64]
    assert back["config"] == config.model_dump(mode="json")
    assert back["given"] == ["in"]
    models = {f"measures/{name}" for name in ("roles.crfsuite", "pointers.json", "trust.json")} | {
        "coding/themes.codes"
    }
    assert set(back["models"]) == models and all(len(one) == 16 for one in back["models"].values())
    assert back["seeds"] == {"topics": config.topics.seed}
    assert list(back["stages"]) == [step.name for step in STEPS]
    assert not list(tmp_path.glob("*.tmp"))


def test_libraries_and_data_are_named() -> None:
    assert {"click", "pydantic", "jieba"} <= set(libraries()) or libraries() == {}
    assert "pytest" not in libraries()
    assert "pipeline.toml" in data_files(load_config())
