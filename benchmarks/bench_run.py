"""Prints how the runner does (topics off), as ratios: to a bare jieba pass, two workers to one, memory by documents.

    python benchmarks/bench_run.py [FOLDER] [--small 300] [--large 3000]

Documents are made by joining text files of FOLDER (default: corpora/sample) three by three, which makes them as long as
real policy documents are, each with a line of its own so that no two are alike. Ratios hold on a busy machine
better than seconds; run it when nothing else runs all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAGES, PUBLISH = "pipeline.running.stages:build", "pipeline.running.publish:publish"


def main() -> None:
    """Measure and print."""
    options = _options()
    if options.child:
        _run_child(*options.child)
        return
    texts = [_read(path) for path in sorted(options.folder.rglob("*.txt"))]
    if not texts:
        sys.exit(f"{options.folder}: no .txt files")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        small = _make(texts, root / "small", options.small)
        chars = sum(len(path.read_text(encoding="utf-8")) for path in small.iterdir())
        jieba = _jieba(small)
        print(f"{options.small} documents, {chars:,} characters; bare jieba {jieba:.1f} s of one core")
        one = _run(options, small, root / "one", 1)
        two = _run(options, small, root / "two", 2)
        again = _run(options, small, root / "two", 2)
        rate = chars / one["documents"]
        print(
            f"one worker     {one['documents']:.1f} s: {rate:,.0f} characters/s, {one['documents'] / jieba:.2f} x jieba"
        )
        print(f"               whole run {one['wall']:.1f} s: {chars / one['wall']:,.0f} characters/s (>= 40,000)")
        print(f"two workers    {two['documents']:.1f} s: {one['documents'] / two['documents']:.2f} x one (>= 1.7)")
        print(f"               whole run {two['wall']:.1f} s: {one['wall'] / two['wall']:.2f} x one")
        print(f"CPU            parent {two['parent_cpu']:.1f} s, all children {two['children_cpu']:.1f} s")
        print(f"tables         {two['tables']:.1f} s; second run {again['wall']:.1f} s in all")
        same = _tables(root / "one") == _tables(root / "two")
        print(f"tables of both: {'the same bytes' if same else 'DIFFERENT'}")
        for stage, seconds in sorted(one["stages"].items(), key=lambda item: -item[1]):
            print(f"  {stage:12} {seconds / chars * 1e6:6.2f} µs/char")
        if options.large:
            large = _run(options, _make(texts, root / "large", options.large), root / "many", 2)
            ratio = large["rss"] / two["rss"]
            print(
                f"parent's peak  {two['rss']:.0f} MB at {options.small}, {large['rss']:.0f} MB at {options.large}:",
                end=" ",
            )
            print(f"{ratio:.2f} x (0.8-1.2); largest child {large['children']:.0f} MB, wall {large['wall']:.0f} s")


def _read(path: Path) -> str:
    """Return a text file's text, UTF-8 or GB18030."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _options() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpora" / "sample")
    parser.add_argument("--small", type=int, default=300)
    parser.add_argument("--large", type=int, default=3000, help="0: leave out")
    parser.add_argument("--stages", default=STAGES)
    parser.add_argument("--publish", default=PUBLISH)
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def _make(texts: list[str], folder: Path, count: int) -> Path:
    """Write ``count`` documents that differ and return their folder."""
    folder.mkdir()
    for number in range(count):
        parts = [texts[(number + step) % len(texts)] for step in range(3)]
        text = "\n".join([*parts, f"（第{number}份）\n"])
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def _jieba(folder: Path) -> float:
    """Return the seconds jieba alone takes for all texts, its dictionary loaded."""
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())]
    began = time.perf_counter()
    for text in texts:
        jieba.lcut(text, HMM=False)
    return time.perf_counter() - began


def _run(options: argparse.Namespace, folder: Path, out: Path, workers: int) -> dict[str, float]:
    """Run in a process of its own and return its times and peak memory."""
    command = [
        sys.executable,
        __file__,
        "--child",
        str(folder),
        str(out),
        str(workers),
        options.stages,
        options.publish,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, "PYTHONUTF8": "1"})
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _run_child(folder: str, out: str, workers: str, stages: str, publish: str) -> None:
    """Run once and print the measures as JSON."""
    import resource

    from pipeline.core.config import load_config
    from pipeline.running.runner import Programs, run

    config = load_config(None, {"run": {"workers": int(workers)}, "topics": {"enabled": False}})
    began = time.perf_counter()
    report = run([Path(folder)], Path(out), config=config, programs=Programs(stages, publish))
    result = {"topics": 0.0, "tables": 0.0, **report.seconds, "wall": time.perf_counter() - began}
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    result["parent_cpu"], result["children_cpu"] = own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime
    result["rss"], result["children"] = own.ru_maxrss / 1024, others.ru_maxrss / 1024
    print(json.dumps({**result, "stages": report.stage_seconds}))


def _tables(out: Path) -> dict[str, bytes]:
    """Return the bytes of each table."""
    return {path.name: path.read_bytes() for path in (out / "tables").glob("*.parquet")}


if __name__ == "__main__":
    main()
