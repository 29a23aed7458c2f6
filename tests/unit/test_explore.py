"""The explorer's pages over a made-up run: twins, filters in the address, refusals, headers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from table_samples import build

from pipeline.explore.app import create_app

HERE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("explore") / "out"
    build(out)
    with TestClient(create_app(out), base_url=HERE) as found:
        yield found


@pytest.mark.parametrize("path", ["/documents", "/measures"])
def test_every_page_has_its_twins(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f'href="{path}.csv"' in page.text and f'href="{path}.json"' in page.text
    data = client.get(f"{path}.json").json()
    table = client.get(f"{path}.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(lines) == data["total"] == len(data[path[1:]])
    assert list(lines[0]) == list(data[path[1:]][0])


def test_filters_in_the_address(client: TestClient) -> None:
    found = client.get("/measures.json", params={"role": "优惠支持", "min": "10万"}).json()
    assert [row["quote"] for row in found["measures"]] == ["50万元"]
    assert found["measures"][0]["codes"] == "demo:引才补贴；demo:留"


def test_mistakes_are_told_in_chinese(client: TestClient) -> None:
    page = client.get("/measures", params={"role": "x", "region": "无此地"})
    assert page.status_code == 400
    assert "作用 的值“x”不对" in page.text and "没有地区含“无此地”的文档" in page.text
    assert client.get("/measures", params={"min": "很多"}).status_code == 400
    missing = client.get("/nowhere")
    assert missing.status_code == 404 and "没有这一页" in missing.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "[::1]:8765", ""])
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/measures", headers={"host": host})
    assert answer.status_code == 421
    assert "岚川" not in answer.text
