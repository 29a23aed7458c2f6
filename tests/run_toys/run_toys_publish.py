"""A stand-in for the last step of a run: one text file with every document, its issues and its layers, in order."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import IO

from pipeline.running.child import listen
from pipeline.running.codec import Frame, write_frame
from pipeline.running.records import Records


def publish(requests: IO[bytes], answers: IO[bytes]) -> None:
    frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    listen(requests, frames.put)
    out = Path(frames.get().head["out"])
    with Records(out) as records, (out / "table.txt").open("w", encoding="utf-8") as table:
        write_frame(answers, {"kind": "phase", "name": "tables", "total": 0})
        for record in records.rows():
            issues = [trace.issue for trace in records.issues_of(record)]
            print(record.doc_id, record.status, issues, records.document(record), file=table)
        for trace in records.run_issues():
            print(trace.issue, file=table)
    write_frame(answers, {"kind": "done", "files": ["table.txt"], "issues": [], "seconds": {"topics": 0, "tables": 0}})
