"""Hostile Word and Excel files: bombs, entities, loops, broken packages."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import NamedTuple

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECRET = "root:x:0:0"
BOOK = f'<workbook {S} {R}><sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>'
RELATED = '<Relationships><Relationship Id="r1" Target="{}"/></Relationships>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


class Hostile(NamedTuple):
    """A file's name, what makes its bytes, and whether an issue must be told of it."""

    name: str
    build: Callable[[], bytes]
    told: bool = True


def package(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in parts.items():
            zipped.writestr(name, text)
    return buffer.getvalue()


def docx(body: str, head: str = "", **more: str) -> bytes:
    document = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{body}</w:body></w:document>'
    return package({"word/document.xml": document, **{f"word/{name}.xml": text for name, text in more.items()}})


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(rows: str, head: str = "", strings: str = "", after: str = "", target: str = "worksheets/sheet1.xml") -> bytes:
    return package(
        {
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": RELATED.format(target),
            "xl/worksheets/sheet1.xml": f"{head}<worksheet {S}><sheetData>{rows}</sheetData>{after}</worksheet>",
            "xl/sharedStrings.xml": strings or f"<sst {S}/>",
        }
    )


def inline(*texts: str) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{cells}</row>"


def bomb(path: str, megabytes: int = 400) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        with zipped.open(path, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
        if path.startswith("xl/"):
            zipped.writestr("xl/workbook.xml", BOOK)
            zipped.writestr("xl/_rels/workbook.xml.rels", RELATED.format("worksheets/sheet1.xml"))
    return buffer.getvalue()


def lying_size() -> bytes:
    """A package whose directory says that a part is small, while it isn't."""
    content = docx(paragraph("人" * 1_000_000))
    at = content.rfind(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", 100) + content[at + 28 :]


def wrong_sum() -> bytes:
    content = bytearray(docx(paragraph("补助三万元")))
    at = content.rfind(b"PK\x01\x02")
    content[at + 16 : at + 20] = b"\x01\x02\x03\x04"
    return bytes(content)


def locked() -> bytes:
    content = bytearray(docx(paragraph("补助三万元")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + place] |= 1
    return bytes(content)


def looping_fat() -> bytes:
    """An OLE file whose chains of sectors run in circles."""
    header = OLE + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, 0xFFFFFFFE, 0)
    header = (header + struct.pack("<I", 0) + b"\xff" * 512)[:512]
    fat = struct.pack("<128I", *([1, 0, 2] + [3] * 125))
    return header + fat + "Workbook".encode("utf-16-le").ljust(512, b"\x00") * 4


TWO = inline("标题", "正文")
STYLES = (
    f"<w:styles {W}>"
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/>'
        f'<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for a, b in (("A", "B"), ("B", "C"), ("C", "A"))
    )
    + "</w:styles>"
)
LISTS = (
    f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="L"/><w:styleLink w:val="L"/>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="99999999999999999999"/>'
    '</w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
)
STYLED = '<w:pPr><w:pStyle w:val="A"/></w:pPr>'
WIDE = '<w:tc><w:tcPr><w:gridSpan w:val="999999999999"/></w:tcPr></w:tc>'
AREA = '<mergeCell ref="A2:XFD1048576"/>'
_GARBAGE = bytes((i * 7919 + i // 251) % 256 for i in range(200_000))

OFFICE: tuple[Hostile, ...] = (
    Hostile("bomb.docx", lambda: bomb("word/document.xml")),
    Hostile("bomb-of-paragraphs.docx", lambda: docx("<w:p/>" * 5_000_000)),
    Hostile("lying-size.docx", lying_size),
    Hostile("outside-entity.docx", lambda: docx(paragraph("补助&i;三万元"), OUTSIDE)),
    Hostile("laughs.docx", lambda: docx(paragraph("补助&i;三万元"), LAUGHS)),
    Hostile(
        "net-entity.docx",
        lambda: docx(
            paragraph("补助"),
            '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/y"> %p;]>',
        ),
    ),
    Hostile("deep-tables.docx", lambda: docx("<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000)),
    Hostile("deep-inline.docx", lambda: docx("<w:p>" + "<w:ins>" * 100_000 + "</w:ins>" * 100_000 + "</w:p>")),
    Hostile(
        "circular-styles.docx", lambda: docx(paragraph("补助", STYLED), styles=STYLES, numbering=LISTS), told=False
    ),
    Hostile(
        "wide-cells.docx", lambda: docx(f"<w:tbl><w:tr>{WIDE * 5000}</w:tr></w:tbl>{paragraph('补助')}"), told=False
    ),
    Hostile("cut-off.docx", lambda: docx(paragraph("补助" * 1000))[:-300]),
    Hostile("wrong-sum.docx", wrong_sum),
    Hostile("locked.docx", locked),
    Hostile(
        "climbing.docx",
        lambda: package({"../../../climbed.txt": "x", "/climbed.txt": "x", "word/document.xml": "<w"}),
    ),
    Hostile("million-paragraphs.docx", lambda: docx("<w:p/>" * 300_000)),
    Hostile("bomb.xlsx", lambda: bomb("xl/worksheets/sheet1.xml")),
    Hostile("bomb-strings.xlsx", lambda: bomb("xl/sharedStrings.xml")),
    Hostile("bomb-of-rows.xlsx", lambda: xlsx("<row/>" * 5_000_000)),
    Hostile("bomb-of-cells.xlsx", lambda: xlsx("<row>" + "<c><v>1</v></c>" * 2_000_000 + "</row>")),
    Hostile(
        "bomb-of-strings.xlsx", lambda: xlsx(inline("甲"), strings=f"<sst {S}>{'<si><t>甲</t></si>' * 2_000_000}</sst>")
    ),
    Hostile("outside-entity.xlsx", lambda: xlsx(TWO + inline("甲", "补助&i;三万元"), OUTSIDE)),
    Hostile("laughs.xlsx", lambda: xlsx(TWO + inline("甲", "补助&i;"), LAUGHS)),
    Hostile(
        "far-corner.xlsx",
        lambda: xlsx(
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' * 3,
            after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            head='<?xml version="1.0"?>',
        ),
    ),
    Hostile(
        "million-areas.xlsx",
        lambda: xlsx(TWO + inline("甲", "补助三万元") * 2000, after=f"<mergeCells>{AREA * 200_000}</mergeCells>"),
        told=False,
    ),
    Hostile("climbing.xlsx", lambda: xlsx(inline("甲"), target="../../../../etc/passwd")),
    Hostile("own-tail.xlsx", lambda: xlsx(inline("甲"), target="workbook.xml")),
    Hostile(
        "no-string.xlsx",
        lambda: xlsx('<row><c t="s"><v>99999999999999999999</v></c><c t="s"><v>-1</v></c></row>'),
    ),
    Hostile("deep.xlsx", lambda: xlsx("<row>" * 100_000 + "</row>" * 100_000)),
    Hostile(
        "odd-numbers.xlsx",
        lambda: xlsx('<row><c s="99"><v>1e999</v></c><c s="-1"><v>nan</v></c><c><v>1e308</v></c></row>'),
    ),
    Hostile("garbage.doc", lambda: OLE + "WordDocument".encode("utf-16-le") + _GARBAGE),
    Hostile(
        "looping.doc",
        lambda: looping_fat().replace("Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le")),
    ),
    Hostile("garbage.xls", lambda: OLE + "Workbook".encode("utf-16-le") + _GARBAGE),
    Hostile("looping.xls", looping_fat),
)
