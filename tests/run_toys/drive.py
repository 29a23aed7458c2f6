"""Runs the toy stages in a process of its own, so that tests can kill it: drive.py IN OUT WORKERS."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.core.config import load_config
from pipeline.running.runner import Programs, run

if __name__ == "__main__":
    settings = {"run": {"workers": int(sys.argv[3]), "time_limit": 5.0}}
    report = run(
        [Path(sys.argv[1])],
        Path(sys.argv[2]),
        config=load_config(None, settings),
        programs=Programs("run_toys:build", "run_toys_publish:publish"),
    )
    print(report.done, report.partial, report.failed, flush=True)
