"""Pages that are pictures: which ones are recognised, what's kept of them, and what a reader is told."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from make_pdf import make_pdf, set_text

from pipeline.clean.steps import clean
from pipeline.core import pulse
from pipeline.core.config import OcrSettings, load_config
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest import ocr, ocr_engine
from pipeline.ingest.formats import read_source
from pipeline.ingest.ocr_engine import Recogniser, Seen
from pipeline.ingest.ocr_pdf import PdfScans
from pipeline.ingest.pdf_glyphs import Drawn, Glyph, Sheet, turned, unturn
from pipeline.ingest.pdf_page import take_apart

BODY = "对全职引进的顶尖人才，给予最高五百万元安家补助，并按照实际需要配套科研启动经费和工作场所。"
SETTINGS = OcrSettings(enabled=True, max_pages=100, max_pixels=1_000_000, doubt_below=0.9)
PAGE = (595, 842)  # one pixel a point


def seen(text: str, x: float, y: float, *, size: float = 16, score: float = 0.99) -> Seen:
    """Return a line whose top left corner is at ``x``, ``y`` from the page's top left."""
    x1, y1 = x + size * len(text.encode("gbk")) / 2, y + size
    return Seen(text, ((x, y), (x1, y), (x1, y1), (x, y1)), score)


def blank(width: int = PAGE[0], height: int = PAGE[1]) -> ocr.Picture:
    """Return white paper of one pixel a point."""
    return ocr.Picture(np.full((height, width), 255, np.uint8), 1.0, (0.0, 0.0, width, height))


def fake(*pages: list[Seen] | Exception, settings: OcrSettings = SETTINGS) -> Recogniser:
    """Return a recogniser that sees ``pages`` one after the other."""
    coming = iter(pages)

    def engine(image: object) -> list[Seen]:
        page = next(coming)
        if isinstance(page, Exception):
            raise page
        return page

    return Recogniser(lambda: engine, settings)


@pytest.fixture(autouse=True)
def _blank_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render each page as white paper: the fake engines don't look at it."""
    monkeypatch.setattr(PdfScans, "_picture", lambda *_: blank())


def read(content: bytes, recogniser: Recogniser | None, name: str = "a.pdf") -> RawText:
    return read_source(Source(name, name, "0" * 64, len(content)), content, max_chars=10_000, ocr=recogniser)


def refusal(content: bytes, recogniser: Recogniser | None, name: str = "a.pdf") -> tuple[str, str]:
    """Return code and message of the refusal."""
    with pytest.raises(UnreadableFile) as caught:
        read(content, recogniser, name)
    return caught.value.code, issue("ingest", caught.value.code, **caught.value.detail).message


def codes(raw: RawText) -> list[str]:
    return [doubt.code for doubt in raw.doubts]


# ---- what is recognised


def test_a_scan_becomes_lines_with_page_box_and_score() -> None:
    raw = read(make_pdf([[], []], images=(0, 1)), fake([seen("关于人才的通知", 200, 100)], [seen("第二页", 90, 50)]))
    assert raw.text == "关于人才的通知\f第二页"
    assert [(b.kind, b.page, b.score) for b in raw.blocks] == [("line", 1, 0.99), ("line", 2, 0.99)]
    assert raw.blocks[0].box == (200, 842 - 116, 200 + 7 * 16, 842 - 100)
    assert (raw.media_type, raw.n_pages, codes(raw)) == ("application/pdf", 2, ["ingest.recognised"])
    assert "99.0%：第 1、2 页" in raw.doubts[0].message


def test_pages_with_a_text_layer_keep_it() -> None:
    content = make_pdf([set_text(BODY), [], set_text(BODY)], images=(0, 1))
    raw = read(content, fake([seen("扫描的一页", 90, 90)]))
    assert "".join(raw.text.split()) == f"{BODY}扫描的一页{BODY}"
    assert {(b.page, b.score) for b in raw.blocks} == {(1, None), (2, 0.99), (3, None)}
    assert (codes(raw), raw.doubts[0].page) == (["ingest.recognised"], 2)


def test_a_stamp_over_a_scan_is_no_text_layer() -> None:
    content = make_pdf([[(400, 30, 10, "扫描软件")]] * 2, images=(0, 1))
    read_pages = [seen(BODY, 20, 90, size=12)]
    assert read(content, fake(read_pages, read_pages)).text == f"{BODY}\f{BODY}"
    # without the extra the stamp isn't taken for the document
    raw = read(content, None)
    assert codes(raw) == ["ingest.scanned-pages"] and "第 1、2 页" in raw.doubts[0].message


def test_a_cover_with_a_picture_keeps_its_words() -> None:
    content = make_pdf([[(100, 700, 30, "发展报告")], set_text(BODY)], images=(0,))
    raw = read(content, fake([seen("报告", 100, 100)]))
    assert raw.text.startswith("发展报告\f") and raw.blocks[0].score is None and codes(raw) == []
    assert codes(read(content, None)) == ["ingest.pictures"]


@pytest.mark.parametrize(
    ("layer", "kept"), [("\x9a\x81\xb9" * 20, False), ("\ue001\ufffd" * 30, False), (BODY + "\ue001", True)]
)
def test_a_garbled_text_layer_is_recognised_anew(layer: str, kept: bool) -> None:
    scans = PdfScans("a.pdf", fake([seen("读得懂的字", 90, 90)]), threading.Lock())
    glyphs = tuple(Glyph(char, 9 * n, 90, 9 * n + 9, 100) for n, char in enumerate(layer))
    layer_parts = take_apart(Drawn((Sheet(0, glyphs, (), ()),), True, (0, 0, 595, 842)), 1)
    parts = scans.take(None, layer_parts)
    assert (parts is layer_parts) is kept
    assert [piece.text for piece in parts.sheets[0].pieces] == [layer if kept else "读得懂的字"]


def test_nothing_is_recognised_where_nothing_is_drawn() -> None:
    assert refusal(make_pdf([[], []]), fake())[0] == "ingest.no-text"


# ---- what a reader is told


def test_without_the_extra_the_issue_says_what_to_install() -> None:
    code, message = refusal(make_pdf([[]], images=(0,)), None)
    assert code == "ingest.scanned" and "pip install 'cewen[ocr]'" in message
    raw = read(make_pdf([set_text(BODY), []], images=(1,)), None)
    assert codes(raw) == ["ingest.scanned-pages"] and "第 2 页。如需读入，请运行 pip install" in raw.doubts[0].message


def test_pages_hardly_legible_are_reported() -> None:
    good, bad = [seen("清楚的一页文字", 90, 90)], [seen("模糊的一页文字", 90, 90, score=0.7)]
    raw = read(make_pdf([[]] * 3, images=(0, 1, 2)), fake(good, bad, bad, good))
    assert codes(raw) == ["ingest.recognised", "ingest.recognised-doubtful"]
    assert raw.doubts[1].page == 2 and "第 2 页" in raw.doubts[1].message and "70.0%" in raw.doubts[1].message
    assert [b.score for b in raw.blocks] == [0.99, 0.7, 0.99]


def test_pages_without_words_are_told_apart_from_those_that_fail() -> None:
    pages: list[list[Seen] | Exception] = [[seen("一页", 90, 90)], [], RuntimeError("out of luck"), [seen("四", 9, 9)]]
    empty = [pages[1], pages[1]]  # an empty page isn't in doubt, so it's looked at once
    raw = read(make_pdf([[]] * 4, images=(0, 1, 2, 3)), fake(pages[0], empty[0], *pages[2:]))
    assert raw.text == "一页\f四"
    assert codes(raw) == ["ingest.recognised", "ingest.recognised-empty", "ingest.recognition-failed"]
    assert [doubt.page for doubt in raw.doubts] == [1, 2, 3]
    assert "RuntimeError: out of luck" in raw.doubts[2].message


def test_a_file_of_which_nothing_could_be_read() -> None:
    content = make_pdf([[]], images=(0,))
    assert refusal(content, fake([]))[0] == "ingest.not-recognised"
    code, message = refusal(content, fake(ValueError("boom")))
    assert code == "ingest.not-recognised" and "ValueError: boom" in message


def test_more_scans_than_allowed() -> None:
    settings = SETTINGS.model_copy(update={"max_pages": 2})
    page = [seen("一页", 90, 90)]
    raw = read(make_pdf([[]] * 5, images=tuple(range(5))), fake(page, page, settings=settings))
    assert codes(raw) == ["ingest.recognised", "ingest.too-many-scans"]
    assert "第 3–5 页" in raw.doubts[1].message and raw.text == "一页\f一页"


def test_each_page_is_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[int] = []
    monkeypatch.setattr(pulse, "_listeners", [lambda: beats.append(1)])
    read(make_pdf([[], [], []], images=(0, 1, 2)), fake([seen("一", 9, 9)], ValueError(), [seen("三", 9, 9)]))
    assert len(beats) == 3


# ---- settings


def test_turned_off_or_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    off = SETTINGS.model_copy(update={"enabled": False})
    monkeypatch.setattr(ocr_engine, "installed", lambda: "rapidocr==9")
    assert ocr_engine.load(off) is None and ocr_engine.describe(off) == ""
    assert ocr_engine.load(SETTINGS) is not None and "rapidocr==9" in ocr_engine.describe(SETTINGS)
    monkeypatch.setattr(ocr_engine, "installed", lambda: "")
    assert ocr_engine.load(SETTINGS) is None and ocr_engine.describe(SETTINGS) == ""


def test_results_depend_on_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.running.stages import _text

    keys = set()
    for versions in ("", "rapidocr==1", "rapidocr==2"):
        monkeypatch.setattr(ocr_engine, "installed", lambda versions=versions: versions)
        keys.add(_text(load_config())[0].settings)
    assert len(keys) == 3


def test_reading_a_text_layer_loads_no_engine() -> None:
    script = (
        "import sys\n"
        "from pipeline.core.config import load_config\n"
        "from pipeline.core.document import Source\n"
        "from pipeline.ingest.ocr_engine import load\n"
        "from pipeline.ingest.formats import read_source\n"
        "content = sys.stdin.buffer.read()\n"
        "read_source(Source('a.pdf', 'a.pdf', '0', 1), content, max_chars=10**6, ocr=load(load_config().ocr))\n"
        "print([m for m in ('rapidocr', 'onnxruntime', 'PIL', 'cv2') if m in sys.modules])\n"
    )
    content = make_pdf([set_text(BODY)])
    found = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, check=True).stdout
    assert found.decode().strip() == "[]"


# ---- pages the wrong way round, and marks


def _only_upright(marked: tuple[int, int]) -> Callable[[object], list[Seen]]:
    """Return an engine that reads well only when the dark pixel of the image lies at ``marked`` (row, column)."""

    def engine(image: object) -> list[Seen]:
        assert isinstance(image, np.ndarray)
        if image[marked] == 0:
            return [seen("正着的文字", 100, 50)]
        if image.shape[0] < image.shape[1]:  # lying: lines run down
            return [Seen("躺着的文字", ((50, 100), (66, 100), (66, 180), (50, 180)), 1.0)]
        return [seen("倒着的文字", 100, 50, score=0.5)]

    return engine


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_pages_turned_by_quarters_are_set_upright(quarters: int) -> None:
    upright = np.full((842, 595), 255, np.uint8)
    upright[3, 5] = 0
    image = np.rot90(upright, quarters)
    picture = ocr.Picture(image, 1.0, (0.0, 0.0, image.shape[1], image.shape[0]))
    page = ocr.recognise(Recogniser(lambda: _only_upright((3, 5)), SETTINGS), picture, 1)
    (sheet,), (line,) = page.parts.sheets, page.lines
    assert (sheet.pieces[0].text, sheet.turn) == ("正着的文字", quarters)
    # on the page as it's stored the line stands where the upright page's has been turned to
    upright_box = (100, 842 - 66, 180, 842 - 50)
    assert unturn(turned(line.box, sheet.turn), sheet.turn) == line.box
    x, y, _, _ = turned(picture.box, sheet.turn)
    moved = tuple(a + b for a, b in zip(upright_box, (x, y, x, y), strict=True))
    assert line.box == unturn(moved, sheet.turn)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(一)总体要求:", "（一）总体要求："),
        ("（2)具备条件的项目,按规定执行;", "（2）具备条件的项目，按规定执行；"),
        ("利率(LPR)不超过3,000元,即可", "利率（LPR）不超过3,000元，即可"),
        ("上午9:30在A(1)B栋", "上午9:30在A(1)B栋"),
        ("PM2.5 (annual)", "PM2.5 (annual)"),
    ],
)
def test_marks_have_the_width_of_chinese_text(text: str, expected: str) -> None:
    assert ocr.recognise(fake([seen(text, 10, 10)]), blank(800, 100), 1).lines[0].text == expected


def test_recognised_lines_become_paragraphs() -> None:
    pieces = [BODY[i : i + 16] for i in range(0, len(BODY), 16)]
    lines = [seen(piece, 122 if i == 0 else 90, 100 + 28 * i, score=0.98) for i, piece in enumerate(pieces * 2)]
    raw = read(make_pdf([[]], images=(0,)), fake([*lines, seen("-1-", 290, 800)]))
    assert clean(raw).text.strip("\n").split("\n") == [BODY, BODY]


# ---- picture files


def png(width: int, height: int) -> bytes:
    """Return a PNG that says it's so large and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_needs_the_extra() -> None:
    code, message = refusal(png(10, 10), None, "a.png")
    assert code == "ingest.image" and "pip install 'cewen[ocr]'" in message


def test_bombs_and_damage() -> None:
    pytest.importorskip("PIL")
    code, message = refusal(png(60_000, 60_000), fake(), "a.png")
    assert code == "ingest.too-many-pixels" and "3600000000" in message
    assert refusal(png(10, 10), fake(), "a.png")[0] == "ingest.not-recognised"
    assert refusal(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, fake(), "a.png")[0] == "ingest.damaged"


def test_each_frame_of_a_tiff_is_a_page() -> None:
    image = pytest.importorskip("PIL.Image")
    buffer = io.BytesIO()
    sheets = [image.new("1", (600, 800), 1) for _ in range(2)]
    sheets[0].save(buffer, "TIFF", save_all=True, append_images=sheets[1:], dpi=(100, 100))
    content = buffer.getvalue()
    raw = read(content, fake([seen("第一页", 100, 100)], [seen("第二页", 100, 100)]), "a.tif")
    assert (raw.text, raw.n_pages, raw.media_type) == ("第一页\f第二页", 2, "image/*")
    assert raw.blocks[0].box == pytest.approx((72, (800 - 116) * 0.72, (100 + 48) * 0.72, 700 * 0.72), abs=0.06)


def test_what_is_transparent_is_paper() -> None:
    image = pytest.importorskip("PIL.Image")
    buffer = io.BytesIO()
    image.new("RGBA", (300, 400), (0, 0, 0, 0)).save(buffer, "PNG")
    looked: list[int] = []

    def engine(picture: object) -> list[Seen]:
        assert isinstance(picture, np.ndarray)
        looked.append(int(picture.min()))
        return [seen("字", 9, 9)]

    read(buffer.getvalue(), Recogniser(lambda: engine, SETTINGS), "a.png")
    assert looked == [255]


@pytest.mark.parametrize(("dots", "points"), [(0, 842), (300, 960), (72, 842), (10_000, 842)])
def test_a_picture_has_the_size_it_claims_within_reason(dots: int, points: float) -> None:
    image = pytest.importorskip("PIL.Image")
    buffer = io.BytesIO()
    image.new("L", (400, 4000), 255).save(buffer, "PNG", **({"dpi": (dots, dots)} if dots else {}))
    sizes: list[int] = []

    def engine(picture: object) -> list[Seen]:
        assert isinstance(picture, np.ndarray)
        sizes.append(picture.shape[0])
        return [Seen("字", ((0, 0), (9, 0), (9, 9), (0, 9)), 1.0)]

    settings = SETTINGS.model_copy(update={"max_pixels": 10_000_000})
    raw = read(buffer.getvalue(), Recogniser(lambda: engine, settings), "a.png")
    assert raw.blocks[0].box is not None and raw.blocks[0].box[3] == pytest.approx(points, rel=0.01)
    assert sizes == [min(round(points / 72 * 200), 3400, 4000)]


def test_pictures_opened_at_the_same_time_leave_the_limit_of_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    pil = pytest.importorskip("PIL.Image")
    usual, opened = pil.MAX_IMAGE_PIXELS, pil.open

    def slowly(stream: object) -> object:
        time.sleep(0.02)
        return opened(stream)

    monkeypatch.setattr(pil, "open", slowly)
    recogniser, content = fake([], settings=SETTINGS), png(60_000, 60_000)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: refusal(content, recogniser, "a.png")[0], range(12)))
    assert found == ["ingest.too-many-pixels"] * 12
    assert usual == pil.MAX_IMAGE_PIXELS is not None
