"""A run over the real documents, where they lie beside the repository: nothing lost, every quote at its place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import pipeline

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real documents aren't beside the repository"),
]

WRONG = """
SELECT count(*) FROM measures m JOIN documents d USING (doc_id)
WHERE substring(d.raw_text, m.start + 1, m."end" - m.start) IS DISTINCT FROM m.quote
   OR substring(d.raw_text, m.evidence_start + 1, m.evidence_end - m.evidence_start) IS DISTINCT FROM m.evidence
"""


def test_nothing_is_lost_and_every_quote_stands_at_its_place(tmp_path: Path) -> None:
    files = [path for path in REAL.rglob("*") if path.is_file()]
    report = pipeline.run(REAL, tmp_path / "out", workers=2)
    assert report.done + report.partial + report.failed == report.total == len(files)
    assert (report.failed, report.exit_code) == (0, 0)  # the list of files beside the texts is a table, and read too
    with duckdb.connect(str(tmp_path / "out" / "knowledge.duckdb"), read_only=True) as connection:
        assert connection.execute(WRONG).fetchall() == [(0,)]
        [(measures, documents)] = connection.execute("SELECT count(*), count(DISTINCT doc_id) FROM measures").fetchall()
    assert measures > 20_000
    assert documents > 0.8 * len(files)
    again = pipeline.run(REAL, tmp_path / "out", workers=2)
    assert (again.computed, again.written) == (0, False)
