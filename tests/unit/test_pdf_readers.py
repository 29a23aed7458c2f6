"""The two libraries that give a page's characters and rules: alike, and one in place of the other."""

from __future__ import annotations

import difflib
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock

import pypdfium2.raw as pdfium
import pytest
from make_pdf import make_pdf, set_grid, set_text

from pipeline.clean.steps import clean
from pipeline.core.config import PdfSettings, load_config
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import RawText
from pipeline.ingest.ocr_pdf import PdfScans
from pipeline.ingest.pdf import read_pdf
from pipeline.ingest.pdf_document import OpenedPdf
from pipeline.ingest.pdf_glyphs import UNMAPPED, Drawn, Glyph, Sheet, read_drawn
from pipeline.ingest.pdf_miner import MinedDocument
from pipeline.running.stages import build

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "binary"
TEXT = "对全职引进的顶尖人才，给予最高五百万元安家补助，并按照实际需要配套科研启动经费和工作场所。"
MOST = 100_000


def read(content: bytes, reader: str = "pdfium", most: int = MOST) -> RawText:
    settings = PdfSettings.model_validate({"reader": reader, "processes": 1})
    return read_pdf(Source("a.pdf", "a.pdf", "0" * 64, len(content)), content, max_chars=most, pdf=settings)


def codes(raw: RawText) -> list[str]:
    return [doubt.code for doubt in raw.doubts]


def both(content: bytes, index: int = 0) -> tuple[Drawn, Drawn]:
    """Return what both draw of a page."""
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    page = pdfium.FPDF_LoadPage(document, index)
    first = read_drawn(page, MOST)
    pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(document)
    second = MinedDocument("a.pdf", content).drawn(index, MOST)
    assert second is not None
    return first, second


def shaped(drawn: Drawn) -> list[object]:
    """Return sheets as plain values, to whole points."""
    return [
        (
            sheet.turn,
            [(g.text, g.spaces, *(round(v) for v in (g.x0, g.y0, g.x1, g.y1))) for g in sheet.glyphs],
            sorted((round(r.at), round(r.low), round(r.high)) for r in sheet.across),
            sorted((round(r.at), round(r.low), round(r.high)) for r in sheet.down),
        )
        for sheet in drawn.sheets
    ]


def bare(objects: list[bytes]) -> bytes:
    """Return a file of objects alone, without tables of where they are and trailer."""
    return b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % item for item in enumerate(objects, 1))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


@pytest.mark.parametrize("style", ["line", "dashed", "double", "rect"])
@pytest.mark.parametrize("turned", [False, True])
def test_both_draw_the_same(style: str, turned: bool) -> None:
    grid = set_grid([80, 200, 400], [700, 600, 500])
    content = make_pdf(
        [[*set_text(TEXT), (90, 640, 12, "序号 名称"), (90, 540, 10.5, "Ab1")]], rules=[grid], style=style
    )
    content = make_pdf([set_text(TEXT)], rules=[grid], style=style, turned=True) if turned else content
    first, second = both(content)
    assert shaped(first) == shaped(second)
    assert first.drawn and second.drawn
    assert first.box == pytest.approx(second.box)


def test_the_stored_page_counts_wherever_its_box_lies() -> None:
    content = make_pdf([set_text(TEXT)], rules=[[(80, 300, 400, 300)]])
    moved = content.replace(b"[0 0 595 842] /Rotate 0", b"[9 9 595 842] /Rotate 270")
    first, second = both(moved)
    assert shaped(first) == shaped(second) == shaped(both(content)[0])
    assert first.box == pytest.approx(second.box)


def test_ligatures_and_text_without_mapping() -> None:
    _, second = both(make_pdf([[(90, 700, 12, "一二三")]], unmapped=True))
    assert {glyph.text for glyph in second.sheets[0].glyphs} == {UNMAPPED}


def alike(a: str, b: str) -> float:
    """Return the share of characters that two texts have in common, line by line."""
    xs, ys = a.split("\n"), b.split("\n")
    same = 0
    for kind, i, j, k, m in difflib.SequenceMatcher(None, xs, ys, autojunk=False).get_opcodes():
        if kind == "equal":
            same += sum(len(line) + 1 for line in xs[i:j])
        else:
            blocks = difflib.SequenceMatcher(None, "\n".join(xs[i:j]), "\n".join(ys[k:m]), autojunk=False)
            same += sum(block.size for block in blocks.get_matching_blocks())
    return same / (max(len(a), len(b)) + 1)


@pytest.mark.parametrize("path", sorted((ROOT / "corpora" / "sample").glob("*.pdf")), ids=lambda path: path.stem[:2])
def test_samples_read_alike(path: Path) -> None:
    content = path.read_bytes()
    assert alike(clean(read(content)).text, clean(read(content, "pdfminer")).text) >= 0.995


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the evaluation data isn't there")
def test_real_files_read_alike() -> None:
    for path in sorted(REAL.glob("*.pdf")):
        content = path.read_bytes()
        try:
            first = clean(read(content, most=10**7)).text
        except UnreadableFile as error:
            with pytest.raises(UnreadableFile) as caught:
                read(content, "pdfminer", most=10**7)
            assert caught.value.code == error.code
            continue
        assert alike(first, clean(read(content, "pdfminer", most=10**7)).text) >= 0.995, path.name


CONTENT = make_pdf([set_text(TEXT), set_text(TEXT[:30])])
BROKEN = {
    "one line": CONTENT.replace(b"startxref\n", b"startxref "),
    "no end": CONTENT[: CONTENT.rindex(b"xref\n0")],
    "wrong place": CONTENT.replace(b"startxref\n", b"startxref\n9"),
    "wrong table": CONTENT.replace(b"00000 n", b"00000 x"),
    "no catalogue": CONTENT.replace(b"/Catalog", b"/Katalog").replace(b"/Root 1 0 R", b""),
    "junk before": b"HTTP/1.1 200 OK\r\n\r\n" + CONTENT,
    "much junk before": b"x" * 5000 + CONTENT,
    "a loop of pages": CONTENT.replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [2 0 R]"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_pdfminer_reads_broken_files(name: str) -> None:
    mined = MinedDocument("a.pdf", BROKEN[name])
    assert len(mined) == 2
    drawn = mined.drawn(0, MOST)
    assert drawn is not None and "".join(glyph.text for glyph in drawn.sheets[0].glyphs) == TEXT
    assert mined.drawn(2, MOST) is None
    assert mined.title() is None


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_read_by_one_or_the_other(name: str) -> None:
    raw = read(BROKEN[name])
    assert "".join(raw.text.split()) == TEXT + TEXT[:30]
    whole = "one line", "wrong place", "wrong table", "junk before"
    assert codes(raw) == [] if name in whole else {"ingest.other-reader", "ingest.partial"}.issuperset(codes(raw))


def test_what_pdfium_cannot_open_is_told() -> None:
    raw = read(BROKEN["a loop of pages"])
    assert codes(raw) == ["ingest.other-reader"]
    assert "2 页换用另一个 PDF 解析器读出（页面打不开）：第 1、2 页" in raw.doubts[0].message


def test_a_file_that_pdfium_cannot_open_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.pdf_document._load", lambda *_: None)
    raw = read(CONTENT)
    assert "".join(raw.text.split()) == TEXT + TEXT[:30]
    assert codes(raw) == ["ingest.other-reader"]
    assert "（文件结构有损坏）：第 1、2 页" in raw.doubts[0].message


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj\n<< /Type /Page", bare([b"<< /Type /Catalog >>"])]
)
def test_what_neither_can_open_is_damaged(content: bytes) -> None:
    for reader in ("pdfium", "pdfminer"):
        with pytest.raises(UnreadableFile) as caught:
            read(content, reader)
        assert caught.value.code == "ingest.damaged"
    with pytest.raises(UnreadableFile):
        MinedDocument("a.pdf", content)


def test_encrypted_files_are_refused_by_both() -> None:
    content = make_pdf([set_text(TEXT)], encrypted=True)
    for open_it in (lambda: MinedDocument("a.pdf", content), lambda: read(content), lambda: read(content, "pdfminer")):
        with pytest.raises(UnreadableFile) as caught:
            open_it()
        assert caught.value.code == "ingest.encrypted"


def test_a_page_that_pdfium_cannot_load(monkeypatch: pytest.MonkeyPatch) -> None:
    by_pdfium = OpenedPdf._by_pdfium
    monkeypatch.setattr(OpenedPdf, "_by_pdfium", lambda self, index: None if index == 1 else by_pdfium(self, index))
    raw = read(CONTENT)
    assert "".join(raw.text.split()) == TEXT + TEXT[:30]
    assert codes(raw) == ["ingest.other-reader"]
    assert raw.doubts[0].message.startswith("a.pdf 有 1 页换用另一个 PDF 解析器读出（页面打不开）：第 2 页")
    monkeypatch.setattr(OpenedPdf, "_by_pdfminer", lambda self, index: None)
    raw = read(CONTENT)
    assert (raw.n_pages, codes(raw)) == (1, ["ingest.partial"])


def test_garbled_pages_are_read_by_the_one_that_reads_them_better(monkeypatch: pytest.MonkeyPatch) -> None:
    content = make_pdf([set_text(TEXT)], unmapped=True)
    assert codes(read(content)) == ["ingest.garbled-pages", "ingest.unmapped"]
    glyphs = tuple(Glyph(text, 90 + 12 * n, 700, 102 + 12 * n, 712) for n, text in enumerate(TEXT[:30]))
    better = Drawn((Sheet(0, glyphs, (), ()),), True, (0, 0, 595, 842))
    monkeypatch.setattr(OpenedPdf, "_by_pdfminer", lambda self, index: better)
    raw = read(content)
    assert raw.text == TEXT[:30]
    assert codes(raw) == ["ingest.other-reader"]
    assert "字符没有对应的文字" in raw.doubts[0].message


def test_the_reader_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenedPdf, "_by_pdfium", lambda self, index: pytest.fail("pdfminer comes first"))
    assert codes(read(CONTENT, "pdfminer")) == []
    monkeypatch.setattr(OpenedPdf, "_miner", lambda self: None)
    monkeypatch.undo()
    default, other = load_config(), load_config(None, {"pdf": {"reader": "pdfminer"}})
    more = load_config(None, {"pdf": {"processes": 7}})
    assert default.pdf.reader == "pdfium"
    settings = [build(config)[0].settings for config in (default, other, more)]
    assert settings[0] != settings[1] and settings[0] == settings[2]


def test_pictures_of_files_that_pdfium_cannot_open_are_counted() -> None:
    content = make_pdf([set_text(TEXT), []], images=(1,)).replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [2 0 R]")
    raw = read(content)
    assert codes(raw) == ["ingest.other-reader", "ingest.scanned-pages"]
    with pytest.raises(ValueError, match="打不开"):
        PdfScans("a.pdf", None, Lock())._picture(None, 0)


def test_drawing_without_end_ends() -> None:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    )
    pages = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page]
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
    loop = bare([*pages, stream(b"/X Do"), stream(b"/X Do /X Do", form % 5)])
    # each form draws the next twice: 2^40 in all
    twice = [stream(b"/X Do /X Do", form % (number + 1)) for number in range(5, 24)]
    began = time.monotonic()
    for content in (loop, bare([*pages, stream(b"/X Do"), *twice, stream(b"0 0 m 9 9 l S", form % 24)])):
        drawn = MinedDocument("a.pdf", content).drawn(0, MOST)
        assert drawn is None or not drawn.drawn
    assert time.monotonic() - began < 30


def test_tables_of_places_that_name_each_other_are_read_once() -> None:
    at = CONTENT.rindex(b"startxref\n") + 10
    loop = CONTENT.replace(b"/Root 1 0 R", b"/Prev %s /Root 1 0 R" % CONTENT[at:].split(b"\n")[0])
    assert len(MinedDocument("a.pdf", loop)) == 2


def test_too_many_characters_are_refused() -> None:
    for reader in ("pdfium", "pdfminer"):
        with pytest.raises(UnreadableFile) as caught:
            read(CONTENT, reader, most=20)
        assert caught.value.code == "ingest.too-long"


def test_pdfminer_is_imported_only_when_needed() -> None:
    sample = next((ROOT / "corpora" / "sample").glob("*.pdf"))
    script = (
        "import pathlib, sys\n"
        "from pipeline.core.document import Source\n"
        "from pipeline.ingest.formats import read_source\n"
        "read_source(Source('a', 'a', '0' * 64, 1), pathlib.Path(sys.argv[1]).read_bytes(), max_chars=10**6)\n"
        "print('pdfminer' in sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", script, str(sample)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
