"""PDF: lines with their places, pages without text, damage."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from make_pdf import make_pdf, set_text
from test_ingest_formats import read, refusal

from pipeline.clean.steps import clean

BODY = (
    "为深入实施人才强市战略，加快集聚高层次人才，推动产业发展和人才培养相互促进，根据国家和省有关规定，"
    "结合本市实际，经研究并广泛征求各方面意见，制定本办法。\n"
    "对全职引进的顶尖人才，给予最高五百万元安家补助，并按照实际需要配套科研启动经费和工作场所，用人单位应当"
    "与引进的人才签订服务协议，约定双方的权利和义务。"
)

# fills its two lines to the end: 24 characters, then 26
LAST = "\n最后一段没有在第一页上写完，要接到下一页去才算完，这样的换页在公文里到处都有，读者和程序都能认得，决"


def test_lines_have_page_and_box():
    raw = read("a.pdf", make_pdf([set_text(BODY), [(90, 700, 16, "第二页只有这一行字。")]]))
    assert raw.n_pages == 2
    assert raw.media_type == "application/pdf"
    assert [raw.text[b.start : b.end] for b in raw.blocks] == raw.text.replace("\f", "\n").split("\n")
    assert raw.text.count("\f") == 1
    assert [b.page for b in raw.blocks][-2:] == [1, 2]
    x0, y0, x1, y1 = raw.blocks[-1].box
    assert x0 == 90 and x1 == pytest.approx(90 + 10 * 16)
    assert y0 < 700 < y1 < 720
    assert "".join(raw.text.split()) == "".join(BODY.split()) + "第二页只有这一行字。"


def test_two_columns_are_read_one_after_the_other():
    left = set_text("左栏的文字从这里开始，一直写到左栏的末尾为止，不会跳到右栏去。" * 3, left=50, columns=14)
    right = set_text("右栏的文字在左栏之后，它从上往下，一行一行地接着写下去。" * 3, left=320, columns=14)
    rows = [line for pair in zip(left, right, strict=False) for line in pair]
    text = "".join(read("a.pdf", make_pdf([rows])).text.split())
    assert text.index("右栏的文字") > text.rindex("左栏的末尾")


def test_pages_without_text():
    assert refusal("a.pdf", make_pdf([[], []], images=(0, 1))) == "ingest.scanned"
    assert refusal("a.pdf", make_pdf([[], []])) == "ingest.no-text"
    raw = read("a.pdf", make_pdf([set_text(BODY), [], set_text(BODY)], images=(1,)))
    assert [doubt.code for doubt in raw.doubts] == ["ingest.scanned-pages"]
    assert "第 2 页" in raw.doubts[0].message


def test_encrypted():
    assert refusal("a.pdf", make_pdf([set_text(BODY)], encrypted=True)) == "ingest.encrypted"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_damaged_or_incomplete(share: float):
    content = make_pdf([set_text(BODY)] * 4)
    cut = content[: int(len(content) * share)]
    try:
        raw = read("a.pdf", cut)
    except Exception as error:
        assert type(error).__name__ == "UnreadableFile", error
    else:
        codes = [doubt.code for doubt in raw.doubts]
        assert codes in (["ingest.partial"], ["ingest.partial", "ingest.other-reader"])


def test_startxref_on_one_line():
    content = make_pdf([set_text(BODY)])
    at = content.rindex(b"startxref\n")
    assert read("a.pdf", content[:at] + b"startxref " + content[at + 10 :]).n_pages == 1


def test_printed_lines_become_paragraphs_across_pages():
    first = [*set_text(BODY + LAST), (290, 60, 10, "1")]
    second = [(90, 760, 16, "不能忽略。"), (122, 732, 16, "第二段从这里开始。"), (290, 60, 10, "2")]
    raw = read("a.pdf", make_pdf([first, second]))
    text = clean(raw).text
    assert "能认得，决不能忽略。" in text
    assert text.rstrip().endswith("决不能忽略。\n第二段从这里开始。")
    assert "1" not in text and "2" not in text


def test_headings_and_dates_set_to_the_right_stay_apart():
    lines = set_text(BODY)
    y = lines[-1][1]
    lines += [(90 + 26 * 16 - 9 * 16, y - 28, 16, "二〇二四年五月六日"), (122, y - 84, 16, "附件：项目清单")]
    text = clean(read("a.pdf", make_pdf([lines]))).text
    assert text.split("\n")[-2:] == ["二〇二四年五月六日", "附件：项目清单"]
    assert text.split("\n")[:2] == BODY.split("\n")


def test_every_process_reads_the_same_text_in_the_same_order() -> None:
    sample = Path(__file__).resolve().parents[2] / "corpora" / "sample"
    script = (
        "import hashlib, sys, pathlib\n"
        "from pipeline.core.document import Source\n"
        "from pipeline.ingest.formats import read_source\n"
        "junk = [bytearray(int(sys.argv[1]) * 997) for _ in range(999)]\n"
        "state = hashlib.sha256()\n"
        "for path in sys.argv[2:]:\n"
        "    data = pathlib.Path(path).read_bytes()\n"
        "    state.update(read_source(Source(path, path, '0' * 64, 1), data, max_chars=10**6).text.encode())\n"
        "print(state.hexdigest())\n"
    )
    files = [str(path) for path in sorted(sample.glob("*.pdf"))]
    assert files
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(n), *files], capture_output=True, text=True, check=True
        ).stdout
        for n in range(1, 5)
    }
    assert len(found) == 1


def test_several_threads_read_whole_pages() -> None:
    rows = [line for n in range(8) for line in set_text("一行文字" * 8, top=760 - 80 * n, left=50, columns=8)]
    columns = [*rows, *[(x + 300, y, size, text) for x, y, size, text in rows]]
    content = make_pdf([columns] * 6)
    alone = read("a.pdf", content)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: read("a.pdf", content), range(8)))
    assert all((raw.text, raw.doubts) == (alone.text, ()) for raw in together)


@pytest.mark.parametrize("front", [b"\xef\xbb\xbf\r\n", b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", b"\x00\x01junk"])
def test_what_stands_before_the_file_is_passed_over(front: bytes) -> None:
    assert read("a.pdf", front + make_pdf([set_text(BODY)])).n_pages == 1


def test_no_pages() -> None:
    assert refusal("a.pdf", make_pdf([])) == "ingest.damaged"


def test_a_false_count_of_pages_and_loops_end() -> None:
    content = make_pdf([set_text(BODY)])
    assert read("a.pdf", content.replace(b"/Count 1 ", b"/Count 999999999 ")).n_pages == 1
    loop = content.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    raw = read("a.pdf", loop)
    assert (raw.n_pages, [doubt.code for doubt in raw.doubts]) == (1, ["ingest.other-reader"])
    at = content.rindex(b"startxref\n")
    start = content[at + 10 :].split(b"\n")[0]
    assert read("a.pdf", content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev " + start)).n_pages == 1


def test_a_page_with_too_much_text_is_refused() -> None:
    assert refusal("a.pdf", make_pdf([set_text(BODY)] * 3), 100) == "ingest.too-long"


def test_many_empty_pages_are_no_text() -> None:
    assert refusal("a.pdf", make_pdf([[]] * 3000)) == "ingest.no-text"
