"""The review queue in the explorer: answers are written down, shown, and taken from its own pages only."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx import Response
from starlette.testclient import TestClient
from table_samples import build

from pipeline.core import outputs
from pipeline.explore.app import create_app
from pipeline.explore.store import Store
from pipeline.table.corrections import Correction, add_corrections, read_corrections
from pipeline.table.measures import measures

HERE = "http://127.0.0.1:8765"
OWN = {"origin": HERE, "sec-fetch-site": "same-origin"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    build(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def client(out: Path) -> Iterator[TestClient]:
    with TestClient(create_app(out), base_url=HERE, follow_redirects=False) as found:
        yield found


def form(client: TestClient, path: str = "/review") -> tuple[str, dict[str, str]]:
    """Return the address and the fields of the form on a page, as a browser would send them."""
    text = client.get(path).text
    found = re.search(r'<form id="review"[^>]* action="([^"]*)"', text)
    assert found, text
    fields = dict(re.findall(r'<input(?: type="hidden")?(?: id="[^"]*")? name="([^"]*)" value="([^"]*)"', text))
    for name, inside in re.findall(r'<select id="[^"]*" name="([^"]*)">(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        assert chosen
        fields[name] = chosen[1]
    return html.unescape(found[1]), {name: html.unescape(value) for name, value in fields.items()}


def send(client: TestClient, change: dict[str, str], path: str = "/review", **headers: str) -> Response:
    where, fields = form(client, path)
    answer: Response = client.post(where, data={**fields, "person": "王芳", **change}, headers={**OWN, **headers})
    return answer


def test_confirm_and_go_on(client: TestClient, out: Path) -> None:
    assert client.get("/review.json").json()["left"] == 2
    first = client.get("/review.json").json()["measure"]
    answer = send(client, {"verdict": "confirmed"}, "/review?role=benefit")
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.startswith("/review?role=benefit&person=") and "last=" in where
    (line,) = read_corrections(out)
    assert (line.measure_id, line.verdict, line.person, line.old != "") == (
        first["measure_id"],
        "confirmed",
        "王芳",
        True,
    )
    page = client.get(where)
    assert "待复核 1 条" in page.text and "属实（王芳）" in page.text
    assert 'name="person" value="王芳"' in page.text
    assert client.get("/review.json").json()["measure"]["measure_id"] != first["measure_id"]


def test_set_right_and_shown_everywhere(client: TestClient, out: Path) -> None:
    row = client.get("/review.json").json()["measure"]
    send(
        client,
        {"verdict": "confirmed", "role": "condition", "beneficiary": "", "value_max": "60万", "note": "看了原文"},
    )
    found = {line.column: (line.verdict, line.new, line.note) for line in read_corrections(out)}
    assert found["role"] == ("corrected", "condition", "看了原文")
    assert found["value_max"][1] == "600000" and found[""][0] == "confirmed"
    mine = next(one for one in measures(out).to_pylist() if one["measure_id"] == row["measure_id"])
    assert mine["role"] == "condition" and mine["value_max"] == 600_000
    shown = {one["measure_id"]: one["review"] for one in client.get("/measures.json").json()["measures"]}
    said = shown.pop(row["measure_id"])
    assert set(shown.values()) == {None}
    assert said.startswith("已改正（王芳）：") and "作用 优惠支持 → 条件" in said
    for path in ("/measures", f"/doc/{row['doc_id']}", f"/measure/{row['measure_id']}"):
        text = client.get(path).text
        assert "已改正</span>" in text and "<del><bdi>优惠支持</bdi></del> → <ins><bdi>条件</bdi></ins>" in text
    table = csv.DictReader(io.StringIO(client.get("/measures.csv").content.decode("utf-8-sig")))
    assert {line["measure_id"]: line["review"] for line in table}[row["measure_id"]] == said
    # opened again, the form has the new values, and back again is no change left
    _, fields = form(client, f"/review?measure={row['measure_id']}")
    assert (fields["role"], fields["value_max"]) == ("condition", "600000")


def test_reject(client: TestClient, out: Path) -> None:
    row = client.get("/review.json").json()["measure"]
    assert send(client, {"verdict": "rejected", "value_min": "很多"}).status_code == 303
    assert measures(out).num_rows == 1
    assert "不是措施</span>" in client.get(f"/measure/{row['measure_id']}").text
    lines = client.get("/corrections.json").json()
    assert lines["counts"] == {"属实": 0, "已改正": 0, "不是措施": 1}
    assert lines["corrections"][0]["measure_id"] == row["measure_id"]
    assert client.get("/corrections.csv").content.startswith(b"\xef\xbb\xbfmeasure_id,")
    assert send(client, {"verdict": "confirmed"}, f"/review?measure={row['measure_id']}").status_code == 303
    assert measures(out).num_rows == 2


def facet(client: TestClient, name: str, path: str = "/measures.json") -> dict[str, int]:
    return {value: count for value, _, count in client.get(path).json()["facets"][name]}


def bars(client: TestClient, title: str) -> dict[str, float]:
    (found,) = [one for one in client.get("/index.json").json()["figures"] if one["title"] == title]
    return {one["item"]: one["value"] for one in found["data"]}


def test_facets_filters_sorting_and_charts_count_what_was_set_right(client: TestClient, out: Path) -> None:
    row = client.get("/review.json").json()["measure"]
    assert facet(client, "role") == {"benefit": 2} and bars(client, "措施的作用") == {"优惠支持": 2}
    send(client, {"verdict": "confirmed", "role": "condition", "value_min": "", "value_max": "9亿"})
    assert facet(client, "role") == {"benefit": 1, "condition": 1}
    assert bars(client, "措施的作用") == {"优惠支持": 1, "条件": 1}
    for asked in ("role=condition", "min=9亿"):
        (one,) = client.get(f"/measures.json?{asked}").json()["measures"]
        assert (one["measure_id"], one["role"], one["value_max"]) == (row["measure_id"], "condition", 900_000_000)
        assert len(list(csv.DictReader(io.StringIO(client.get(f"/measures.csv?{asked}").text)))) == 1
    first = client.get("/measures.json?sort=-value").json()["measures"][0]
    assert first["measure_id"] == row["measure_id"]
    table = client.get("/matrix.json?rows=作用&cols=年份").json()
    totals = dict(zip(table["rows"], table["row_totals"], strict=True))
    assert (totals["优惠支持"], totals["条件"]) == (1, 1)
    marked = {one["measure_id"]: one for one in client.get(f"/doc/{row['doc_id']}.json").json()["measures"]}
    assert marked[row["measure_id"]]["role"] == "condition" and "rowid" not in marked[row["measure_id"]]
    assert "改正 1 条" in client.get("/").text


def test_what_is_no_measure_is_counted_nowhere_and_can_be_looked_at(client: TestClient, out: Path) -> None:
    row = client.get("/review.json").json()["measure"]
    assert client.get("/index.json").json()["totals"]["measures"] == 2
    send(client, {"verdict": "rejected"})
    assert client.get("/index.json").json()["totals"]["measures"] == 1
    assert client.get("/measures.json").json()["total"] == 1
    assert facet(client, "role") == {"benefit": 1} and bars(client, "措施的作用") == {"优惠支持": 1}
    listed = client.get("/documents.json").json()["documents"]
    assert sum(one["n_measures"] for one in listed) == 1
    text = client.get(f"/doc/{row['doc_id']}").text
    assert f'id="m-{row["measure_id"]}"' not in text and "另有 1 条经复核不是措施" in text
    kept = client.get(f"/measure/{row['measure_id']}.json").json()
    assert (kept["quote"], kept["review"]) == (row["quote"], "不是措施（王芳）")


def test_all_that_was_said_is_told_in_chinese_times_and_leads_to_the_record(client: TestClient, out: Path) -> None:
    row = client.get("/review.json").json()["measure"]
    send(client, {"verdict": "confirmed", "beneficiary": ""})
    text = client.get("/corrections").text
    assert re.search(r"<bdi>\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d</bdi>", text)
    assert f'href="/measure/{quote(row["measure_id"])}"' in text
    assert row["quote"] in text and ">（空）</bdi>" in text


def test_a_view_taken_before_a_correction_keeps_counting_as_it_was(out: Path) -> None:
    store = Store(out)
    with store.cursor() as before:
        (first,) = before.execute("SELECT min(measure_id) FROM measures").fetchall()[0]
        assert store.remember(before, "n", lambda: 2) == 2
        doc, time = first.partition(":")[0], "2026-01-01T00:00:00Z"
        add_corrections(out, [Correction(first, doc, "rejected", "", "", "", "王芳", time)])
        with store.cursor() as after, store.as_run() as run:
            counts = [one.execute("SELECT count(*) FROM measures").fetchall()[0][0] for one in (before, after, run)]
            assert counts == [2, 1, 2]
            assert store.remember(after, "n", lambda: 1) == 1 and store.remember(before, "n", lambda: 0) == 2
    with store.cursor() as again:
        assert again.execute("SELECT count(*) FROM knowledge").fetchall() == [(1,)]
    store.close()


def test_mistakes_keep_what_was_typed(client: TestClient, out: Path) -> None:
    answer = send(client, {"verdict": "confirmed", "value_min": "很多", "item": "安家<b>", "person": " "})
    assert answer.status_code == 400
    assert "“下限”应是数" in answer.text and "请填写复核人" in answer.text
    assert 'value="安家&lt;b&gt;"' in answer.text and 'value="很多"' in answer.text
    assert "“下限”大于“上限”" in send(client, {"verdict": "confirmed", "value_min": "9亿", "value_max": "1"}).text
    assert send(client, {"verdict": "corrected"}).status_code == 400
    assert not (out / outputs.CORRECTIONS).exists()


def test_a_record_changed_meanwhile_is_not_overwritten(client: TestClient, out: Path) -> None:
    where, fields = form(client)
    assert send(client, {"verdict": "confirmed", "role": "fact"}).status_code == 303
    late = client.post(where, data={**fields, "person": "李明", "verdict": "confirmed", "role": "other"}, headers=OWN)
    assert late.status_code == 400 and "刚刚被别人改过" in late.text
    assert {line.person for line in read_corrections(out)} == {"王芳"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"content-type": "text/plain"},
    ],
)
def test_forms_of_other_sites_are_refused(client: TestClient, out: Path, headers: dict[str, str]) -> None:
    assert send(client, {"verdict": "rejected"}, **headers).status_code == 403
    assert not (out / outputs.CORRECTIONS).exists()


def test_forms_without_the_word_of_the_page_are_refused(client: TestClient, out: Path) -> None:
    where, fields = form(client)
    for token in ("", "x", "é", fields["token"] + "x"):
        data = {**fields, "verdict": "rejected", "person": "王", "token": token}
        assert client.post(where, data=data, headers=OWN).status_code == 403
    data = {**fields, "verdict": "rejected", "person": "王"}
    assert client.post(where, data=data).status_code == 403  # a browser always says where it comes from
    assert client.post(where, data={**data, "note": "长" * 100_000}, headers=OWN).status_code == 413
    assert client.get(where).status_code == 200
    assert client.put(where).status_code == 405
    other = create_app(out)
    with TestClient(other, base_url=HERE) as again:
        assert again.post(where, data=data, headers=OWN).status_code == 403  # the word is of one start only
    assert not (out / outputs.CORRECTIONS).exists()


def test_what_no_longer_fits_is_told(client: TestClient, out: Path) -> None:
    send(client, {"verdict": "confirmed", "role": "fact"})
    path = out / outputs.CORRECTIONS
    path.write_text(path.read_text(encoding="utf-8").replace("\tbenefit\t", "\ttarget\t"), encoding="utf-8")
    for page in ("/review", "/corrections"):
        assert "第 2 行" in client.get(page).text and "现为“benefit”" in client.get(page).text
    path.write_text("x\n", encoding="utf-8")
    broken = client.get("/measures")
    assert broken.status_code == 400 and "列应依次为" in broken.text


def test_the_queue_takes_filters_and_can_be_passed_over(client: TestClient) -> None:
    both = [client.get(f"/review.json?skip={at}").json()["measure"]["measure_id"] for at in (0, 1)]
    assert len(set(both)) == 2
    assert client.get("/review.json?skip=2").json()["measure"] is None
    assert client.get("/review?skip=2").text.count("后面没有了") == 1
    assert client.get("/review.json?beneficiary=博士").json()["left"] == 1
    assert client.get("/review?skip=x").status_code == 400
    assert client.get("/review?measure=nowhere").status_code == 404
    table = list(csv.DictReader(io.StringIO(client.get("/review.csv").content.decode("utf-8-sig"))))
    assert [line["measure_id"] for line in table] == both
