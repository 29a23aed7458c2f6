from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.document import Document, Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Bag, CleanText, Head, RawText, Sentence
from pipeline.core.stage import Stage, check
from pipeline.running.codec import decode
from pipeline.running.worker import Cache, Outcome, read_content, run_one


def ingest(source: Source, content: bytes) -> RawText:
    return RawText(content.decode("utf-8"), "text/plain")


def clean(raw: RawText) -> CleanText:
    return CleanText(raw.text.strip(), ())


def cut(text: CleanText) -> tuple[Sentence, ...]:
    return (Sentence(0, len(text.text), ()),)


def read_head(source: Source, text: CleanText) -> Head:
    return Head(year=len(text.text))


def bag(head: Head) -> Bag:
    return Bag((), ())


STAGES = (
    Stage("ingest", ingest, ("source", "content"), "raw", 1),
    Stage("clean", clean, ("raw",), "text", 1),
    Stage("head", read_head, ("source", "text"), "head", 1),
    Stage("sentences", cut, ("text",), "sentences", 1),
    Stage("bag", bag, ("head",), "bag", 1),
)


class Stored:
    """Layers of an earlier run, and which of them were asked for."""

    def __init__(self, **layers: object) -> None:
        self.layers = layers
        self.asked: list[str] = []

    def layer(self, doc_id: str, stage: str, name: str) -> object:
        self.asked.append(f"{stage}:{name}")
        return self.layers[name]


def task(
    tmp_path: Path, content: bytes = b"text ", *, sha256: str | None = None, reuse: tuple[str, ...] = ()
) -> dict[str, Any]:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    source = Source("a.txt", "in/a.txt", sha256 or hashlib.sha256(content).hexdigest(), len(content))
    return {"source": asdict(source), "doc_id": source.doc_id, "file": str(file), "reuse": reuse}


def run(stages: tuple[Stage, ...], work: dict[str, Any], stored: Any = None) -> Outcome:
    check(stages)
    return run_one(stages, work, stored or Cache(Path("nowhere")))


def replaced(name: str, function: Any, **change: Any) -> tuple[Stage, ...]:
    return tuple(
        Stage(s.name, function, s.needs, s.gives, s.version, **change) if s.name == name else s for s in STAGES
    )


def codes(outcome: Outcome) -> list[tuple[str, str]]:
    return [(found.stage, found.code) for found, _ in outcome.issues]


def test_all_layers_are_made(tmp_path: Path) -> None:
    outcome = run(STAGES, task(tmp_path))
    assert list(outcome.layers) == ["ingest", "clean", "head", "sentences", "bag"]
    assert decode("text", outcome.layers["clean"]) == CleanText("text", ())
    assert (outcome.issues, set(outcome.seconds)) == ([], set(outcome.layers))


def test_a_stage_that_raises_costs_those_that_need_it_only(tmp_path: Path) -> None:
    def read_badly(source: Source, text: CleanText) -> Head:
        raise KeyError("a\n  b")

    outcome = run(replaced("head", read_badly), task(tmp_path))
    assert list(outcome.layers) == ["ingest", "clean", "sentences"]
    ((found, trace),) = outcome.issues
    assert (found.stage, found.code, found.severity) == ("head", "bug", "error")
    assert "a.txt" in found.message
    assert "\n" not in found.message
    assert "read_badly" in str(trace)


@pytest.mark.parametrize("wrong", [None, "text", Head()])
def test_a_layer_of_the_wrong_type_is_a_bug(tmp_path: Path, wrong: Any) -> None:
    def clean_badly(raw: RawText) -> CleanText:
        return wrong

    outcome = run(replaced("clean", clean_badly), task(tmp_path))
    assert list(outcome.layers) == ["ingest"]
    assert codes(outcome) == [("clean", "bug")]


def test_an_unreadable_file_has_its_own_issue(tmp_path: Path) -> None:
    def refuse(source: Source, content: bytes) -> RawText:
        raise UnreadableFile("ingest.damaged", detail="坏了")

    outcome = run(replaced("ingest", refuse), task(tmp_path))
    assert (outcome.layers, codes(outcome)) == ({}, [("ingest", "ingest.damaged")])
    assert "坏了" in outcome.issues[0][0].message


def test_an_unreadable_file_with_a_code_nobody_knows_is_a_bug(tmp_path: Path) -> None:
    def refuse(source: Source, content: bytes) -> RawText:
        raise UnreadableFile("ingest.unheard-of")

    assert codes(run(replaced("ingest", refuse), task(tmp_path))) == [("ingest", "bug")]


def test_a_file_that_has_changed_or_gone_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(run(STAGES, task(tmp_path, sha256="0" * 64))) == [("input", "input.changed")]
    work = task(tmp_path)
    (tmp_path / "a.txt").unlink()
    assert codes(run(STAGES, work)) == [("input", "input.missing")]

    def refuse(path: Path, mode: str) -> bytes:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFile) as caught:
        read_content(str(tmp_path / "a.txt"), Source("a.txt", "a.txt", "", 0))
    assert caught.value.code == "input.permission"


def test_only_what_is_missing_is_made_from_what_is_stored(tmp_path: Path) -> None:
    work = task(tmp_path, reuse=("ingest", "clean", "head"))
    (tmp_path / "a.txt").unlink()  # the file isn't needed any more
    stored = Stored(text=CleanText("stored", ()), head=Head())
    outcome = run(STAGES, work, stored)
    assert list(outcome.layers) == ["sentences", "bag"]
    assert stored.asked == ["clean:text", "head:head"]
    assert decode("sentences", outcome.layers["sentences"]) == (Sentence(0, 6, ()),)


def test_doubts_see_the_layers_before(tmp_path: Path) -> None:
    def doubt(layer: Bag, doc: Document) -> Iterable[Issue]:
        assert doc.raw is not None
        assert doc.text is not None
        return [issue("bag", "head.no-title", span=(0, len(doc.text.text)))]

    stages = replaced("bag", bag, doubts=doubt)
    assert codes(run(stages, task(tmp_path))) == [("bag", "head.no-title")]
    stored = Stored(raw=RawText("x", "text/plain"), text=CleanText("stored", ()), head=Head(), sentences=())
    reuse = ("ingest", "clean", "head", "sentences")
    assert run(stages, task(tmp_path, reuse=reuse), stored).issues[0][0].end == 6


def test_doubts_that_raise_are_a_bug_of_their_stage(tmp_path: Path) -> None:
    def doubt(layer: CleanText, doc: Document) -> Iterable[Issue]:
        raise ZeroDivisionError

    outcome = run(replaced("clean", clean, doubts=doubt), task(tmp_path))
    assert (list(outcome.layers), codes(outcome)) == (["ingest"], [("clean", "bug")])
