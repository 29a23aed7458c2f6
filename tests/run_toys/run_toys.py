"""Toy stages for the runner's tests, in a module of their own because workers import them.

What a document does is written in its text: raise, hang, exit, memory, doubt, unreadable, sleep N, work N,
pages N (half a second each, with a sign of life).
A text that begins with 「many」 is a file of many documents, one a line.
What happened is written into the file named by CEWEN_TOY_LOG, one line for each call of a stage.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from pipeline.core.config import Config
from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import Bag, CleanText, Head, HeadField, Member, RawText, Sentence
from pipeline.core.pulse import beat
from pipeline.core.stage import Stage


def note(stage: str) -> None:
    if path := os.environ.get("CEWEN_TOY_LOG"):
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(f"{stage}\n")


def ingest(source: Source, content: bytes) -> RawText:
    note("ingest")
    text = content.decode("utf-8")
    if "unreadable" in text:
        raise UnreadableFile("ingest.no-text")
    if "hang" in text:
        while True:
            time.sleep(1)
    if "exit" in text:
        print("last words of the worker", file=sys.stderr, flush=True)
        os._exit(7)
    if text.startswith("many"):
        lines = text.splitlines()[1:]
        return RawText("", "text/csv", members=tuple(Member(line[:1], RawText(line, "text/csv")) for line in lines))
    return RawText(text, "text/plain")


def clean(raw: RawText) -> CleanText:
    note("clean")
    print("a library that prints")
    return CleanText(raw.text, ())


def head(source: Source, raw: RawText, text: CleanText) -> Head:
    note("head")
    if "raise" in text.text:
        raise ValueError("the toy stage raises")
    if "memory" in text.text:
        raise MemoryError
    return Head(title=HeadField(text.text[:10], 0, min(10, len(text.text))))


def sentences(text: CleanText) -> tuple[Sentence, ...]:
    note("sentences")
    if "sleep" in text.text:
        time.sleep(float(text.text.split("sleep")[1].split()[0]))
    if "pages" in text.text:
        for _ in range(int(text.text.split("pages")[1].split()[0])):
            time.sleep(0.5)
            beat()
    if "work" in text.text:
        until = time.process_time() + float(text.text.split("work")[1].split()[0])
        while time.process_time() < until:
            sum(range(1000))
    return (Sentence(0, len(text.text), (len(text.text),)),)


def bag(text: CleanText, head: Head) -> Bag:
    note("bag")
    words = sorted(set(text.text))
    return Bag(tuple(words), tuple(text.text.count(word) for word in words))


def doubts(layer: CleanText, doc: Document) -> list[Issue]:
    assert doc.raw is not None
    return [issue("clean", "clean.private-use", span=(0, 5), count=1)] if "doubt" in layer.text else []


def build(config: Config) -> tuple[Stage, ...]:
    version = int(os.environ.get("CEWEN_TOY_SENTENCES", "1"))
    return (
        Stage("ingest", ingest, ("source", "content"), "raw", 1),
        Stage("clean", clean, ("raw",), "text", 1, doubts=doubts),
        Stage("head", head, ("source", "raw", "text"), "head", 1),
        Stage("sentences", sentences, ("text",), "sentences", version),
        Stage("bag", bag, ("text", "head"), "bag", 1),
    )


def refuse(config: Config) -> tuple[Stage, ...]:
    raise PipelineError("第一个错误", "第二个错误")


def die(config: Config) -> tuple[Stage, ...]:
    print("can't start", file=sys.stderr, flush=True)
    os._exit(9)
