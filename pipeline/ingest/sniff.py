"""Tells a file's format from its bytes: each function returns whether the content is of its kind."""

from __future__ import annotations

import re

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Each holds bytes that no text begins with: 「ID3决策树」「RIFF 格式」「BZh」「GIF89a 图片」 are text.
_IMAGE = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a.{6}\x00|II\*\x00|MM\x00\*|"
    rb"BM.{4}\x00{4}|RIFF.{4}WEBP",
    re.S,
)
_ARCHIVE = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9](?:1AY&SY|\x17rE8P\x90)|\xfd7zXZ\x00", re.S
)
_MEDIA = re.compile(
    rb"ID3[\x02-\x04]\x00|OggS\x00|RIFF.{4}(?:WAVE|AVI )|\x00\x00\x00.ftyp|\x7fELF[\x01\x02]|MZ.{4}\x00\x00", re.S
)
_RTF = re.compile(rb"\s*\{\\rtf\d?[\\\s{]")
_MHTML = (
    re.compile(rb"\s*[A-Za-z][\w-]*:[ \t]"),
    re.compile(rb"^mime-version:", re.I | re.M),
    re.compile(rb"^content-type:\s*multipart/related", re.I | re.M),
)
_PDF = re.compile(rb"%PDF-\d\.\d")
_PDF_OBJECT = re.compile(rb"[\r\n]\s*\d+ \d+ obj\b")
_JUNK = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# what a saved page or a fragment of one opens with; comments and an XML line may come before
_OPENING = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body|meta|title|link)\b", re.I | re.S
)
_BLOCK_TAG = re.compile(rb"<(?:div|p|table|span|section|article|h[1-6]|ul|ol|br|td)\b[^<>]*>", re.I)
_CLOSING = re.compile(rb"</(?:div|p|table|span|section|article|h[1-6]|ul|ol|td|body|html)\s*>", re.I)
_JSON = re.compile(rb'\s*+(?:\[\s*+)?\{\s*+"[^"\r\n]{1,200}"\s*+:')
_HEAD = 65536
_MARKUP = re.compile(r"</(?:p|div|span|b|strong|em|li|td|tr|table|h[1-6]|a|font)\s*>|<br\s*/?>", re.I)


def is_pdf(content: bytes) -> bool:
    """Tell whether ``%PDF-1.7`` opens the file, or a line within its first 1,024 bytes with a PDF's objects after it.

    Readers accept what a server or a mail put in front; a text that only speaks of 「%PDF-1.7」 isn't one.
    """
    found = _PDF.search(content[:1032])
    if found is None:
        return False
    before, after = content[: found.start()], content[found.end() : found.end() + 1]
    if not before.removeprefix(b"\xef\xbb\xbf").strip():
        return after in (b"", b"\r", b"\n") or _PDF_OBJECT.search(content) is not None
    opens = before[-1:] in (b"\r", b"\n") or _JUNK.search(before) is not None
    return opens and _PDF_OBJECT.search(content) is not None


def _ole_with(content: bytes, *streams: str) -> bool:
    """Tell whether this is an OLE file with one of ``streams``."""
    return content.startswith(OLE) and any(name.encode("utf-16-le") in content for name in streams)


def is_encrypted_office(content: bytes) -> bool:
    """Tell whether this is a docx, xlsx or pptx with a password (Word wraps it in OLE)."""
    return _ole_with(content, "EncryptedPackage")


def is_doc(content: bytes) -> bool:
    """Tell whether this is Word 97–2003."""
    return _ole_with(content, "WordDocument")


def is_xls(content: bytes) -> bool:
    """Tell whether this is Excel 97–2003."""
    return _ole_with(content, "Workbook", "Book")


def is_ole(content: bytes) -> bool:
    """Tell whether this is any other OLE file (ppt, WPS, msi)."""
    return content.startswith(OLE)


def is_zip(content: bytes) -> bool:
    """Tell whether this is a zip archive."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_docx(content: bytes) -> bool:
    """Tell whether this zip holds a Word document; also true when it's cut off."""
    return is_zip(content) and (
        b"word/document.xml" in content or b"word/_rels/" in content or b"word/styles.xml" in content
    )


def is_xlsx(content: bytes) -> bool:
    """Tell whether this zip holds an Excel workbook."""
    return is_zip(content) and (b"xl/workbook." in content or b"xl/worksheets/" in content)


def is_pptx(content: bytes) -> bool:
    """Tell whether this zip holds a presentation."""
    return is_zip(content) and b"ppt/" in content


def is_odt(content: bytes) -> bool:
    """Tell whether this is an OpenDocument or OFD or EPUB package."""
    return is_zip(content) and (b"mimetypeapplication/" in content[:200] or b"OFD.xml" in content)


def is_rtf(content: bytes) -> bool:
    """Tell whether this is rich text."""
    return _RTF.match(content) is not None


def is_mhtml(content: bytes) -> bool:
    """Tell whether this is a page saved as one MIME file."""
    opening, version, related = _MHTML
    head = content[:2048]
    return all((opening.match(head), version.search(head), related.search(head)))


def is_image(content: bytes) -> bool:
    """Tell whether this is a picture."""
    return _IMAGE.match(content) is not None


def is_archive(content: bytes) -> bool:
    """Tell whether this is a compressed file other than zip."""
    return _ARCHIVE.match(content) is not None


def is_media(content: bytes) -> bool:
    """Tell whether this is sound, video or a program."""
    return _MEDIA.match(content) is not None


def is_html(content: bytes) -> bool:
    """Tell whether this is a web page or a fragment of one; text that only mentions tags isn't."""
    head = _ascii(content[:_HEAD])
    if _OPENING.match(head):
        return True
    if not head.lstrip().startswith(b"<"):
        return False
    return len(_BLOCK_TAG.findall(head)) >= 2 and _CLOSING.search(head) is not None


def has_tags(content: bytes) -> bool:
    """Tell whether a text has tags of a web page in it; only worth asking of files that call themselves one."""
    return _BLOCK_TAG.search(_ascii(content[:_HEAD])) is not None


def is_json(content: bytes) -> bool:
    """Tell whether this begins as a JSON object does, or an array of them: ``{"key":``."""
    return _JSON.match(_ascii(content[:_HEAD])) is not None


def has_markup(text: str) -> bool:
    """Tell whether a piece of text, such as a cell, holds tags of a web page."""
    return "<" in text and _MARKUP.search(text) is not None


def is_text(content: bytes) -> bool:
    """Tell whether this can be text; whether it can be decoded is for the reader to find out."""
    return True


def _ascii(head: bytes) -> bytes:
    """Return ``head`` without its byte-order mark, and UTF-16 (its mark may lack) thinned to its ASCII bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return head.lstrip(b"\x00")[2:].replace(b"\x00", b"")
    if re.match(rb"\x00{0,3}[<{\[]\x00|\x00{1,3}[<{\[]", head):
        return head.replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
