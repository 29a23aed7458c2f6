"""The generated pages of docs/ are what the code would write now."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli.docs import PAGES, main

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str, tmp_path: Path) -> None:
    main(tmp_path)
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == (tmp_path / name).read_text(encoding="utf-8"), "run: python -m pipeline.cli.docs docs"
