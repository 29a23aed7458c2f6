"""The explorer in a browser over the sample corpus: from a filter to the evidence, to a page of a PDF, to a CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from browser_pages import Watched, watch
from playwright.sync_api import Browser

from pipeline.table.query import query

REGION = "湖南省云州市"


def rows(out: Path, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query(out, sql).to_pylist()
    return found


def test_from_a_filter_to_the_evidence_and_back(watched: Watched, out: Path) -> None:
    page = watched.page
    watched.go("/")
    watched.shot("start")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="措施").click()
    watched.shot("measures", whole=True)
    page.get_by_label("优惠支持").check()
    page.wait_for_url("**role=benefit**")
    page.locator(f'input[name="region"][value="={REGION}"]').check()
    page.wait_for_url("**region=**")
    where = f"role = 'benefit' AND region = '{REGION}'"
    expected = rows(out, f"SELECT measure_id, quote, evidence FROM knowledge WHERE {where}")
    assert f"共 {len(expected)} 条" in page.get_by_role("status").inner_text()
    watched.shot("measures-filtered")
    # the whole state is in the address: opened again, it shows the same rows
    shown = page.locator("table.measures").inner_text()
    page.goto(page.url)
    assert page.locator("table.measures").inner_text() == shown
    first = page.locator("table.measures tbody tr").first
    measure_id = (first.get_attribute("id") or "").removeprefix("r-")
    chosen = next(row for row in expected if row["measure_id"] == measure_id)
    first.locator("a.evidence").click()
    mark = page.locator("mark:target")
    assert mark.text_content() == chosen["quote"]
    assert mark.is_visible() and page.evaluate("scrollY") > 0
    box = mark.bounding_box()
    assert box is not None and 0 <= box["y"] < 900
    evidence = page.locator(".e:has(:target)")
    assert evidence.text_content() == chosen["evidence"]
    watched.shot("evidence")
    # and from the evidence to its row, and back
    page.locator(f'mark:target + a.to[href="#{quote("r-" + measure_id)}"]').click()
    row = page.locator("li:target")
    assert row.get_attribute("data-m") == measure_id
    row.get_by_role("link", name="看原文").click()
    assert page.locator("mark:target").get_attribute("data-m") == measure_id


def test_every_mark_is_its_quote(watched: Watched, out: Path) -> None:
    for document in rows(out, "SELECT doc_id, source_name FROM documents ORDER BY source_name LIMIT 8"):
        watched.go(f"/doc/{document['doc_id']}")
        found = watched.page.evaluate(
            """() => { const texts = {};
            for (const one of document.querySelectorAll(".text [data-m]"))
              texts[one.dataset.m] = (texts[one.dataset.m] || "") + one.textContent;
            return texts; }"""
        )
        sql = f"SELECT measure_id, quote FROM measures WHERE doc_id = '{document['doc_id']}'"
        assert found == {row["measure_id"]: row["quote"] for row in rows(out, sql)}
        ids = watched.page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids))


def test_layers_are_switched_without_reload(watched: Watched, out: Path) -> None:
    sql = "SELECT doc_id, coding_id FROM codings WHERE codebook = 'yinyuyongliu' ORDER BY coding_id LIMIT 1"
    (coding,) = rows(out, sql)
    watched.go(f"/doc/{coding['doc_id']}")
    page = watched.page
    line = "getComputedStyle(document.querySelector('.text .c0')).textDecorationLine"
    back = "getComputedStyle(document.querySelector('.text mark.m')).backgroundColor"
    assert page.evaluate(line) == "none"
    page.get_by_label("引育用留").check()
    assert page.evaluate(line) == "underline"
    watched.shot("layers")
    coloured = page.evaluate(back)
    page.get_by_role("checkbox", name="措施").uncheck()
    assert page.evaluate(back) != coloured


def test_without_javascript(browser: Browser, base: str, out: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    watched = Watched(context.new_page(), base)
    watch(watched)
    watched.go("/measures")
    page = watched.page
    page.get_by_label("优惠支持").check()
    page.get_by_role("button", name="应用").first.click()
    total = rows(out, "SELECT count(*) AS n FROM measures WHERE role = 'benefit'")[0]["n"]
    assert f"共 {total} 条" in page.get_by_role("status").inner_text()
    page.locator("a.evidence").first.click()
    assert page.locator("mark:target").count() == 1
    page.get_by_label("引育用留").check()
    assert page.locator(".text .c0").first.evaluate("one => getComputedStyle(one).textDecorationLine") == "underline"
    context.close()
    assert (watched.errors, watched.outside) == ([], [])


def test_a_page_of_a_pdf_with_its_boxes(watched: Watched, out: Path) -> None:
    sql = "SELECT measure_id, doc_id, page, quote, boxes FROM measures WHERE boxes IS NOT NULL ORDER BY rowid LIMIT 1"
    (row,) = rows(out, sql)
    watched.go(f"/doc/{row['doc_id']}#{quote('m-' + row['measure_id'])}")
    page = watched.page
    page.locator(f'li[data-m="{row["measure_id"]}"]').get_by_role("link", name="版面").click()
    picture = page.locator(".picture img")
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 600
    box = page.locator(".picture a:target rect").first
    drawn, whole = box.bounding_box(), picture.bounding_box()
    assert drawn is not None and whole is not None
    number, x0, _, x1, y1 = json.loads(row["boxes"])[0]
    assert number == row["page"]
    # A4: the box stands on the picture where the points say, within a point or so
    scale = whole["width"] / 595.28
    assert abs((drawn["x"] - whole["x"]) / scale - x0) < 2
    assert abs(drawn["width"] / scale - (x1 - x0)) < 4
    assert abs((whole["height"] - (drawn["y"] - whole["y"])) / scale - y1) < 4
    watched.shot("pdf")
    # it leads back into the text
    page.locator(".picture a:target").focus()
    page.keyboard.press("Enter")
    assert page.locator("mark:target").text_content() == row["quote"]


def test_a_table_is_saved_as_csv(watched: Watched, out: Path) -> None:
    watched.go("/measures?role=target")
    with watched.page.expect_download() as saving:
        watched.page.get_by_role("link", name="下载 CSV").click()
    assert saving.value.suggested_filename == "措施.csv"
    content = Path(saving.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    expected = rows(out, "SELECT measure_id FROM measures WHERE role = 'target'")
    assert [line["measure_id"] for line in lines] == [row["measure_id"] for row in expected]


def test_by_keyboard_alone(watched: Watched) -> None:
    page = watched.page
    watched.go("/documents")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("浙江省人民政府办公厅")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert page.locator("tbody tr").count() == 1


def test_on_a_phone_and_in_the_dark(browser: Browser, base: str, out: Path) -> None:
    (row,) = rows(out, "SELECT measure_id, doc_id, start FROM measures WHERE role = 'benefit' ORDER BY rowid LIMIT 1")
    (pdf,) = rows(out, "SELECT doc_id FROM documents WHERE media_type = 'application/pdf' ORDER BY rowid LIMIT 1")
    pages = {
        "documents": "/documents",
        "measures": "/measures?role=benefit",
        "measure": f"/measure/{quote(row['measure_id'])}",
        "document": f"/doc/{row['doc_id']}#{quote('m-' + row['measure_id'])}",
        "pdf": f"/doc/{pdf['doc_id']}/page/1",
    }
    for dark in (False, True):
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, color_scheme="dark" if dark else "light", has_touch=True
        )
        watched = Watched(context.new_page(), base)
        watch(watched)
        for name, path in pages.items():
            watched.go(path)
            watched.shot(f"phone-{name}{'-dark' if dark else ''}")
            beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert watched.page.evaluate(beyond) <= 0, name
        context.close()
        assert (watched.errors, watched.outside) == ([], [])


def test_names_for_screen_readers(watched: Watched, out: Path) -> None:
    (row,) = rows(out, "SELECT doc_id FROM measures ORDER BY rowid LIMIT 1")
    for path in ("/documents", "/measures", f"/doc/{row['doc_id']}"):
        watched.go(path)
        page = watched.page
        assert page.locator("h1").count() == 1
        assert page.get_by_role("main").count() == 1 and page.get_by_role("navigation").count() >= 1
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, nav, aside")].filter(one => {
              const label = one.getAttribute("aria-label") || one.textContent.trim();
              return !label && !(one.labels && one.labels.length); }).map(one => one.outerHTML)"""
        )
        assert nameless == []
        assert page.locator("table th:not([scope])").count() == 0
