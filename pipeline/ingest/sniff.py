"""Tells a file's format from its bytes: each function returns whether the content is of its kind."""

from __future__ import annotations

import re

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_MEDIA = (b"ID3", b"OggS", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"\x7fELF", b"MZ\x90\x00")
# what a saved page or a fragment of one opens with; comments and an XML line may come before
_OPENING = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body|meta|title|link)\b", re.I | re.S
)
_BLOCK_TAG = re.compile(rb"<(?:div|p|table|span|section|article|h[1-6]|ul|ol|br|td)\b[^<>]*>", re.I)
_CLOSING = re.compile(rb"</(?:div|p|table|span|section|article|h[1-6]|ul|ol|td|body|html)\s*>", re.I)
_HEAD = 65536


def is_pdf(content: bytes) -> bool:
    """Tell whether ``%PDF-`` stands within the first 1,024 bytes, as readers accept it."""
    return b"%PDF-" in content[:1024]


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
    return content.lstrip()[:5] == b"{\\rtf"


def is_mhtml(content: bytes) -> bool:
    """Tell whether this is a page saved as one MIME file."""
    head = content[:2048].lower()
    return b"mime-version:" in head and b"multipart/related" in head


def is_image(content: bytes) -> bool:
    """Tell whether this is a picture."""
    return (
        content.startswith(_IMAGES)
        or (content.startswith(b"BM") and content[6:10] == b"\x00" * 4)
        or (content.startswith(b"RIFF") and content[8:12] == b"WEBP")
    )


def is_archive(content: bytes) -> bool:
    """Tell whether this is a compressed file other than zip."""
    return content.startswith(_ARCHIVES)


def is_media(content: bytes) -> bool:
    """Tell whether this is sound, video or a program."""
    return content.startswith(_MEDIA)


def is_html(content: bytes) -> bool:
    """Tell whether this is a web page or a fragment of one; text that only mentions tags isn't."""
    head = _ascii(content[:_HEAD])
    if _OPENING.match(head):
        return True
    if not head.lstrip().startswith(b"<"):
        return False
    return len(_BLOCK_TAG.findall(head)) >= 2 and _CLOSING.search(head) is not None


def is_text(content: bytes) -> bool:
    """Tell whether this can be text; whether it can be decoded is for the reader to find out."""
    return True


def _ascii(head: bytes) -> bytes:
    """Return ``head`` without its byte-order mark, and UTF-16 thinned to its ASCII bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
