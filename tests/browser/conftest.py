"""A run of corpora/sample served by ``cewen explore``, and the browser of all tests that need one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_pages import ROOT, Watched, watch
from playwright.sync_api import Browser, sync_playwright

import pipeline

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "示例"
    pipeline.run(ROOT / "corpora" / "sample", folder)
    return folder


@pytest.fixture(scope="session")
def base(out: Path) -> Iterator[str]:
    """The address of the explorer over the run, without a slash at its end."""
    command = [sys.executable, "-m", "pipeline", "explore", str(out), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + process.stderr.read()
        yield found[0]
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a test process: Playwright refuses a second one while the first is open."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def watched(browser: Browser, base: str) -> Iterator[Watched]:
    """A fresh page at desktop width; no console error and no request elsewhere may have come up by the test's end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    found = Watched(context.new_page(), base)
    watch(found)
    yield found
    context.close()
    assert (found.errors, found.outside) == ([], [])
