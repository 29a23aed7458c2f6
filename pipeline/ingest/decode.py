"""Bytes to text: which encoding a Chinese file is in, without a table of characters.

UTF-8 and UTF-16/32 prove themselves. Between GB18030 and Big5 the byte pairs decide: both standards put their frequent
characters first (GB 2312 level 1: lead bytes B0–D7 with trail bytes from A1; Big5 level 1: A4–C6), and running text
consists of them almost wholly, while text of the other standard falls outside half the time.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.core.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a page may declare. Encodings of one byte a character fit anything, and some of Python's codecs aren't encodings
# of text files at all; whoever declares those is held to have said nothing.
_DECLARABLE = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs",
}
_SAMPLE = 200_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff][^\n]*\n?")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_CHUNK = 1 << 20
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
_GB_COMMON = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1\xa3][\xa1-\xfe]")
_BIG5_COMMON = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|[\xa1][\x40-\x7e\xa1-\xfe]")
_LEVEL_1 = re.compile(rb"[\xb0-\xd7]")
_BIG5_LEVEL_1 = re.compile(rb"[\xa4-\xc6]")
_SHORT_SAMPLE, _COMMON = 2000, 0.8
# so many bytes of Chinese in a line that is UTF-8 can't be chance
_LEAST_WIDE = 12
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# share of control characters and of undecodable bytes above which a file isn't text
_MOST_CONTROLS = 0.02
# a short text may have a few more
_FEW_CONTROLS, _MOST_OF_SHORT = 10, 0.1
_MOST_REPLACED = 0.05
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, its encoding, whether that was guessed, and how many U+FFFD stand for undecodable bytes."""

    text: str
    encoding: str
    guessed: bool
    replaced: int


def decode(content: bytes, name: str, *, max_chars: int, declared: str | None = None) -> Decoded:
    """Return ``content`` as text, without its byte-order mark and with no newline changed.

    ``declared`` is what the file says of itself (a page's charset); it's believed when it fits. Raises UnreadableFile:
    ``ingest.binary``, ``ingest.encoding``, ``ingest.too-long`` (found piece by piece, without building the text).
    """
    encoding, skip, guessed = _find_encoding(content, declared)
    body = content[skip:] if skip else content
    if encoding in ("gb18030", "big5hkscs", "utf-8") and (mixed := _by_lines(body, encoding, max_chars)) is not None:
        text, replaced, guessed = mixed, mixed.count("\ufffd"), True
    else:
        text, replaced = _decode_all(body, encoding, name, max_chars)
    controls = len(_CONTROLS.findall(text[:_SAMPLE]))
    seen = min(len(text), _SAMPLE)
    if controls > max(2, min(_FEW_CONTROLS, _MOST_OF_SHORT * seen), _MOST_CONTROLS * seen):
        raise UnreadableFile("ingest.binary", name=name)
    if replaced > max(3, _MOST_REPLACED * len(text)):
        raise UnreadableFile("ingest.encoding", name=name)
    return Decoded(text, encoding, guessed, replaced)


def _find_encoding(content: bytes, declared: str | None) -> tuple[str, int, bool]:
    """Return the encoding, the length of the byte-order mark and whether it was guessed."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            if encoding.startswith("utf-16") and _is_liar(content[len(mark) : len(mark) + _SAMPLE]):
                return "utf-8", len(mark), True
            return encoding, len(mark), False
    head = content[:_SAMPLE]
    if b"\x00" in head and (wide := _wide_without_mark(head)):
        return wide, 0, True
    sample = _telling(content)
    if _looks_utf8(sample):
        return "utf-8", 0, False
    known = _known(declared)
    if known and _fits(sample, known):
        return known, 0, False
    return _wide_without_mark(head) or _narrow(sample), 0, True


def _is_liar(after: bytes) -> bool:
    """Tell whether what follows a mark of UTF-16 is UTF-8 all the same, as some programs write it."""
    return len(after) > 8 and b"\x00" not in after and _looks_utf8(after)


def _telling(content: bytes) -> bytes:
    """Return what tells the encoding: from each line its part from the first byte above 0x7F on, up to a sample."""
    if content.isascii():
        return b""
    parts: list[bytes] = []
    room = _SAMPLE
    for found in _BEYOND_ASCII.finditer(content):
        parts.append(content[found.start() : min(found.end(), found.start() + room)])
        room -= len(parts[-1])
        if room <= 0:
            break
    return b"".join(parts)


def _known(declared: str | None) -> str | None:
    """Return the encoding that a declared name means, None when it's none that a Chinese page can be in."""
    try:
        return _DECLARABLE.get(codecs.lookup(declared).name) if declared else None
    except (LookupError, UnicodeError):
        return None


def _narrow(sample: bytes) -> str:
    """Return ``cp1252`` when nearly all bytes above 0x7F stand alone, as in Western text, else GB18030 or Big5."""
    alone = len(_LONE.findall(sample))
    return "cp1252" if alone > _MOSTLY * len(_NOT_ASCII.findall(sample)) else _gb_or_big5(sample)


def _looks_utf8(sample: bytes) -> bool:
    """Tell whether ``sample`` is UTF-8 but for a few broken bytes (a cut end, a stray byte)."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = sum(1 for c in text if c > "\x7f") - broken
    return broken == 0 or broken <= max(1 if wide >= 3 else 0, wide // 100)


def _wide_without_mark(sample: bytes) -> str | None:
    """Return the UTF-32 or UTF-16 order of a text without its mark, or None.

    UTF-16 is given away by its newlines, spaces and commas, or by its common characters.
    """
    for encoding in ("utf-32-le", "utf-32-be"):
        text = sample[: len(sample) // 4 * 4].decode(encoding, "replace")
        if len(text) > 1 and sum(1 for c in text if _is_plain(c)) > _MOSTLY * len(text):
            return encoding
    even = sample[: len(sample) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, "replace")
        plain = sum(1 for c in text if _is_plain(c))
        if not text or plain <= _MOSTLY * len(text):
            continue
        marks = sum(text.count(c) for c in "，。、\n 的")
        if (plain > 0.97 * len(text) and marks > 0.02 * len(text)) or _has_common_characters(text):
            return encoding
    return None


def _is_plain(c: str) -> bool:
    """Tell whether a character is one of Chinese or Western running text."""
    return (
        "一" <= c <= "鿿" or " " <= c <= "~" or "\u3000" <= c <= "\u3015" or "！" <= c <= "～" or c in "\r\n\t\xa0·"
        or "\u2000" <= c <= "\u206f" or "①" <= c <= "⑳"
    )  # fmt: skip


def _has_common_characters(text: str) -> bool:
    """Tell whether most of a text's Chinese characters are frequent ones: of those codes, one in five is by chance."""
    chinese = [c for c in text[:_SHORT_SAMPLE] if "一" <= c <= "鿿"]
    common = sum(bool(_LEVEL_1.match(c.encode("gb2312", "ignore"))) for c in chinese)
    traditional = sum(bool(_BIG5_LEVEL_1.match(c.encode("big5", "ignore"))) for c in chinese)
    return len(chinese) >= 5 and max(common, traditional) > _COMMON * len(chinese)


def _by_lines(content: bytes, encoding: str, max_chars: int) -> str | None:
    """Return a text put together of lines in UTF-8 and in GB18030 or Big5, None when all are in ``encoding``.

    Each line is decoded by what it is, so that one half of such a file isn't lost.
    """
    if content.isascii() or len(content) > 4 * max_chars or (encoding == "utf-8" and _is_valid(content, "utf-8")):
        return None
    lines = content.split(b"\n")
    wide = [len(_NOT_ASCII.findall(line)) >= _LEAST_WIDE for line in lines]
    utf8 = [_is_valid(line, "utf-8") for line in lines]
    if not any(is_wide and good for is_wide, good in zip(wide, utf8, strict=True)):
        return None
    others = [line for line, is_wide, good in zip(lines, wide, utf8, strict=True) if is_wide and not good]
    other = _gb_or_big5(b"\n".join(others))  # what the file is as a whole was told from both kinds of lines
    if not any(_is_valid(line, other) for line in others):
        return None
    parts = [
        line.decode("utf-8" if good or not _is_valid(line, other) else other, "replace")
        for line, good in zip(lines, utf8, strict=True)
    ]
    return "\n".join(parts)


def _is_valid(content: bytes, encoding: str) -> bool:
    """Tell whether ``content`` is text in ``encoding`` without a single miss."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _fits(sample: bytes, declared: str) -> bool:
    """Tell whether ``sample`` can be decoded as ``declared`` with few misses."""
    text = sample.decode(declared, "replace")
    return text.count("\ufffd") <= max(1, len(text) // 200)


def _gb_or_big5(sample: bytes) -> str:
    """Return ``gb18030`` or ``big5hkscs``, whichever's frequent characters make up more of the byte pairs."""
    pairs = _PAIR.findall(sample)
    gb = sum(1 for pair in pairs if _GB_COMMON.fullmatch(pair))
    big5 = sum(1 for pair in pairs if _BIG5_COMMON.fullmatch(pair))
    return "big5hkscs" if big5 > gb else "gb18030"


def _decode_all(content: bytes, encoding: str, name: str, max_chars: int) -> tuple[str, int]:
    """Return the text and its number of U+FFFD that were put in; raises ``ingest.too-long`` after counting on."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    parts: list[str] = []
    length = 0
    view = memoryview(content)
    for at in range(0, len(content), _CHUNK):
        part = decoder.decode(view[at : at + _CHUNK], at + _CHUNK >= len(content))
        length += len(part)
        if length > max_chars:
            parts.clear()
        else:
            parts.append(part)
    if length > max_chars:
        raise UnreadableFile("ingest.too-long", name=name, count=length, limit=max_chars)
    text = "".join(parts)
    own = content.count("\ufffd".encode(encoding, "ignore")) if encoding.startswith("utf") else 0
    return text, max(0, text.count("\ufffd") - own)
