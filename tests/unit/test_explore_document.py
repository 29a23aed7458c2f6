"""A document's page: long texts in parts, pages of PDFs with their boxes, and what is told when a file has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from make_pdf import make_pdf
from PIL import Image
from starlette.testclient import TestClient

import pipeline
from pipeline.core.document import Document, Source
from pipeline.core.layers import CleanText, Measure, RawText
from pipeline.explore import document as pages
from pipeline.explore import shown
from pipeline.explore.app import create_app
from pipeline.explore.pictures import Picture
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry

HERE = "http://127.0.0.1:8765"
LINE = "给予补贴5万元。\n"


def measures(text: str) -> Iterator[Measure]:
    at = text.find("5万元")
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.index("。", at) + 1
        yield Measure(
            at, at + 3, start, end, "money", "money.plain", Decimal(50000), Decimal(50000), "元",
            role="benefit", confidence=0.5,
        )  # fmt: skip
        at = text.find("5万元", end)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one document without a line end in most of it, whose parts' borders fall into a quote and a sentence."""
    out = tmp_path_factory.mktemp("long") / "out"
    text = LINE * 20 + "甲" * 700 + LINE * 30 + "乙" * 900 + "给予补贴5万元。" + "丙" * 300 + "\n" + LINE
    source = Source("长.txt", "in/长.txt", "ab" * 32, 10)
    document = Document(
        source=source, raw=RawText(text, "text/plain"), text=CleanText(text, ()), head=None, outline=(),
        references=(), bag=None, measures=tuple(measures(text)), codings=(),
    )  # fmt: skip
    build_tables(
        lambda: [Entry(document.doc_id, source, "done", document)], out, codebooks=(), topics=None, run_issues=()
    )
    return out


def text_of(page: html.HtmlElement) -> str:
    (found,) = page.find_class("text")
    return str(found.text_content())


@pytest.mark.parametrize("part", [37, 100, 353, 1000])
def test_parts_cover_the_text_and_show_every_measure_whole(
    long: Path, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PART", part)
    monkeypatch.setattr(shown, "PART", part)
    monkeypatch.setattr(pages, "_SHIFT", 15)
    with TestClient(create_app(long), base_url=HERE) as client:
        rows = client.get("/measures.json", params={"size": 200}).json()["measures"]
        assert len(rows) == 52
        doc_id = rows[0]["doc_id"]
        whole, covered, seen = client.get("/documents.json").json()["documents"][0]["n_chars"], 0, []
        for number in range(-(-whole // part)):
            found = client.get(f"/doc/{doc_id}.json", params={"at": min((number + 1) * part - 1, whole)}).json()
            if found["part"]["start"] < covered and found["part"]["number"] <= number:
                continue  # the border moved: the place belongs to the part before
            assert found["part"]["start"] <= covered
            covered = max(covered, found["part"]["start"] + len(found["part"]["text"]))
            seen += [row["measure_id"] for row in found["measures"]]
        assert covered == whole
        assert sorted(set(seen)) == sorted(row["measure_id"] for row in rows)
        for row in rows[::7]:
            page = html.fromstring(client.get(shown.measure_link(row).partition("#")[0]).text)
            (mark,) = [one for one in page.iter("mark") if one.get("id") == f"m-{row['measure_id']}"]
            assert mark.text_content() == row["quote"]


@pytest.mark.parametrize("at", ["-1", "x", "1.5", "9" * 20, "１"])
def test_a_place_that_is_none(long: Path, at: str) -> None:
    with TestClient(create_app(long), base_url=HERE) as client:
        doc_id = client.get("/documents.json").json()["documents"][0]["doc_id"]
        assert client.get(f"/doc/{doc_id}", params={"at": at}).status_code == 400
        assert client.get(f"/doc/{doc_id}", params={"at": "99999999"}).status_code == 200


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run over two PDFs, one of them with turned pages; the folder of the files and the run's."""
    folder = tmp_path_factory.mktemp("printed")
    (folder / "in").mkdir()
    lines = [(100.0, 700.0, 16.0, "对引进的博士给予安家补助5万元。"), (100.0, 400.0, 16.0, "每年不超过3万元。")]
    (folder / "in" / "甲.pdf").write_bytes(make_pdf([lines, [(90.0, 500.0, 16.0, "第二页给予奖励8万元。")]]))
    (folder / "in" / "乙.pdf").write_bytes(
        make_pdf([[(200.0, 300.0, 16.0, "对入选的团队给予奖励9万元。")]], turned=True)
    )
    pipeline.run(folder / "in", folder / "out", workers=1)
    return folder / "in", folder / "out"


@pytest.fixture
def client(printed: tuple[Path, Path]) -> Iterator[TestClient]:
    with TestClient(create_app(printed[1]), base_url=HERE) as found:
        yield found


def measure(client: TestClient, text: str) -> dict[str, Any]:
    (found,) = client.get("/measures.json", params={"text": text, "kind": "money"}).json()["measures"]
    return dict(found)


def dark(png: bytes, box: dict[str, float], size: tuple[float, float]) -> float:
    """The share of dark dots in a rectangle given in points as shown."""
    picture = Image.open(BytesIO(png)).convert("L")
    scale = picture.width / size[0]
    assert abs(picture.height / scale - size[1]) < 2
    area = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    dots = picture.crop(tuple(round(value * scale) for value in area)).tobytes()
    return sum(dot < 128 for dot in dots) / max(len(dots), 1)


@pytest.mark.parametrize("text", ["安家补助", "不超过", "第二页"])
def test_boxes_stand_on_the_ink(client: TestClient, text: str) -> None:
    row = measure(client, text)
    address = f"/doc/{row['doc_id']}/page/{row['page']}"
    page = html.fromstring(client.get(address).text)
    (link,) = [one for one in page.iter("a") if one.get("id") == f"b-{row['measure_id']}"]
    assert link.get("href") == shown.measure_link(row)
    (box,) = [{name: float(one.get(name)) for name in ("x", "y", "width", "height")} for one in link.iter("rect")]
    png = client.get(f"{address}.png")
    assert png.headers["content-type"] == "image/png"
    assert dark(png.content, box, (595, 842)) > 0.03
    assert dark(png.content, {**box, "y": box["y"] + 100}, (595, 842)) == 0
    assert json.loads(row["boxes"])[0][0] == row["page"]


def test_boxes_turn_with_the_page(client: TestClient) -> None:
    row = measure(client, "入选")
    address = f"/doc/{row['doc_id']}/page/1"
    page = html.fromstring(client.get(address).text)
    (drawing,) = page.iter("svg")
    assert drawing.get("viewbox") == "0 0 842.0 595.0"
    (group,) = drawing.iter("g")
    a, b, c, d, e, f = (float(part) for part in group.get("transform").removeprefix("matrix(")[:-1].split())
    (link,) = [one for one in group.iter("a") if one.get("id") == f"b-{row['measure_id']}"]
    (rect,) = link.iter("rect")
    x, y, wide, high = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
    corners = [(a * u + c * v + e, b * u + d * v + f) for u, v in ((x, y), (x + wide, y + high))]
    (x0, x1), (y0, y1) = (sorted(values) for values in zip(*corners, strict=True))
    png = client.get(f"{address}.png").content
    assert x1 - x0 > 3 * (y1 - y0)
    assert dark(png, {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}, (842, 595)) > 0.03


@pytest.mark.parametrize(("turns", "expected"), [(0, (10, 20)), (1, (80, 10)), (2, (190, 80)), (3, (20, 190))])
def test_turning(turns: int, expected: tuple[float, float]) -> None:
    """A point 10 from the left and 20 from the top of a page of 200 × 100 points, after each quarter turn."""
    picture = Picture(b"", 0, 0, 200, 100, turns)
    a, b, c, d, e, f = (
        [float(part) for part in picture.turning.removeprefix("matrix(")[:-1].split()]
        if picture.turning
        else (1, 0, 0, 1, 0, 0)
    )
    assert (a * 10 + c * 20 + e, b * 10 + d * 20 + f) == expected
    assert picture.size == ((100, 200) if turns % 2 else (200, 100))


def test_a_file_that_changed_or_went(client: TestClient, printed: tuple[Path, Path]) -> None:
    row = measure(client, "安家补助")
    address, path = f"/doc/{row['doc_id']}/page/1", printed[0] / "甲.pdf"
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(row["doc_id"])
    try:
        path.write_bytes(content + b"\n")
        page = client.get(address)
        assert page.status_code == 200 and "校验值不符" in page.text and "5万元" in page.text
        assert client.get(f"{address}.png").status_code == 400
        path.unlink()
        assert "找不到原文件" in client.get(address).text
    finally:
        path.write_bytes(content)
    assert client.get(f"{address}.png").status_code == 200


@pytest.mark.parametrize("page", ["0", "3", "-1", "x", "99999999", "１"])
def test_no_such_page(client: TestClient, page: str) -> None:
    row = measure(client, "安家补助")
    for end in ("", ".json", ".png"):
        assert client.get(f"/doc/{row['doc_id']}/page/{page}{end}").status_code == 404
