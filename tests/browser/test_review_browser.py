"""Reviewing in a browser: a record set right is in the next export; from charts and codes to quotations."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_pages import Watched, watch
from playwright.sync_api import Browser

from pipeline.core import outputs
from pipeline.export.targets import export
from pipeline.table.corrections import read_corrections
from pipeline.table.query import query


@pytest.fixture
def reviewing(out: Path) -> Iterator[Path]:
    """The run, without what people said before and after the test."""
    (out / outputs.CORRECTIONS).unlink(missing_ok=True)
    yield out
    (out / outputs.CORRECTIONS).unlink(missing_ok=True)


def test_a_record_set_right_is_in_the_next_export(watched: Watched, reviewing: Path, tmp_path: Path) -> None:
    page = watched.page
    watched.go("/review?role=benefit")
    measure_id = page.locator('#review input[name="measure"]').get_attribute("value")
    mark = page.locator("#quote").text_content()
    page.get_by_label("作用").select_option(label="条件")
    page.get_by_label("受益对象").fill("=企业<b>")
    page.get_by_label("复核人").fill("王芳")
    watched.shot("review")
    page.get_by_role("button", name="确认").click()
    page.wait_for_url("**last=**")
    assert "已改正（王芳）" in page.get_by_role("status").inner_text()
    assert page.get_by_label("复核人").input_value() == "王芳"
    assert page.locator('#review input[name="measure"]').get_attribute("value") != measure_id
    watched.shot("review-next")
    page.get_by_role("status").get_by_role("link").first.click()
    assert page.locator(".badge.corrected").is_visible() and page.locator("#quote").text_content() == mark
    watched.shot("review-again")
    told = export(reviewing, "csv", tmp_path / "csv")
    assert told == ("已按 corrections.tsv 计入人工复核：改正 1 条（王芳）",)
    with (tmp_path / "csv" / "knowledge.csv").open(encoding="utf-8-sig") as file:
        (row,) = [line for line in csv.DictReader(file) if line["measure_id"] == measure_id]
    assert (row["role"], row["beneficiary"], row["quote"]) == ("condition", "'=企业<b>", mark)
    assert query(reviewing, f"SELECT role FROM measures WHERE measure_id = '{measure_id}'").to_pylist() == [
        {"role": "benefit"}
    ]
    watched.go(f"/doc/{row['doc_id']}")
    assert page.locator(".rows .badge.corrected").count() == 1
    watched.go("/corrections")
    assert page.locator("tbody tr").count() == 3
    watched.shot("corrections")


def test_by_keyboard_alone(watched: Watched, reviewing: Path) -> None:
    page = watched.page
    watched.go("/review")
    first = page.locator('#review input[name="measure"]').get_attribute("value")
    page.keyboard.press("y")  # without a name the browser asks for it
    assert page.evaluate("document.activeElement.id") == "person"
    page.keyboard.type("李明")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**last=**")
    second = page.locator('#review input[name="measure"]').get_attribute("value")
    page.keyboard.press("n")
    page.wait_for_function(f"!document.querySelector('input[value=\"{second}\"]')")
    third = page.locator('#review input[name="measure"]').get_attribute("value")
    page.keyboard.press("j")
    page.wait_for_url("**skip=1**")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "v-kind"
    said = [(line.measure_id, line.verdict, line.person) for line in read_corrections(reviewing)]
    assert said == [(first, "confirmed", "李明"), (second, "rejected", "李明")]
    assert third not in (first, second)


def test_a_mistake_is_told_and_nothing_typed_is_lost(watched: Watched, reviewing: Path) -> None:
    page = watched.page
    watched.go("/review")
    page.get_by_label("下限").fill("很多")
    page.get_by_label("复核人").fill("王芳")
    with page.expect_response("**/review**") as answer:
        page.get_by_role("button", name="确认").click()
    assert answer.value.status == 400
    assert "应是数" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("下限").input_value() == "很多"
    assert not (reviewing / outputs.CORRECTIONS).exists()
    watched.errors[:] = [error for error in watched.errors if "400" not in error]  # the browser tells the status


def test_from_a_chart_to_the_rows_it_counts(watched: Watched, out: Path) -> None:
    page = watched.page
    watched.go("/")
    watched.shot("overview", whole=True)
    page.locator('svg a[href="/measures?role=target"]').first.click()
    total = query(out, "SELECT count(*) AS n FROM measures WHERE role = 'target'").to_pylist()[0]["n"]
    assert f"共 {total} 条" in page.get_by_role("status").inner_text()
    watched.go("/")
    page.locator('svg a[href^="/documents?province="]:not([tabindex])').first.press("Enter")
    assert page.locator("tbody tr").count() >= 1


def test_from_a_code_to_its_quotes(watched: Watched) -> None:
    page = watched.page
    watched.go("/codes")
    watched.shot("codes")
    row = page.locator("table.codes tbody tr").first
    row.get_by_role("link").click()
    watched.shot("code")
    shown = page.locator(".quotes a.evidence").first
    quote = "".join((shown.text_content() or "").split())
    shown.click()
    target = page.locator(":target")
    anchor = target.get_attribute("id")
    # a coding may be cut into several elements by measures in it: together they are the quote
    assert anchor and target.is_visible()
    assert "".join((target.text_content() or "").split()) in quote
    watched.go("/matrix?rows=引育用留&cols=地区&percent=row")
    watched.shot("matrix")
    page.locator("table.matrix tbody td a").first.click()
    assert page.locator(".quotes li").count() >= 1
    watched.shot("quotes")


def test_new_pages_on_a_phone_in_the_dark(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    watched = Watched(context.new_page(), base)
    watch(watched)
    pages = {
        "overview": "/",
        "codes": "/codes",
        "code": "/code?book=yinyuyongliu&code=attract",
        "matrix": "/matrix?rows=引育用留&cols=年份",
        "compare": "/compare?by=层级&values=省,市&cols=引育用留",
        "issues": "/issues",
        "review": "/review",
    }
    for name, path in pages.items():
        watched.go(path)
        watched.shot(f"phone-{name}-dark")
        assert watched.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    context.close()
    assert (watched.errors, watched.outside) == ([], [])
