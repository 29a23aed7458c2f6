"""Long PDF files read by several processes: the same as by one, whatever happens to the others."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest
from make_pdf import make_pdf, set_grid, set_text

from pipeline.core import cores
from pipeline.core.config import PdfSettings
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import RawText
from pipeline.ingest import pdf_share
from pipeline.ingest.pdf import read_pdf

PAGES = [
    [*set_text(f"第{n}条 对全职引进的顶尖人才，给予最高{n}万元安家补助。" * (1 + n % 3)), (290, 60, 10, str(n + 1))]
    for n in range(70)
]
GRIDS = [set_grid([80, 300, 520], [500, 450, 400]) if n % 5 else [] for n in range(70)]
CONTENT = make_pdf(PAGES, rules=GRIDS, images=(3, 40))


def read(content: bytes, processes: int, most: int = 1_000_000) -> RawText:
    settings = PdfSettings(reader="pdfium", processes=processes)
    return read_pdf(Source("a.pdf", "a.pdf", "0" * 64, len(content)), content, max_chars=most, pdf=settings)


def refusal(content: bytes, processes: int, most: int) -> tuple[str, object]:
    with pytest.raises(UnreadableFile) as caught:
        read(content, processes, most)
    return caught.value.code, caught.value.detail


def others() -> list[psutil.Process]:
    """Return the processes that read for this one."""
    return [child for child in psutil.Process().children() if "pdf_share" in " ".join(child.cmdline())]


@pytest.fixture(autouse=True)
def _few_pages_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_share, "LEAST", 30)


def test_several_processes_read_the_same() -> None:
    alone = read(CONTENT, 1)
    assert alone.n_pages == 70
    assert repr(alone) == repr(read(CONTENT, 2)) == repr(read(CONTENT, 4))
    assert others() == []


def test_short_files_are_read_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_share, "_start", lambda: pytest.fail("nobody is needed"))
    monkeypatch.setattr(pdf_share, "LEAST", 70)
    assert read(CONTENT, 8).n_pages == 70
    monkeypatch.setattr(pdf_share, "LEAST", 30)
    assert read(CONTENT, 1).n_pages == 70


def test_the_same_doubts_and_refusals() -> None:
    for content in (
        make_pdf(PAGES[:40], unmapped=True),
        make_pdf([*PAGES[:20], *[[]] * 30, *PAGES[:9]], images=(25, 50)),
        CONTENT[: len(CONTENT) * 9 // 10],
        make_pdf(PAGES[:3]).replace(b"/Count 3 ", b"/Count 99999999 "),
    ):
        alone = read(content, 1)
        assert repr(alone) == repr(read(content, 3))
    long = make_pdf([*PAGES[:35], [(90, 30 + n, 5, "长" * 50) for n in range(40)], *PAGES[:20]])
    assert refusal(long, 1, 1900) == refusal(long, 3, 1900)
    assert refusal(long, 1, 1900)[0] == "ingest.too-long"
    assert others() == []


@pytest.mark.parametrize("code", ["pass", "import os; os.read(0, 9999); os._exit(3)"])
def test_processes_that_die_are_done_without(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_share, "_CODE", code)
    assert repr(read(CONTENT, 3)) == repr(read(CONTENT, 1))


def test_a_process_killed_at_work_costs_nothing() -> None:
    document = pdf_share.OpenedPdf("a.pdf", CONTENT, "pdfium", 10**6)
    pages = pdf_share.read_pages(document, 3)
    found = [next(pages)]
    for other in others():
        other.kill()
    found += pages
    assert found == [document.read(index) for index in range(document.count)]
    document.close()


def test_processes_that_cannot_be_started_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(pdf_share, "_start", refuse)
    assert repr(read(CONTENT, 3)) == repr(read(CONTENT, 1))


def test_those_that_stop_early_leave_nobody() -> None:
    document = pdf_share.OpenedPdf("a.pdf", CONTENT, "pdfium", 10**6)
    pages = pdf_share.read_pages(document, 3)
    next(pages)
    assert len(others()) == 2
    pages.close()
    assert others() == []
    document.close()


def test_the_others_end_with_their_parent() -> None:
    script = (
        "import sys, time\n"
        "from pipeline.ingest import pdf_share\n"
        "pdf_share.LEAST = 30\n"
        "pages = pdf_share.read_pages(pdf_share.OpenedPdf('a', sys.stdin.buffer.read(), 'pdfium', 10**6), 3)\n"
        "next(pages)\n"
        "print('begun', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None and parent.stdout is not None
    parent.stdin.write(CONTENT)
    parent.stdin.close()
    assert parent.stdout.readline().strip() == b"begun"
    children = psutil.Process(parent.pid).children()
    assert len(children) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert not psutil.wait_procs(children, timeout=10)[1]


def test_a_document_gets_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "usable", lambda: 8)
    monkeypatch.setattr(cores, "_sharing", 1)
    assert cores.share() == 8
    for sharing, each in ((2, 4), (3, 2), (8, 1), (20, 1), (0, 8)):
        cores.shared_by(sharing)
        assert cores.share() == each


def test_reading_ahead_is_bounded() -> None:
    document = pdf_share.OpenedPdf("a.pdf", make_pdf([PAGES[0]] * 700), "pdfium", 10**6)
    team = pdf_share._Team(document, 1)
    pages = team.pages()
    next(pages)
    deadline = time.monotonic() + 20
    while len(team._done) < team._ahead - 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    assert len(team._done) <= team._ahead
    assert team._next <= team._needed + team._ahead
    team.end()
    document.close()
