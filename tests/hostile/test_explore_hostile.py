"""The explorer over hostile documents: every page that can be reached is looked at, and its twins."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from hostile_run import ATTACKS, build
from lxml import html
from starlette.testclient import TestClient

from pipeline.explore.app import create_app
from pipeline.table.cells import FORMULA_STARTS

HERE = "http://127.0.0.1:8765"
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
MOST = 150


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("hostile") / "out"
    build(out)
    with TestClient(create_app(out), base_url=HERE) as found:
        yield found


@pytest.fixture(scope="module")
def pages(client: TestClient) -> dict[str, html.HtmlElement]:
    """All pages that links lead to, and those the filters' choices lead to, address → parsed page."""
    found: dict[str, html.HtmlElement] = {}
    waiting = ["/"]
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text[:200])
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found[address] = page = html.fromstring(answer.content.decode())
        waiting += [
            urldefrag(urljoin(HERE + address, link.get("href")))[0].removeprefix(HERE) for link in page.iter("a")
        ]
    return found


def test_pages_of_every_kind_were_reached(pages: dict[str, html.HtmlElement]) -> None:
    kinds = {urlsplit(address).path.split("/")[1] for address in pages}
    own = {"documents", "doc", "measures", "measure", "codes", "code", "matrix", "compare", "issues", "review"}
    assert {"", "corrections", *own} <= kinds
    assert sum(urlsplit(address).path.startswith("/doc/") for address in pages) == len(ATTACKS)


def test_nothing_runs(pages: dict[str, html.HtmlElement]) -> None:
    for address, page in pages.items():
        for one in page.iter():
            if not isinstance(one.tag, str):
                continue
            assert not [name for name in one.attrib if name.startswith("on") or name == "style"], address
            assert one.tag not in ("style", "iframe", "object", "embed", "base"), address
            for name in ("href", "src", "action"):
                target = one.get(name)
                assert target is None or target.startswith(("/", "#")), (address, target)
                assert target is None or not target.startswith("//"), (address, target)
        assert [one.get("src") for one in page.iter("script")] == ["/static/explore.js"], address


def test_ticking_a_hostile_value_finds_it(client: TestClient) -> None:
    page = html.fromstring(client.get("/measures").content.decode())
    values = [one.get("value") for one in page.iter("input") if one.get("name") == "item" and one.get("type")]
    assert len(values) == 12
    for value in values:
        found = client.get("/measures.json", params={"item": value}).json()["measures"]
        assert [row["item"] for row in found] == [value[1:]]


def test_texts_stay_texts(pages: dict[str, html.HtmlElement]) -> None:
    told = "\n".join(page.text_content() for page in pages.values())
    for attack in ATTACKS:
        visible = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", attack).strip()
        assert visible in told
    assert "49" not in {text.strip() for page in pages.values() for text in page.itertext()}


def test_controls_dont_reach_a_terminal(client: TestClient, pages: dict[str, html.HtmlElement]) -> None:
    for address in list(pages)[:40]:
        assert "\x1b" not in client.get(address).text


def test_reading_direction_is_never_turned(pages: dict[str, html.HtmlElement]) -> None:
    """What turns it may stand in forms' values, which the browser keeps apart, and where it isn't drawn."""
    for address, page in pages.items():
        for one in page.iter():
            if isinstance(one.tag, str) and one.get("hidden") is None:
                assert not BIDI.search(one.text or ""), (address, one.tag, one.text)
            assert not BIDI.search(one.tail or ""), (address, one.tag, one.tail)
            assert not [name for name in ("title", "aria-label", "alt") if BIDI.search(one.get(name) or "")], address


def test_twins_of_every_page(client: TestClient, pages: dict[str, html.HtmlElement]) -> None:
    for address, page in pages.items():
        twins = [link.get("href") for link in page.iter("a") if "本页数据" in (link.getparent().text or "")]
        assert len(twins) == 2, address
        for twin in twins:
            answer = client.get(twin)
            assert answer.status_code == 200, twin
            if not urlsplit(twin).path.endswith(".csv"):
                answer.json()
                continue
            assert answer.headers["content-disposition"].startswith("attachment")
            for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
                assert not [cell for cell in line if cell.startswith(FORMULA_STARTS)], twin


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/doc/..%2f..%2f..%2fetc%2fpasswd",
        "/doc/%00",
        "/doc/x' OR '1'='1",
        "/doc/0000000000000001/page/../../../etc/passwd",
        "/doc/0000000000000001/page/1.png",
        "/doc/0000000000000001/page/%2e%2e",
        "/measure/..%2f..%2fetc%2fpasswd",
        "/measure/<script>alert(1)</script>",
    ],
)
def test_no_way_to_files(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "root:" not in answer.text and "Starlette" not in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("attack", ATTACKS)
def test_questions_are_no_way_in(client: TestClient, attack: str) -> None:
    for names in (("item", "text", "beneficiary"), ("code", "region", "doc", "min", "page", "sort", "unknown")):
        answer = client.get("/measures", params=dict.fromkeys(names, attack))
        assert answer.status_code in (200, 400)
        page = html.fromstring(answer.content.decode())
        assert [one.get("src") for one in page.iter("script")] == ["/static/explore.js"]
        assert not page.xpath("//*[@onmouseover or @onerror or @onfocus or @onload]")
