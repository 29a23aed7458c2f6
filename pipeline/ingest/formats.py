"""What can be read, how it's recognised and who reads it. The content decides; a wrong suffix is only reported."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from pipeline.core.config import PdfSettings, RowSettings, load_config
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest import sniff
from pipeline.ingest.delimited import begins_as_table
from pipeline.ingest.ocr_engine import Recogniser


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. ``reader`` is ``module:function``, imported at first use; without one there's ``refusal``.

    ``takes`` names what the reader wants beside ``max_chars``; ``plain`` kinds of text are told apart by their suffix.
    """

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    detect: Callable[[bytes], bool]
    reader: str = ""
    refusal: str = "ingest.unsupported"
    takes: tuple[str, ...] = ()
    plain: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument"

# The first format that recognises the content is taken; of those that take any text, the one with the file's suffix.
FORMATS: tuple[Format, ...] = (
    Format("PDF", (".pdf",), "application/pdf", sniff.is_pdf, "pipeline.ingest.pdf:read_pdf", takes=("ocr", "pdf")),
    Format(
        "docx",
        (".docx", ".docm"),
        f"{_OOXML}.wordprocessingml.document",
        sniff.is_docx,
        "pipeline.ingest.docx:read_docx",
    ),
    Format(
        "加密的 Office 文件", (), "application/x-ole-storage", sniff.is_encrypted_office, refusal="ingest.encrypted"
    ),
    Format(
        "Word 97–2003 doc",
        (".doc", ".wps", ".dot", ".wpt"),
        "application/msword",
        sniff.is_doc,
        "pipeline.ingest.doc:read_doc",
        takes=("seconds",),
    ),
    Format(
        "Excel 97–2003 xls",
        (".xls", ".et"),
        "application/vnd.ms-excel",
        sniff.is_xls,
        "pipeline.ingest.xls:read_xls",
        takes=("rows",),
    ),
    Format(
        "Excel xlsx",
        (".xlsx", ".xlsm"),
        f"{_OOXML}.spreadsheetml.sheet",
        sniff.is_xlsx,
        "pipeline.ingest.xlsx:read_xlsx",
        takes=("rows",),
    ),
    Format("PowerPoint", (".pptx",), f"{_OOXML}.presentationml.presentation", sniff.is_pptx),
    Format("OLE 复合文档", (".ppt", ".dps"), "application/x-ole-storage", sniff.is_ole),
    Format("OpenDocument、OFD 或 EPUB", (".odt", ".ods", ".ofd", ".epub"), "application/zip", sniff.is_odt),
    Format("zip 压缩包", (".zip",), "application/zip", sniff.is_zip, refusal="ingest.archive"),
    Format("压缩包", (".rar", ".7z", ".gz", ".bz2", ".xz"), "application/octet-stream", sniff.is_archive),
    Format(
        "图片",
        (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp"),
        "image/*",
        sniff.is_image,
        "pipeline.ingest.image:read_image",
        takes=("ocr",),
    ),
    Format("音视频或程序", (".mp3", ".mp4", ".wav", ".avi", ".exe"), "application/octet-stream", sniff.is_media),
    Format("RTF", (".rtf",), "application/rtf", sniff.is_rtf),
    Format("MHTML 网页存档", (".mht", ".mhtml"), "multipart/related", sniff.is_mhtml),
    Format("html", (".html", ".htm", ".shtml", ".xhtml"), "text/html", sniff.is_html, "pipeline.ingest.html:read_html"),
    Format(
        "JSON 数据",
        (".json", ".jsonl", ".ndjson"),
        "application/json",
        sniff.is_json,
        "pipeline.ingest.records:read_records",
        takes=("rows",),
        plain=True,
    ),
    Format(
        "csv 表格",
        (".csv", ".tsv"),
        "text/csv",
        sniff.is_text,
        "pipeline.ingest.delimited:read_delimited",
        takes=("rows",),
        plain=True,
    ),
    Format("txt", (".txt", ".text"), "text/plain", sniff.is_text, "pipeline.ingest.txt:read_txt", plain=True),
    Format("md", (".md", ".markdown"), "text/markdown", sniff.is_text, "pipeline.ingest.txt:read_txt", plain=True),
)
# programs export delimited text under the suffixes of spreadsheets
_SHEETS = (".xls", ".xlsx", ".et")


def read_source(
    source: Source,
    content: bytes,
    *,
    max_chars: int,
    rows: RowSettings | None = None,
    ocr: Recogniser | None = None,
    pdf: PdfSettings | None = None,
    seconds: float = 150.0,
) -> RawText:
    """Return the raw text of ``content``, read by what it is; a suffix that says otherwise is a doubt.

    ``rows`` says how tables are read (``None``: the default), ``pdf`` by what and by how many processes PDF files are
    (``None``: pdfium in this one), ``seconds`` how long another program may take, ``ocr`` reads the pages that are
    pictures; without it they're left out, which is a doubt, or refused.
    Raises UnreadableFile with one of the ``ingest.`` codes.
    """
    if not content:
        raise UnreadableFile("ingest.empty", name=source.name)
    suffix = PurePath(source.name).suffix.lower()
    found = recognise(content, suffix)
    if found.media_type == "text/plain" and begins_as_table(content, rows or load_config().rows):
        found = next(f for f in FORMATS if f.media_type == "text/csv")
    if not found.reader:
        if found.name == "zip 压缩包" and suffix in (".docx", ".docm"):
            raise UnreadableFile("ingest.damaged", name=source.name, detail="压缩包中没有 Word 正文")
        raise UnreadableFile(found.refusal, name=source.name, detail=found.name)
    module, _, function = found.reader.partition(":")
    reader: Callable[..., RawText] = getattr(importlib.import_module(module), function)
    given: dict[str, Any] = {"rows": rows, "seconds": seconds, "ocr": ocr, "pdf": pdf}
    if "rows" in found.takes:
        given["rows"] = rows or load_config().rows
    options = {name: given[name] for name in found.takes}
    raw = reader(source, content, max_chars=max_chars, **options)
    if not raw.text.strip() and not raw.members:
        raise UnreadableFile("ingest.no-text", name=source.name)
    raw = replace(raw, media_type=found.media_type)
    if suffix in {s for f in FORMATS for s in f.suffixes} - set(found.suffixes):
        doubt = issue("ingest", "ingest.suffix", name=source.name, detail=found.name)
        raw = replace(raw, doubts=(doubt, *raw.doubts))
    return raw


def recognise(content: bytes, suffix: str) -> Format:
    """Return the format of ``content``; ``suffix`` (lower case, with dot) only tells kinds of plain text apart."""
    first = next(f for f in FORMATS if f.detect(content))
    if first.detect is not sniff.is_text:
        return first
    page = next(f for f in FORMATS if f.detect is sniff.is_html)
    if suffix in page.suffixes and sniff.has_tags(content):
        return page
    plain = [f for f in FORMATS if f.plain]
    if suffix in _SHEETS:
        return next(f for f in plain if ".csv" in f.suffixes)
    return next((f for f in plain if suffix in f.suffixes), next(f for f in plain if ".txt" in f.suffixes))
