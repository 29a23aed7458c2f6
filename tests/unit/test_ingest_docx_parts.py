"""Word files: what stands outside the plain paragraphs, and that LibreOffice reads the same characters."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

import pytest
from office_tools import convert, needs_office

from pipeline.core.document import Source
from pipeline.ingest.docx import read_docx

_SPACES = " ".join(
    f'xmlns:{name}="{value}"'
    for name, value in (
        ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
        ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
        ("wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("v", "urn:schemas-microsoft-com:vml"),
    )
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINE = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
NOTES = LINE + (
    '<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>指博士。</w:t></w:r></w:p></w:footnote>'
)


def r(text: str, properties: str = "") -> str:
    return f'<w:r>{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def tc(*blocks: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(blocks)}</w:tc>"


def tbl(*rows: str) -> str:
    lines = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{lines}</w:tbl>"


def box(text: str) -> str:
    content = f"<w:txbxContent>{p(r(text))}</w:txbxContent>"
    old = f'<w:pict><v:rect style="width:99pt;height:30pt"><v:textbox>{content}</v:textbox></v:rect></w:pict>'
    new = (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="2000000" cy="600000"/>'
        '<wp:docPr id="1" name="b"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
        f'wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>{content}'
        "</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    both = f'<mc:Choice Requires="wps">{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
    return f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"


def word(body: str, notes: str = "") -> bytes:
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/footnotes.xml" ContentType="{_TYPE}.footnotes+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{_RELATED}/footnotes" Target="footnotes.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/footnotes.xml": f"<w:footnotes {_SPACES}>{notes or LINE}</w:footnotes>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def text_of(content: bytes) -> str:
    return read_docx(Source("a.docx", "a.docx", "0" * 64, len(content)), content, max_chars=100_000).text


MARK = '<w:r><w:footnoteReference w:id="2"/></w:r>'
DELETED = '<w:del w:id="1" w:author="x"><w:r><w:delText>删去</w:delText></w:r></w:del>'
INSERTED = f'<w:ins w:id="2" w:author="x">{r("三万元")}</w:ins>'
RUBY = f"<w:r><w:ruby><w:rubyPr/><w:rt>{r('bó')}</w:rt><w:rubyBase>{r('博士')}</w:rubyBase></w:ruby></w:r>"
MERGED = tbl(
    tc(p(r("学历")), properties='<w:vMerge w:val="restart"/>') + tc(p(r("标准"))),
    tc(p(), properties="<w:vMerge/>") + tc(p(r("40")), tbl(tc(p(r("内一"))) + tc(p(r("内二")))), p(r("末"))),
)
CASES = {
    "notes": (p(r("对博士"), MARK, r("补助")) + p(r("完毕。")), NOTES, "对博士补助\n完毕。\n指博士。"),
    "box": (p(r("前文"), box("发文字号")) + p(r("后文")), "", "前文\n发文字号\n后文"),
    "changes": (p(r("补助"), DELETED, INSERTED), "", "补助三万元"),
    "hidden": (p(r("补助"), r("不见", "<w:vanish/>"), r("三万元", '<w:vanish w:val="0"/>')), "", "补助三万元"),
    "ruby": (p(r("对"), RUBY, r("补助")), "", "对博士补助"),
    "tables": (MERGED + p(r("完毕。")), "", "学历\t标准\n40\n内一\n内二\n末\n完毕。"),
    "boxes in cells": (tbl(tc(p(r("甲"), box("乙"))) + tc(p(r("丙")))) + p(r("完")), "", "甲\n乙\t丙\n完"),
    "marks": (p('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', r("是")), "", "□是"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_parts(name: str):
    body, notes, expected = CASES[name]
    assert text_of(word(body, notes)) == expected


# LibreOffice's own export shows deleted and hidden text too, and draws marks and readings as pictures
_NOT_EXPORTED = ("changes", "hidden", "marks", "ruby")


@needs_office
@pytest.mark.parametrize("name", [name for name in CASES if name not in _NOT_EXPORTED])
def test_libreoffice_reads_the_same_characters(name: str):
    body, notes, _ = CASES[name]
    content = word(body, notes)
    html = convert(content, "a.docx", "html:HTML (StarWriter)").decode()
    shown = re.sub(
        r"<head>.*?</head>|<!--.*?-->|<sup>.*?</sup>|<del.*?</del>|<a class=.sdfootnote.*?</a>", "", html, flags=re.S
    )
    shown = re.sub(r"<[^>]*>|\s", "", shown)
    assert Counter(shown) == Counter(re.sub(r"\s", "", text_of(content)))
