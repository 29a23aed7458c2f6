"""What a file is, is told by its content."""

import importlib
import io
import subprocess
import sys
import zipfile

import pytest

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import CODES, issue
from pipeline.ingest.formats import FORMATS, read_source

LIMIT = 100_000
TEXT = "为支持人才引进，对新引进的博士给予一次性安家补助40万元，分三年拨付。\r\n申请材料报市人力资源和社会保障局。"


def read(name: str, content: bytes, limit: int = LIMIT):
    return read_source(Source(name, name, "0" * 64, len(content)), content, max_chars=limit)


def refusal(name: str, content: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(name, content, limit)
    issue("ingest", caught.value.code, **caught.value.detail)  # the message's values are all there
    return caught.value.code


def zipped(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def test_every_reader_can_be_imported():
    for entry in FORMATS:
        assert entry.refusal in CODES
        if entry.reader:
            module, _, function = entry.reader.partition(":")
            assert callable(getattr(importlib.import_module(module), function))


def test_suffixes_belong_to_one_format():
    suffixes = [suffix for entry in FORMATS for suffix in entry.suffixes]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.txt", "utf-8"), ("a.txt", "utf-8-sig"), ("a.md", "utf-16"), ("a.txt", "utf-32"), ("a.txt", "gb18030")],
)
def test_text_is_kept_as_it_stands(name: str, encoding: str):
    raw = read(name, TEXT.encode(encoding))
    assert raw.text == TEXT
    assert raw.blocks == ()
    assert raw.media_type == ("text/markdown" if name.endswith("md") else "text/plain")


def test_big5_is_told_from_gb18030():
    traditional = "為支持人才引進，對新引進的博士給予一次性補助。申請材料報市政府。"
    raw = read("a.txt", traditional.encode("big5"))
    assert (raw.text, raw.encoding) == (traditional, "big5hkscs")
    assert [doubt.code for doubt in raw.doubts] == ["ingest.encoding-guessed"]
    assert read("b.txt", traditional.encode("gb18030")).text == traditional


def test_utf16_without_a_mark():
    assert read("a.txt", TEXT.encode("utf-16-le")).text == TEXT


def test_a_few_broken_bytes_are_reported():
    raw = read("a.txt", TEXT.encode() * 5 + b"\xe4\xba")
    assert [doubt.code for doubt in raw.doubts] == ["ingest.replaced"]
    assert raw.encoding == "utf-8"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "ingest.empty"),
        ("a.txt", b"\xef\xbb\xbf", "ingest.no-text"),
        ("a.txt", " \n\t　\r\n".encode(), "ingest.no-text"),
        ("a.txt", bytes(range(256)) * 40, "ingest.binary"),
        ("a.txt", b"\x00\x01\x02\x03" * 500, "ingest.binary"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "ingest.damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "ingest.encrypted"),
        ("a.xlsx", zipped(**{"xl/workbook.xml": "x"}), "ingest.damaged"),
        ("a.zip", zipped(readme="x"), "ingest.archive"),
        ("a.docx", zipped(readme="x"), "ingest.damaged"),
        ("a.docx", zipped(**{"word/document.xml": "x"}), "ingest.damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "ingest.image"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 50, "ingest.image"),
        ("a.rtf", b"{\\rtf1 text}", "ingest.unsupported"),
        ("a.pdf", b"%PDF-1.7\nnothing else", "ingest.damaged"),
    ],
)
def test_refusals(name: str, content: bytes, code: str):
    assert refusal(name, content) == code


def test_content_beats_the_suffix():
    raw = read("a.pdf", TEXT.encode())
    assert raw.text == TEXT
    assert raw.media_type == "text/plain"
    assert [doubt.code for doubt in raw.doubts] == ["ingest.suffix"]
    assert "txt" in raw.doubts[0].message


def test_an_unknown_or_missing_suffix_is_no_doubt():
    assert read("通知", TEXT.encode()).doubts == ()
    assert read("通知.2024年", TEXT.encode()).doubts == ()


def test_markdown_with_tags_is_no_web_page():
    text = "# 办法\n\n第一条 见<br>下表。\n\n<table><tr><td>一</td></tr></table>\n"
    assert read("a.md", text.encode()).text == text


def test_a_huge_line_is_refused_without_building_it():
    content = ("策" * 7_000_000).encode()
    assert refusal("a.txt", content, limit=1000) == "ingest.too-long"


def test_the_limit_counts_characters():
    assert read("a.txt", ("策" * 1000).encode(), limit=1000).text == "策" * 1000
    assert refusal("a.txt", ("策" * 1001).encode(), limit=1000) == "ingest.too-long"


def test_heavy_readers_are_not_imported_with_the_formats():
    heavy = ("pypdfium2", "docx", "lxml", "trafilatura")
    script = f"import sys, pipeline.ingest.formats; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "text",
    [
        "ID3决策树算法用于分类，本文说明其步骤。",
        "RIFF是一种文件格式，本文说明其结构。",
        "RIFF 为英文缩写，WAVE 也是。",
        "BZh是压缩文件的开头，后接级别。",
        "GIF89a图片格式说明，供各单位参考。",
        "MZ是可执行文件的标志，请勿打开。",
        "OggS是音频文件的开头。",
        "{\\rtf1是富文本的开头，请另存为纯文本。",
        "PDF 文件以%PDF-1.7开头，以%%EOF结束。",
        "文件开头如下：\n%PDF-1.7\n其中有 1 0 obj 等对象。",
        "%PDF-1.7是文件的开头。",
        "邮件头有 MIME-Version: 1.0 和 multipart/related 字样。",
    ],
)
def test_text_that_begins_like_another_format_is_text(text: str, name: str, encoding: str):
    assert read(name, text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "content",
    [
        b"ID3\x03\x00\x00\x00\x00\x0f\x76",
        b"RIFF\x24\x08\x00\x00WAVEfmt ",
        b"RIFF\x24\x08\x00\x00AVI LIST",
        b"RIFF\x24\x08\x00\x00WEBPVP8 ",
        b"BZh91AY&SY\x01\x02",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff",
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        b"\x00\x00\x00\x1cftypisom",
        b"{\\rtf1\\ansi\\deff0 text}",
        b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n",
    ],
)
def test_other_formats_are_known_by_their_beginning(content: bytes):
    assert refusal("a.txt", content + b" text" * 20) in ("ingest.unsupported", "ingest.image")


@pytest.mark.parametrize("line", ["name, value, 12\n", "name, value, 12 "])
@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs", "utf-8"])
def test_the_encoding_is_told_where_the_chinese_stands(line: str, encoding: str):
    text = line * 16_000 + "為支持人才引進，對新引進的博士給予一次性補助。申請材料報市政府。\n" * 50
    raw = read("a.txt", text.encode(encoding), limit=10**6)
    assert (raw.encoding, raw.text) == (encoding, text)


def test_western_text_is_not_taken_for_chinese():
    raw = read("a.txt", "It\u2019s the \u201cpolicy\u201d \u2013 a café.".encode("cp1252") * 3)
    assert "It\u2019s the \u201cpolicy\u201d \u2013 a café." in raw.text
    assert [doubt.code for doubt in raw.doubts] == ["ingest.encoding-guessed"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_latin_text_in_utf16_without_a_mark(encoding: str):
    text = "plain text, in English\n" * 9
    assert read("a.txt", text.encode(encoding)).text == text


def test_a_stray_nul_does_not_make_a_file_binary():
    for encoding in ("utf-8", "gb18030"):
        assert read("a.txt", TEXT.encode(encoding) + b"\x00").text == TEXT + "\x00"
