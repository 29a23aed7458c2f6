"""The measure table over some thousand made-up measures: rows, facets, paging, sorting, downloads, threads."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient
from table_samples import build

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import bench_explore
from explore_store import make_store

from pipeline.core.errors import PipelineError
from pipeline.explore import measures as page_module
from pipeline.explore.app import create_app
from pipeline.explore.queries import facets, measures
from pipeline.explore.store import Store
from pipeline.table.filters import Filters
from pipeline.table.query import query

HERE = "http://127.0.0.1:8765"
MEASURES = 3_000


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "out"
    make_store(folder, MEASURES)
    return folder


@pytest.fixture(scope="module")
def client(out: Path) -> Iterator[TestClient]:
    with TestClient(create_app(out), base_url=HERE) as found:
        yield found


@pytest.fixture(scope="module")
def store(out: Path) -> Iterator[Store]:
    found = Store(out)
    yield found
    found.close()


def rows(out: Path, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in query(out, sql).to_pylist()]


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(role=("benefit",)), Filters(topic=("主题1",), year=(2011, 2012, 2013))]
)
def test_rows_are_those_of_the_view(store: Store, filters: Filters) -> None:
    with store.cursor() as cursor:
        places = measures.positions(cursor, measures.ask(cursor, filters), limit=40, offset=3)
        found = measures.rows(cursor, places)
        assert len(found) > 20
        ids = [row["measure_id"] for row in found]
        sql = "SELECT * FROM knowledge WHERE measure_id IN (SELECT unnest(?::VARCHAR[]))"
        relation = cursor.execute(sql, [ids])
        names = [column[0] for column in relation.description]
        expected = {row[0]: dict(zip(names, row, strict=True)) for row in relation.fetchall()}
    assert found == [expected[one] for one in ids]
    for name in ("codes", "topic", "section_path", "title"):
        assert any(row[name] for row in found)


@pytest.mark.parametrize("name", bench_explore.PAGES)
def test_the_benchmarks_queries_are_the_pages(client: TestClient, out: Path, name: str) -> None:
    asked, where, order = bench_explore.PAGES[name]
    asked = "&".join(part for part in asked.split("&") if not part.startswith("page="))
    found = client.get(f"/measures.json?{asked}").json()
    source = f"measures m JOIN documents d ON d.doc_id = m.doc_id WHERE {where}"
    assert [(found["total"],)] == rows(out, f"SELECT count(*) FROM {source}")
    expected = rows(out, f"SELECT m.measure_id FROM {source} ORDER BY {order} LIMIT 50")
    assert [(row["measure_id"],) for row in found["measures"]] == expected


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(role=("benefit", "target")),
        Filters(role=("benefit",), region=("甲省",), year=(2020,)),
        Filters(code=("c03",), item=("第7项",)),
        Filters(text=("第7类",), level=("市",)),
    ],
)
def test_facets_count_without_their_own_filter(store: Store, filters: Filters) -> None:
    with store.cursor() as cursor:
        found = facets.column_counts(cursor, filters, {})
        for column in facets.COLUMNS:
            others = Filters(
                **{name: () if name == column else getattr(filters, name) for name in filters.__dataclass_fields__}
            )
            asked = measures.ask(cursor, others, also=(column,))
            sql = f"SELECT {column}::VARCHAR, count(*) FROM {asked.source}{asked.where} GROUP BY 1"
            expected = dict(cursor.execute(sql, asked.values).fetchall())
            assert found[column] and dict(found[column]).items() <= expected.items(), column
            if column != "year":
                assert [n for _, n in found[column]] == sorted(expected.values(), reverse=True)[:12], column


def test_code_facets_count_measures_once(store: Store) -> None:
    with store.cursor() as cursor:
        for value, name, number in facets.code_counts(cursor, Filters(role=("benefit",))):
            asked = measures.ask(cursor, Filters(role=("benefit",), code=(value,)))
            assert measures.count(cursor, asked) == number
            assert name.startswith("代码")


def test_a_rare_choice_is_counted_too(client: TestClient, out: Path) -> None:
    (item,), *_ = rows(out, "SELECT item FROM measures GROUP BY item ORDER BY count(*), item LIMIT 1")
    listed = client.get("/measures.json", params={"item": f"={item}"}).json()
    assert listed["facets"]["item"][0] == [f"={item}", item, listed["total"]]
    page = html.fromstring(client.get("/measures", params={"item": f"={item}"}).text)
    (ticked,) = [one for one in page.iter("input") if one.get("name") == "item" and one.get("checked") is not None]
    assert ticked.get("value") == f"={item}"


def test_pages_part_the_rows(client: TestClient) -> None:
    seen: list[str] = []
    address = "/measures.json?role=benefit&sort=-value&size=200"
    for number in range(1, client.get(address).json()["pages"] + 1):
        seen += [row["measure_id"] for row in client.get(f"{address}&page={number}").json()["measures"]]
    assert len(seen) == len(set(seen)) == client.get(address).json()["total"] > 400
    beyond = client.get("/measures?role=benefit&page=999")
    assert beyond.status_code == 200 and "没有符合的措施" in beyond.text


def test_links_keep_the_questions(client: TestClient) -> None:
    asked = {"role": "benefit", "item": "=第7项补贴", "sort": "-value", "size": "25"}
    page = html.fromstring(client.get("/measures", params=asked).text)
    (following,) = [link.get("href") for link in page.iter("a") if link.get("rel") == "next"] or [""]
    if following:
        assert all(part in following for part in ("role=benefit", "item=%3D", "sort=-value", "size=25", "page=2"))
    chips = [link.get("href") for link in page.find_class("chips")[0].iter("a")]
    assert len(chips) == 2
    assert "role=" not in chips[0] and "item=" in chips[0] and "sort=-value" in chips[0]


@pytest.mark.parametrize("sort", measures.SORTS)
def test_sorts(client: TestClient, sort: str) -> None:
    found = client.get("/measures.json", params={"sort": sort, "size": 200}).json()["measures"]
    name = sort.lstrip("-")
    if not name:
        return
    values = [row["value_max"] if name == "value" else row[name] for row in found]
    present = [value for value in values if value is not None]
    assert present == sorted(present, reverse=sort.startswith("-"))
    assert values == present + [None] * (len(values) - len(present))


def test_csv_holds_every_row_not_only_the_page(client: TestClient, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "_BATCH", 70)
    text = client.get("/measures.csv?role=benefit&sort=-value&page=2").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    order = "ORDER BY coalesce(value_max, value_min) DESC NULLS LAST, rowid"
    expected = rows(out, f"SELECT measure_id FROM measures WHERE role = 'benefit' {order}")
    assert [(line[0],) for line in lines[1:]] == expected
    own = [column[0] for column in rows(out, "SELECT column_name FROM (DESCRIBE knowledge)")]
    assert lines[0] == [*own, "review"]


def test_one_measure(client: TestClient) -> None:
    row = client.get("/measures.json").json()["measures"][5]
    page = client.get(f"/measure/{row['measure_id']}")
    assert page.status_code == 200 and row["evidence"] in html.fromstring(page.text).text_content()
    assert client.get(f"/measure/{row['measure_id']}.json").json() == row
    missing = client.get("/measure/nothing.json")
    assert missing.status_code == 404 and "没有措施" in missing.json()["mistakes"][0]


def test_threads_share_the_store(client: TestClient) -> None:
    addresses = [f"/measures.json?role={role}&page={page}" for role in ("benefit", "target") for page in range(1, 7)]
    alone = [client.get(address).json() for address in addresses]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda address: client.get(address).json(), addresses)) == alone


def test_slow_queries_are_stopped(store: Store) -> None:
    with pytest.raises(PipelineError, match="已停止"), store.cursor(0.2) as cursor:
        cursor.execute("SELECT count(*) FROM measures a, measures b, measures c WHERE a.start + b.start > c.start * 7")
    with store.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]


def test_a_run_made_anew_is_seen(tmp_path: Path) -> None:
    build(tmp_path)
    with TestClient(create_app(tmp_path), base_url=HERE) as client:
        assert client.get("/measures.json").json()["total"] == 2
        make_store(tmp_path / "other", 100)
        (tmp_path / "other" / "knowledge.duckdb").replace(tmp_path / "knowledge.duckdb")
        assert client.get("/measures.json").json()["total"] == 100
        (tmp_path / "knowledge.duckdb").unlink()
        gone = client.get("/measures")
        assert gone.status_code == 400 and "没有 knowledge.duckdb" in gone.text


def test_a_failure_is_told_in_chinese(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("<b>secret</b>")

    monkeypatch.setattr(page_module, "filters_of", fail)
    with TestClient(create_app(out), base_url=HERE, raise_server_exceptions=False) as client:
        answer = client.get("/measures")
    assert answer.status_code == 500 and "程序出错了" in answer.text and "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
