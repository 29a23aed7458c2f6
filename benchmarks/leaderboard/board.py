"""Prints how cewen and other systems do on the same gold, as Markdown tables.

    python benchmarks/leaderboard/board.py [GOLD …]

GOLD are folders with NAME.txt and NAME.jsonl (docs/eval.md); without one corpora/gold/test and the evaluation data
beside the repository are taken, as far as they are there. The peers are installed into .venv-leaderboard when they
aren't yet; one that can't be is told and left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from environment import ALL_KINDS, ROOT, SYSTEMS, System, Unavailable, ask, install

from pipeline.core.errors import PipelineError
from pipeline.scoring.gold import GoldText, read_gold
from pipeline.scoring.measures import Scores, score
from pipeline.scoring.records import Record, basis, pair_up

GOLD = (ROOT / "corpora" / "gold" / "test", ROOT.parent / "shared" / "data" / "gold" / "measures")
_SECONDS = 1800.0
_HEAD = "| system | version | licence | found | quantity P | R | F1 | F1, own kinds | bound | strict record F1 |"
_NOTES = (
    "Own kinds: gold and found records of the kinds a system offers only. Bound: share right of the quantities that are"
    " right; * offers none, all its values count as exact. –: not offered. Peers get every benefit of the doubt: of all"
    " readings they give of one place the right one counts, and a bare number is credited with the counter behind it."
)


def main() -> int:
    """Score and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="*", type=Path)
    folders = parser.parse_args().gold or [folder for folder in GOLD if folder.is_dir()]
    if not folders:
        print("leaderboard: no gold: neither corpora/gold/test nor the evaluation data beside the repository is there")
        return 2
    try:
        golds = {folder: read_gold(folder) for folder in folders}
    except PipelineError as error:
        print(*error.mistakes, sep="\n", file=sys.stderr)
        return 2
    there = [system for system in SYSTEMS if _is_there(system)]
    for folder, gold in golds.items():
        print(f"\n## {_name(folder)}: {len(gold)} passages, {sum(len(one.records) for one in gold.values())} records\n")
        print(_HEAD, "|" + "---|" * (_HEAD.count("|") - 1), sep="\n")
        for system in there:
            print(_row(system, gold), flush=True)
    print(f"\n{_NOTES}")
    return 0


def _is_there(system: System) -> bool:
    """Install a system if need be; say why when it can't be."""
    try:
        install(system)
    except Unavailable as error:
        print(f"{system.name} is left out: {error}")
        return False
    return True


def _name(folder: Path) -> str:
    """Return a folder's name without the machine's own path."""
    for base in (ROOT, ROOT.parent):
        if folder.resolve().is_relative_to(base):
            return str(folder.resolve().relative_to(base))
    return folder.name


def _row(system: System, gold: Mapping[str, GoldText]) -> str:
    """Return a system's row of the table."""
    try:
        answer = ask(system, {"texts": {name: one.text for name, one in gold.items()}}, timeout=_SECONDS)
    except Unavailable as error:
        return f"| {system.name} | – | {system.licence} | {error} |" + " |" * (_HEAD.count("|") - 5)
    wanted = {name: one.records for name, one in gold.items()}
    found = {name: settle(answer["records"][name], records) for name, records in wanted.items()}
    scores = score(wanted, found)
    own = score(_only(wanted, system.kinds), _only(found, system.kinds)) if system.kinds != ALL_KINDS else scores
    return "| " + " | ".join(_cells(system, str(answer["version"]), scores, own)) + " |"


def _cells(system: System, version: str, scores: Scores, own: Scores) -> Iterable[str]:
    """Yield the cells of a row."""
    one = scores.quantity
    yield from (system.name, version, system.licence, str(scores.predicted))
    yield from (f"{one.p:.3f}", f"{one.r:.3f}", f"{one.f1:.3f}", f"{own.quantity.f1:.3f}")
    yield f"{scores.slots['bound'] or 0:.3f}{'' if system.bounds else '*'}"
    yield f"{scores.record.f1:.3f}" if system.records else "–"


def settle(candidates: Sequence[Mapping[str, Any]], gold: Sequence[Record]) -> list[Record]:
    """Return the records a system is taken to have found, no two of them overlapping, as kindly as can be.

    Of candidates that overlap the one that is right by the gold counts, else the longest; one without a kind (a date)
    then counts for nothing.
    """
    real = [_record(one) for one in candidates if one["kind"] is not None]
    aside = [(one["start"], one["end"]) for one in candidates if one["kind"] is None]
    kept = [real[pair.found] for pair in pair_up(gold, real) if pair.right]
    taken = [(one.start, one.end) for one in kept]
    rest = [(one.end - one.start, one.start, one) for one in real]
    others: list[tuple[int, int, Record | None]] = [*rest, *((end - start, start, None) for start, end in aside)]
    for length, start, one in sorted(others, key=lambda other: (-other[0], other[1], other[2] is not None)):
        if any(start < b and a < start + length for a, b in taken):
            continue
        taken.append((start, start + length))
        kept += [one] if one is not None else []
    return sorted(kept, key=lambda one: one.start)


def _record(given: Mapping[str, Any]) -> Record:
    """Return an adapter's record."""
    return Record(**{**given, "per": basis(given.get("per") or ())})


def _only(records: Mapping[str, Sequence[Record]], kinds: frozenset[str]) -> dict[str, list[Record]]:
    """Return the records of some kinds."""
    return {name: [one for one in those if one.kind in kinds] for name, those in records.items()}


if __name__ == "__main__":
    sys.exit(main())
