"""The report in a browser: it asks for nothing, complains of nothing, fits a desk and a phone, draws its charts."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_run
from playwright.sync_api import Browser

from pipeline.report.gather import gather
from pipeline.report.render import render


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    target = folder / "report.html"
    target.write_text(render(gather(report_run.make(folder), "云州市人才政策")), encoding="utf-8")
    return target


@pytest.mark.parametrize("wide", [1280, 390])
def test_a_browser_shows_it_without_complaint(browser: Browser, report: Path, wide: int) -> None:
    said: list[str] = []
    tab = browser.new_page(viewport={"width": wide, "height": 900})
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: said.append(request.url) if request.url != report.as_uri() else None)
    tab.goto(report.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= wide
    assert tab.locator("svg.chart").count() == report.read_text(encoding="utf-8").count("<figure") > 0
    box = tab.locator("svg.chart").first.bounding_box()
    assert box is not None and box["width"] > 200 and box["height"] > 40
    tab.close()
    assert said == []
