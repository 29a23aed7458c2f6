"""The real engine reads invented pages of our own. Needs the extra ``ocr`` and a Chinese font."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.config import load_config
from pipeline.core.document import Source
from pipeline.core.layers import RawText
from pipeline.ingest.formats import read_source
from pipeline.ingest.ocr_engine import installed, load

Image = pytest.importorskip("PIL.Image", reason="the extra ocr isn't installed")
ImageDraw = pytest.importorskip("PIL.ImageDraw")
ImageFont = pytest.importorskip("PIL.ImageFont")

SIZE, DOTS = (1240, 900), 150  # the upper half of an A4 page
TITLE = "关于支持人才创新创业的若干措施"
LINES = (
    "为深入实施人才强市战略，加快集聚高层次人才，推动产业发展",
    "和人才培养相互促进，结合本市实际，制定本措施。",
    "一、对全职引进的顶尖人才，给予最高500万元安家补助，分5年",
    "等额拨付；对新认定的高新技术企业，一次性奖励30万元。",
    "二、本措施自2024年7月1日起施行，有效期3年。",
)
ROWS = (("项目", "标准"), ("安家补助", "最高500万元"), ("租房补贴", "每月1500元"))


def font_file() -> str:
    """Return a font with Chinese characters, or ""."""
    for folder in ("/usr/share/fonts", "/Library/Fonts", "C:/Windows/Fonts"):
        for name in ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "wqy-*.ttc", "simsun.ttc", "Songti.ttc"):
            if found := sorted(Path(folder).rglob(name)):
                return str(found[0])
    if shutil.which("fc-match"):
        line = subprocess.run(
            ["fc-match", "-f", "%{lang}|%{file}", ":lang=zh-cn"], capture_output=True, text=True, check=True
        ).stdout
        if "zh-cn" in line.partition("|")[0]:
            return line.partition("|")[2]
    return ""


FONT = font_file()
pytestmark = [
    pytest.mark.skipif(not installed(), reason="the extra ocr isn't installed"),
    pytest.mark.skipif(not FONT, reason="no font with Chinese characters is installed"),
]


def page() -> Any:
    """Return a page with a title, a paragraph, two items and a ruled table."""
    sheet = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(sheet)
    draw.text((620, 160), TITLE, font=ImageFont.truetype(FONT, 46), fill=0, anchor="mm")
    body = ImageFont.truetype(FONT, 34)
    for n, line in enumerate(LINES):
        draw.text((220 if n in (0, 2, 4) else 152, 260 + 62 * n), line, font=body, fill=0)
    for n in range(len(ROWS) + 1):
        draw.line((152, 640 + 70 * n, 1090, 640 + 70 * n), fill=0, width=2)
    for x in (152, 520, 1090):
        draw.line((x, 640, x, 640 + 70 * len(ROWS)), fill=0, width=2)
    for n, (left, right) in enumerate(ROWS):
        draw.text((180, 655 + 70 * n), left, font=body, fill=0)
        draw.text((550, 655 + 70 * n), right, font=body, fill=0)
    return sheet


def saved(sheets: list[Any], form: str) -> bytes:
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": sheets[1:]} if form in ("PDF", "TIFF") else {}
    sheets[0].save(buffer, form, **more, **({"resolution": DOTS} if form == "PDF" else {"dpi": (DOTS, DOTS)}))
    return buffer.getvalue()


def read(name: str, content: bytes) -> RawText:
    return read_source(
        Source(name, name, "0" * 64, len(content)), content, max_chars=10**5, ocr=load(load_config().ocr)
    )


def expect(raw: RawText, pages: int) -> None:
    """Check the text, the table's cells, the boxes and the scores."""
    text = raw.text.replace(" ", "")
    for line in (TITLE, *LINES):
        assert text.count(line) == pages, text
    assert raw.n_pages == pages and {block.page for block in raw.blocks} == set(range(1, pages + 1))
    cells = [raw.text[b.start : b.end] for b in raw.blocks if b.kind == "cell" and b.page == 1]
    assert cells == [cell for row in ROWS for cell in row]
    assert all(block.score is not None and block.score > 0.9 for block in raw.blocks)
    title = next(block for block in raw.blocks if TITLE in raw.text[block.start : block.end])
    points = 72 / DOTS
    assert title.box == pytest.approx(
        ((620 - 345) * points, (SIZE[1] - 183) * points, (620 + 345) * points, (SIZE[1] - 137) * points), abs=6
    )
    assert [doubt.code for doubt in raw.doubts] == ["ingest.recognised"]


def test_a_scanned_pdf_is_read_the_same_every_time() -> None:
    content = saved([page()], "PDF")
    first = read("a.pdf", content)
    expect(first, 1)
    assert read("a.pdf", content) == first


def test_pictures_and_tiffs_of_several_pages() -> None:
    expect(read("a.png", saved([page()], "PNG")), 1)
    expect(read("a.tif", saved([page(), page()], "TIFF")), 2)


@pytest.mark.parametrize("angle", [90, 180])
def test_a_page_scanned_the_wrong_way_round(angle: int) -> None:
    raw = read("a.png", saved([page().rotate(angle, expand=True)], "PNG"))
    text = raw.text.replace(" ", "")
    assert all(line in text for line in (TITLE, *LINES))
    assert [raw.text[b.start : b.end] for b in raw.blocks if b.kind == "cell"] == [cell for row in ROWS for cell in row]


def test_nothing_is_said_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    read("a.png", saved([page()], "PNG"))
    assert capfd.readouterr() == ("", "")


def test_white_paper_has_no_text() -> None:
    raw = read("a.tif", saved([Image.new("L", SIZE, 255), page()], "TIFF"))
    assert [doubt.code for doubt in raw.doubts] == ["ingest.recognised", "ingest.recognised-empty"]
    assert [doubt.page for doubt in raw.doubts] == [2, 1]
