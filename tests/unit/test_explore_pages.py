"""The explorer's overview, codebooks, cross tables, comparison and issues: numbers, links, twins, refusals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient
from table_samples import build

from pipeline.core.issues import CODES
from pipeline.explore.app import create_app
from pipeline.explore.issues import _named
from pipeline.table.matrices import Question, matrix
from pipeline.table.query import query

HERE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore") / "out"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def client(out: Path) -> Iterator[TestClient]:
    with TestClient(create_app(out), base_url=HERE) as found:
        yield found


def page(client: TestClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.content.decode())


def lines(client: TestClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).content.decode("utf-8-sig"))))


def one(out: Path, sql: str) -> Any:
    return next(iter(query(out, sql).to_pylist()[0].values()))


def test_the_overview_counts_and_leads_on(client: TestClient, out: Path) -> None:
    found = client.get("/index.json").json()
    for table in ("documents", "measures", "codings", "references", "issues"):
        assert found["totals"][table] == one(out, f'SELECT count(*) FROM "{table}"')
    figures = {figure["title"]: figure["data"] for figure in found["figures"]}
    assert [(datum["item"], datum["value"]) for datum in figures["措施的作用"]] == [("优惠支持", 2)]
    assert {datum["item"]: datum["value"] for datum in figures["各省文档数"]} == {"浙江": 2}
    assert sum(datum["value"] for datum in figures["各年文档数（按层级）"]) == 3
    shown = page(client, "/")
    charts = shown.xpath("//*[local-name()='svg']")
    assert len(charts) == len(figures) and all(chart.get("aria-label") for chart in charts)
    links = {link.get("href") for chart in charts for link in chart.iter() if link.get("href")}
    assert "/measures?role=benefit" in links and "/documents?province=33" in links
    for link in links:
        assert client.get(link).status_code == 200, link
    assert {line["图"] for line in lines(client, "/index.csv")} == set(figures)


@pytest.mark.parametrize(
    ("asked", "sql"),
    [
        ("year=2024", "year = 2024"),
        ("year=2024&level=市", "year = 2024 AND level = '市'"),
        ("province=33", "region_code LIKE '33%' OR region LIKE '浙江%'"),
        ("status=failed", "status = 'failed'"),
        ("doc_kind=办法&q=岚川", "doc_kind = '办法'"),
        ("year=nonsense", "false"),
    ],
)
def test_documents_by_what_a_chart_counts(client: TestClient, out: Path, asked: str, sql: str) -> None:
    found = client.get(f"/documents.json?{asked}").json()
    assert found["total"] == one(out, f"SELECT count(*) FROM documents WHERE {sql}")
    assert len(lines(client, f"/documents.csv?{asked}")) == found["total"]


def test_what_is_chosen_can_be_taken_back(client: TestClient) -> None:
    chips = page(client, "/documents?province=33&year=2024").xpath("//ul[@class='chips']//a")
    assert {chip.get("href") for chip in chips} == {"/documents?year=2024", "/documents?province=33"}
    assert client.get("/documents?province=99").status_code == 400


def test_codebooks_and_the_passages_of_a_code(client: TestClient, out: Path) -> None:
    tree = {row["code"]: row for row in client.get("/codes.json").json()["codes"]}
    assert [tree[code]["passages"] for code in ("attract", "attract-money", "keep")] == [1, 1, 1]
    assert len(lines(client, "/codes.csv")) == 3
    link = page(client, "/codes").xpath("//table//th/span/a")[0].get("href")
    assert link == "/code?book=demo&code=attract"
    found = client.get("/code.json?book=demo&code=attract").json()
    assert found["total"] == 1 and found["passages"][0]["code"] == "attract-money"
    quote = found["passages"][0]["quote"]
    assert quote == one(out, "SELECT quote FROM codings WHERE code = 'attract-money'")
    evidence = page(client, link).xpath("//ol[@class='quotes']//a[@class='evidence']")[0]
    where, _, anchor = evidence.get("href").partition("#")
    marks = page(client, where).xpath(f"//*[starts-with(@id, 'c-') and @id='{anchor.replace('%3A', ':')}']")
    assert marks
    assert client.get("/code.json?book=demo&code=attract&year=1999").json()["total"] == 0
    assert client.get("/code.json?book=demo&code=attract&coder=machine&region=浙江").json()["total"] == 1
    assert [line["quote"] for line in lines(client, "/code.csv?book=demo&code=attract")] == [quote]
    assert client.get("/code?book=demo&code=nowhere").status_code == 404


@pytest.mark.parametrize("asked", ["", "rows=示例&cols=地区", "rows=作用&cols=类型&unit=money", "rows=代码&cols=代码"])
def test_a_cross_table_is_the_command_s(client: TestClient, out: Path, asked: str) -> None:
    given = dict(pair.split("=") for pair in asked.split("&") if pair)
    unit: Any = given.get("unit")
    expected = matrix(out, Question(rows=given.get("rows", "作用"), cols=given.get("cols", "年份"), unit=unit))
    found = client.get(f"/matrix.json?{asked}").json()
    assert found["cells"] == [[None if n is None else int(n) for n in row] for row in expected.cells]
    assert (found["rows"], found["columns"]) == tuple(expected.labels)
    table = page(client, f"/matrix?{asked}&percent=row").xpath("//table[@class='matrix']")[0]
    assert len(table.xpath("./tbody/tr")) == len(expected.cells)
    for link in table.xpath(".//td/a"):
        row, col = (int(link.get("href").split(f"{name}=")[-1].split("&")[0]) for name in ("&row", "&col"))
        behind = client.get(link.get("href").replace("/matrix/quotes?", "/matrix/quotes.json?")).json()
        assert behind["total"] == len(behind["passages"]) == expected.behind[row][col]
    assert len(lines(client, f"/matrix.csv?{asked}")) == len(expected.cells)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/matrix?rows=没有", "没有"),
        ("/matrix?unit=斤", "可用的有"),
        ("/matrix?rows=作用&cols=年份&unit=codings", ""),
        ("/matrix/quotes?row=99&col=0", "应是 0 到"),
        ("/matrix/quotes?row=x&col=0", "应是 0 到"),
        ("/compare?values=无此地", "无此地"),
        ("/compare?cases=%3D&columns=甲%3D词:补", "名称=内容"),
        ("/compare?cases=甲%3D甲.pdf", ""),
        (f"/compare?values={','.join(map(str, range(13)))}", "12 组"),
    ],
)
def test_questions_that_make_no_sense(client: TestClient, path: str, why: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400 and why in answer.text and "这样问不了" in answer.text


def test_groups_and_cases_beside_each_other(client: TestClient) -> None:
    assert client.get("/compare").status_code == 200
    found = client.get("/compare.json?by=年份&values=2024,2023&cols=示例").json()
    assert found["rows"] == ["2024", "2023"]
    assert found["behind"][0] == [1, 1, 1] and found["behind"][1] == [0, 0, 0]
    shown = page(client, "/compare?by=年份&values=2024、2023&cols=示例")
    assert [head.text_content() for head in shown.xpath("//table//thead//th")] == ["项", "2024", "2023"]
    all_of = shown.xpath("//table//td//strong/a")[0].get("href")
    assert client.get(all_of).status_code == 200
    cases = {"cases": "岚川=甲.pdf\n", "columns": "钱=词:补贴\n留=示例:留"}
    told = client.get("/compare.json", params=cases).json()
    assert told["rows"] == ["岚川"] and told["behind"] == [[1, 1]]
    assert (
        len(lines(client, f"/compare.csv?{'&'.join(f'{k}={v}' for k, v in cases.items())}".replace("\n", "%0A"))) == 2
    )


def test_issues_by_kind(client: TestClient, out: Path) -> None:
    found = client.get("/issues.json").json()
    assert found["total"] == one(out, "SELECT count(*) FROM issues") == len(lines(client, "/issues.csv"))
    assert found["issues"][0]["severity"] == "error"
    some = client.get("/issues.json?code=ingest.damaged").json()
    assert some["total"] == 1 and some["issues"][0]["source_name"] == "丙.pdf"
    # a choice leaves the other kinds in sight
    assert some["spread"]["code"] == found["spread"]["code"]
    doc = page(client, "/issues?code=clean.private-use").xpath("//table//a")[0].get("href")
    assert client.get(doc).status_code == 200
    assert client.get("/issues.json?severity=nonsense").json()["total"] == 0


@pytest.mark.parametrize(
    "path", ["/", "/codes", "/code?book=demo&code=keep", "/matrix", "/compare", "/issues", "/review", "/corrections"]
)
def test_every_page_is_whole(client: TestClient, path: str) -> None:
    shown = page(client, path)
    assert len(shown.xpath("//h1")) == 1
    assert not shown.xpath("//*[@style or @onclick]") and not shown.xpath("//style")
    twins = [link.get("href") for link in shown.xpath("//footer//a")]
    assert [client.get(twin).status_code for twin in twins] == [200, 200]
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    labelled = set(shown.xpath("//label/@for"))
    for control in shown.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert control.get("id") in labelled or control.getparent().tag == "label"


def test_issues_are_named_in_chinese() -> None:
    for code in CODES:
        assert re.search("[一-鿿]{2}", _named(code, "code")) and "{" not in _named(code, "code")
    assert _named("number.unclaimed", "code") == "有 … 个数字没有归入任何措施或规则"
    assert _named("number.sum", "code") == "合计“…”与分项之和不符"
    assert _named("gone.code", "code") == "gone.code"
