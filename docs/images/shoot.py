"""Takes the README's screenshots: the explorer and the report over corpora/sample, in headless Chromium.

``make screenshots`` runs it. Needs playwright (extra ``dev``) and a Chromium of the system.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import pipeline

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
MOST_BYTES = 150_000
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_COLOURS = 96  # enough for text and plots, a third of the bytes
_SIZE = {"width": 1280, "height": 720}


def main(out: Path) -> None:
    """Run the sample into ``out`` (what's done there isn't done again) and write all pictures beside this file."""
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        sys.exit("no Chromium is installed: apt-get install chromium")
    pipeline.run(ROOT / "corpora" / "sample", out)
    _command("report", str(out), "-o", str(out / "report.html"))
    explorer = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "explore", str(out), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        base = _address(explorer)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
            page = browser.new_page(viewport=_SIZE, locale="zh-CN")  # type: ignore[arg-type]
            _shoot(page, f"{base}/", "overview")
            _shoot(page, f"{base}/measures?role=benefit&kind=money&sort=-value", "measures")
            page.locator("main table tbody tr a[href*='/doc/']").first.click()
            page.wait_for_load_state("networkidle")
            _keep(page, "document")
            _shoot(page, (out / "report.html").resolve().as_uri(), "report")
            browser.close()
    finally:
        explorer.send_signal(signal.SIGINT)
        explorer.wait(timeout=30)


def _command(*args: str) -> None:
    """Run a command of cewen; it must succeed."""
    subprocess.run([sys.executable, "-m", "pipeline", *args], check=True)


def _address(explorer: subprocess.Popen[str]) -> str:
    """Return the address the explorer says it's at, without a slash at its end."""
    assert explorer.stderr is not None
    line = explorer.stderr.readline()
    found = re.search(r"http://[\d.]+:\d+", line)
    if found is None:
        sys.exit(line + explorer.stderr.read())
    return found[0]


def _shoot(page: Page, address: str, name: str) -> None:
    """Open a page and keep what's in sight of it."""
    page.goto(address, wait_until="networkidle")
    _keep(page, name)


def _keep(page: Page, name: str) -> None:
    """Keep what's in sight as ``NAME.png``, and say so when the file is larger than a README should carry."""
    target = FOLDER / f"{name}.png"
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target.name}: {size} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{target.name} is larger than {MOST_BYTES} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "demo")
