"""Scores the pipeline on gold and compares with the pinned floors; exit 1 when a floor isn't reached.

Prints too which measures of corpora/sample were gained, lost and changed since the last release (sample_measures.tsv).

    python tests/eval/gate.py                 print all figures beside their floors
    python tests/eval/gate.py --update        raise floors to what was reached (rounded down); never lowers one;
                                              and keep the sample corpus' measures for the next comparison
    ... --update --allow-regression           lowers too: say why in docs/decisions

Without the evaluation data beside the repository only the open gold is scored, which is said and is no failure.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from figures import SUITES, Figures
from sample import describe, diff, measure_sample, read_snapshot, write_snapshot

FLOORS = Path(__file__).parent / "floors.json"
_PLACES = 3


def main() -> int:
    """Score, print, compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    options = parser.parse_args()
    _sample(update=options.update)
    pinned = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    failed = False
    for name, suite in SUITES.items():
        if not suite.root.is_dir():
            print(f"{name}: the evaluation data isn't beside the repository, not scored")
            continue
        with tempfile.TemporaryDirectory() as work:
            figures = suite.measure(Path(work))
        gold, old = suite.digest(), pinned.get(name, {"gold": None, "floors": {}})
        if old["gold"] not in (None, gold) and not options.update:
            print(f"{name}: the gold has changed; measure again with --update")
            failed = True
        failed |= _compare(name, figures, old["floors"])
        if options.update:
            floors = {
                key: _floor(value, old["floors"].get(key), options.allow_regression) for key, value in figures.items()
            }
            pinned[name] = {"gold": gold, "floors": floors}
    if options.update:
        FLOORS.write_text(json.dumps(pinned, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    print("eval gate:", "FAILED" if failed else "passed")
    return int(failed)


def _sample(*, update: bool) -> None:
    """Print what has changed in the sample corpus' measures; ``update`` keeps them as they are now."""
    with tempfile.TemporaryDirectory() as work:
        rows, texts = measure_sample(Path(work))
    print(*describe(diff(read_snapshot(), rows), texts), sep="\n")
    if update:
        write_snapshot(rows)


def _compare(name: str, figures: Figures, floors: Figures) -> bool:
    """Print the figures beside their floors and tell whether one is below."""
    below = {key for key, floor in floors.items() if figures.get(key, 0.0) < floor}
    for key, value in sorted(figures.items()):
        print(f"{name:10} {key:30} {value:.4f}  floor {floors.get(key, 0.0):.3f}{'  BELOW' if key in below else ''}")
    for key in sorted(set(floors) - set(figures)):
        print(f"{name:10} {key:30} not measured any more  BELOW")
    return bool(below)


def _floor(value: float, old: float | None, lower: bool) -> float:
    """Return the new floor: what was reached, rounded down, but no lower than the old unless ``lower``."""
    reached = math.floor(value * 10**_PLACES) / 10**_PLACES
    return reached if old is None or lower else max(old, reached)


if __name__ == "__main__":
    sys.exit(main())
