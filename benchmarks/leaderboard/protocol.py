"""How an adapter is spoken to: JSON on standard input and output. Needs nothing but the standard library.

Asked: {"texts": {name: text}} for records, or {"texts": …, "seconds": S} for speed, stopping after S seconds.
Answered: {"version": …, "records": {name: [record, …]}} or {"version": …, "chars": N, "seconds": CPU}.
A record has start, end, kind, value_min, value_max, unit and bound, and any other slot its system fills. A record of
kind null is something its system takes for no quantity (a date): it only stands in the way of others.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Record = dict[str, Any]


def serve(
    version: str, extract: Callable[[str], Iterable[Record]], quick: Callable[[str], object] | None = None
) -> None:
    """Answer one question. ``extract`` gives the records of a text, ``quick`` does only the work that is timed.

    Whatever the system itself prints goes to standard error.
    """
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.buffer.read())
    if "seconds" in asked:
        found = {"version": version, **timed(asked["texts"].values(), quick or extract, asked["seconds"])}
    else:
        found = {"version": version, "records": {name: list(extract(text)) for name, text in asked["texts"].items()}}
    with answer:
        json.dump(found, answer, ensure_ascii=False)


def timed(texts: Iterable[str], work: Callable[[str], object], seconds: float) -> dict[str, float]:
    """Return how many characters were done in how much CPU time, line by line, the first line twice (it loads).

    The lines are shuffled, always alike, so that those done before the time is up are like all of them.
    """
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    random.Random(0).shuffle(lines)
    for line in lines[:1]:
        work(line)
    chars = 0
    began = time.process_time()
    for line in lines:
        work(line)
        chars += len(line)
        if time.process_time() - began > seconds:
            break
    return {"chars": chars, "seconds": time.process_time() - began}


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its offset."""
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1


def record(
    start: int,
    end: int,
    kind: str | None,
    low: float | None,
    high: float | None,
    unit: str | None,
    bound: str = "exact",
) -> Record:
    """Return one record."""
    return {
        "start": start,
        "end": end,
        "kind": kind,
        "value_min": low,
        "value_max": high,
        "unit": unit,
        "bound": bound,
    }
