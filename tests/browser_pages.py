"""A browser's page with an eye on it, for the tests in tests/browser. Not a test module."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = ROOT / "out" / "screenshots"


@dataclass
class Watched:
    """A page of the browser, with what it must not do: errors told, addresses asked elsewhere."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open an address of the explorer."""
        answer = self.page.goto(self.base + path)
        assert answer is None or answer.status == 200, path

    def shot(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def watch(found: Watched) -> None:
    """Note what a page tells as an error and what it asks for elsewhere."""
    page = found.page
    page.on("console", lambda told: found.errors.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(found.base + "/") else found.outside.append(asked.url),
    )
