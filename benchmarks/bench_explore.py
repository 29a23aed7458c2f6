"""The explorer over a made-up run of a million measures: each page's time as a ratio to the bare queries it needs.

    python benchmarks/bench_explore.py [--measures 1000000] [--rounds 5] [--corrections 0] [--keep FOLDER]

Bare are, in plain SQL on the same database and with the same settings: 50 rows joined with their documents, the count,
and the counts beside the table (each column's most frequent values, and the codes'). A page is its whole answer: SQL,
template and all. Given are medians of both, their ratio, which is asked to be at most 10, and the ratio to rows and
count alone. The next page of the same measures doesn't count again. At the end: the memory of the process after the
first pages, after many more, and after a part of the table was sent as CSV.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import psutil
from explore_store import correct, make_store
from starlette.testclient import TestClient

from pipeline.explore.app import create_app
from pipeline.explore.store import Store

# a page's questions, and the same in SQL over measures m and documents d
PAGES = {
    "first page": ("", "true", "m.rowid"),
    "role": ("role=benefit", "m.role = 'benefit'", "m.rowid"),
    "region and year": ("region=%3D甲省第0市&year=2020", "d.region = '甲省第0市' AND d.year = 2020", "m.rowid"),
    "item, largest first": (
        "item=第7项&sort=-value",
        "contains(m.item, '第7项')",
        "coalesce(m.value_max, m.value_min) DESC NULLS LAST, m.rowid",
    ),
    "role, a far page": ("role=benefit&page=2000", "m.role = 'benefit'", "m.rowid"),
    "text": ("text=第7类人才", "contains(m.evidence, '第7类人才')", "m.rowid"),
    "code": (
        "code=demo:c03",
        "m.measure_id IN (SELECT m.measure_id FROM measures m JOIN codings c ON c.doc_id = m.doc_id"
        " AND c.start <= m.start AND c.\"end\" >= m.\"end\" WHERE c.codebook = 'demo' AND c.code = 'c03')",
        "m.rowid",
    ),
}
_QUEUE = "FROM measures m JOIN documents d ON d.doc_id = m.doc_id WHERE {}"
_CODED = "FROM codings c JOIN documents d ON d.doc_id = c.doc_id WHERE c.codebook = 'demo' AND c.code = 'c03'"


def _queue(where: str) -> list[str]:
    """Return what a page of the review queue needs: its first record and how many there are."""
    source = _QUEUE.format(where)
    return [f"SELECT m.*, d.title {source} ORDER BY m.confidence, m.rowid LIMIT 1", f"SELECT count(*) {source}"]


# other pages: their address, and the bare statements they need
OTHERS = {
    "/review": ("/review", _queue("true")),
    "/review, one role": ("/review?role=benefit", _queue("m.role = 'benefit'")),
    "/code": (
        "/code?book=demo&code=c03",
        [
            f"SELECT c.*, d.title, d.region, d.year {_CODED} ORDER BY d.rowid, c.start LIMIT 50",
            f"SELECT count(*) {_CODED}",
            *(f"SELECT {column}, count(*) {_CODED} GROUP BY 1" for column in ("c.coder", "d.region", "d.year")),
        ],
    ),
    "/documents": (
        "/documents",
        [
            "SELECT d.doc_id, count(m.doc_id) FROM (FROM documents LIMIT 50) d LEFT JOIN measures m USING (doc_id)"
            " GROUP BY 1",
            "SELECT count(*) FROM documents",
        ],
    ),
}
COLUMNS = (
    *("m.role", "m.kind", "m.bound", "m.instrument", "m.item", "m.beneficiary"),
    *("d.region", "d.level", "d.year", "d.issuer"),
)
_CODES = """
SELECT c.codebook, c.code, count(DISTINCT m.rowid) FROM measures m JOIN documents d ON d.doc_id = m.doc_id
JOIN codings c ON c.doc_id = m.doc_id AND c.start <= m.start AND c."end" >= m."end"
WHERE {} GROUP BY ALL ORDER BY 3 DESC LIMIT 60"""


def bare(cursor: duckdb.DuckDBPyConnection, where: str, order: str, page: int, *, counts: bool) -> None:
    """Run what a page needs, in plain SQL."""
    source = f"measures m JOIN documents d ON d.doc_id = m.doc_id WHERE {where}"
    cursor.execute(
        f"SELECT m.*, d.title, d.source_name, d.region, d.year FROM {source} ORDER BY {order} LIMIT 50 OFFSET ?",
        [50 * (page - 1)],
    ).fetchall()
    cursor.execute(f"SELECT count(*) FROM {source}").fetchall()
    if counts:
        for column in COLUMNS:
            table = source if "d." in where + column else f"measures m WHERE {where}"
            cursor.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC LIMIT 12").fetchall()
        cursor.execute(_CODES.format(where)).fetchall()


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measured(client: TestClient, store: Store, name: str, rounds: int) -> str:
    """Return one line of the table."""
    asked, where, order = PAGES[name]
    number = int(asked.rpartition("page=")[2]) if "page=" in asked else 1
    following = "&".join([part for part in asked.split("&") if part and "page=" not in part] + [f"page={number + 1}"])
    times: dict[str, list[float]] = {"bare": [], "rows": [], "page": [], "next": []}

    def get(questions: str) -> None:
        answer = client.get(f"/measures?{questions}")
        if answer.status_code != 200 or 'class="evidence"' not in answer.text:
            raise RuntimeError(f"{questions}: {answer.status_code}")

    with store.as_run(600) as cursor:
        bare(cursor, where, order, number, counts=True)
        for _ in range(rounds):
            times["bare"].append(seconds(lambda: bare(cursor, where, order, number, counts=True)))
            times["rows"].append(seconds(lambda: bare(cursor, where, order, number, counts=False)))
            store.counts.clear()
            times["page"].append(seconds(lambda: get(asked)))
            times["next"].append(seconds(lambda: get(following)))
    found = {what: statistics.median(some) for what, some in times.items()}
    shown = [f"{found[what] * 1000:8.0f}" for what in ("bare", "rows", "page", "next")]
    ratios = [found["page"] / found["bare"], found["page"] / found["rows"], found["next"] / found["rows"]]
    return f"{name:22}{''.join(shown)}{''.join(f'{ratio:9.2f}' for ratio in ratios)}"


def other(client: TestClient, store: Store, name: str, rounds: int) -> str:
    """Return one line of the table of the other pages: bare, page, ratio."""
    path, statements = OTHERS[name]
    times: dict[str, list[float]] = {"bare": [], "page": []}

    def get() -> None:
        if client.get(path).status_code != 200:
            raise RuntimeError(path)

    with store.as_run(600) as cursor:
        for _ in range(rounds):
            times["bare"].append(seconds(lambda: [cursor.execute(one).fetchall() for one in statements]))
            store.counts.clear()
            times["page"].append(seconds(get))
    found = {what: statistics.median(some) * 1000 for what, some in times.items()}
    return f"{name:22}{found['bare']:8.0f}{found['page']:16.0f}{found['page'] / found['bare']:17.2f}"


def memory(client: TestClient, pages: int) -> None:
    """Print how much memory the process takes as more and more is asked."""
    process = psutil.Process()

    def tell(what: str) -> None:
        print(f"{what:40}{process.memory_info().rss / 2**20:8.0f} MB")

    tell("after the pages above")
    for number in range(1, pages + 1):
        client.get(f"/measures?role=benefit&page={number}")
        client.get(f"/measures?item=第{number}项&sort=-value")
    tell(f"after {2 * pages} more")
    with client.stream("GET", "/measures.csv?region=%3D甲省第0市") as answer:
        lines = sum(text.count("\n") for text in answer.iter_text())
    tell(f"after a CSV file of {lines} lines")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--corrections", type=int, default=0, help="so many records set right or rejected by people")
    parser.add_argument("--keep", type=Path, help="a folder for the run; it is used again when it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = given.keep or Path(folder) / "out"
        if not out.exists():
            print(f"{given.measures:,} measures made in {seconds(lambda: make_store(out, given.measures)):.1f} s")
        correct(out, given.corrections)
        app = create_app(out)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            print(f"{'':22}{'bare':>8}{'rows':>8}{'page':>8}{'next':>8}{'page/bare':>11}{'/rows':>7}{'next/rows':>11}")
            print(f"{'milliseconds':22}")
            for name in PAGES:
                print(measured(client, app.state.store, name, given.rounds), flush=True)
            for name in OTHERS:
                print(other(client, app.state.store, name, given.rounds), flush=True)
            memory(client, 50)


if __name__ == "__main__":
    main()
