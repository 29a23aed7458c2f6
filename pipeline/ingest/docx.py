"""Word documents: paragraphs, headings, tables and automatic numbers, in the order of the body.

Blocks are joined by ``\\n``, the cells of a table row by ``\\t``. Read from the XML itself, since python-docx leaves
out text in content controls, smart tags and tracked insertions. Not read:
headers, footers, text boxes, footnotes, deleted text and generated tables of contents.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest.attributes import W, value_of, whole
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.numbering import MOST_LEVEL, Numbering, read_numbering
from pipeline.ingest.package import check_size

# bytes of XML for one character above which a part is refused unread (a zip bomb, or far too long)
_BYTES_PER_CHAR = 100
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_NOTES = ("footnote", "endnote")
_MOST_COLUMNS = 1000  # Word itself allows 63
_WRAPPERS = {
    f"{W}{name}"
    for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo")
}
# of what a newer and an older program show the same in two ways, the first is read; of ruby what it stands above
_CHOICE, _FALLBACK, _ALTERNATE = (f"{_COMPATIBLE}{name}" for name in ("Choice", "Fallback", "AlternateContent"))
_INLINE = _WRAPPERS | {_ALTERNATE, _CHOICE, f"{W}r", f"{W}ruby", f"{W}rubyBase"}
_BOX = f"{W}txbxContent"
_TICKED, _EMPTY = ("FE", "52", "FC"), ("A8", "6F", "71", "72")  # boxes to tick, in the fonts Wingdings and its kin
_TEXT = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": ""}
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_TOC_STYLE = re.compile(r"(?:toc|目录)\s*[1-9]$", re.I)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says that matters here."""

    name: str
    based_on: str
    outline: int | None
    number: str | None
    level: int | None


@dataclass(slots=True)
class _Reader:
    """What is needed while walking the body."""

    builder: TextBuilder
    styles: dict[str, Style]
    numbering: Numbering
    tables: int = 0


def read_docx(source: Source, content: bytes, *, max_chars: int) -> RawText:
    """Return the document's text with one block for each paragraph, heading and table cell.

    Raises UnreadableFile: ``ingest.damaged``, ``ingest.no-text``, ``ingest.too-long``, ``ingest.too-large``.
    """
    limit = max_chars * _BYTES_PER_CHAR
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            body = _part(package, "word/document.xml", source.name, limit)
            styles = _part(package, "word/styles.xml", source.name, limit)
            numbering = _part(package, "word/numbering.xml", source.name, limit)
            core = _part(package, "docProps/core.xml", source.name, limit)
            notes = [_part(package, f"word/{name}s.xml", source.name, limit) for name in _NOTES]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableFile(
            "ingest.damaged", name=source.name, detail=f"{type(error).__name__}: {error}"[:200]
        ) from error
    root = None if body is None else body.find(f"{W}body")
    if root is None:
        raise UnreadableFile("ingest.damaged", name=source.name, detail="没有正文部分 word/document.xml")
    reader = _Reader(TextBuilder(source.name, max_chars), _read_styles(styles), read_numbering(numbering))
    try:
        _walk(root, reader)
        _read_notes(notes, reader)
    except RecursionError as error:
        raise UnreadableFile("ingest.damaged", name=source.name, detail="内容嵌套过深") from error
    parts = (body, styles, numbering, core, *notes)
    doubts = (issue("ingest", "ingest.entities", name=source.name),) if any(map(_has_entities, parts)) else ()
    title = None if core is None else core.findtext("{http://purl.org/dc/elements/1.1/}title")
    return RawText(
        text=reader.builder.text,
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        blocks=reader.builder.blocks,
        title=(title or "").strip() or None,
        doubts=doubts,
    )


def _has_entities(root: Any | None) -> bool:
    """Tell whether a part brings a document type with it, which no word processor writes; it's never expanded."""
    return root is not None and root.getroottree().docinfo.internalDTD is not None


def _part(package: zipfile.ZipFile, path: str, name: str, limit: int) -> Any | None:
    """Return the root of one XML part, None when the package hasn't got it or (but for the body) it's broken."""
    try:
        info = package.getinfo(path)
    except KeyError:
        return None
    check_size(info, name, limit)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, recover=path != "word/document.xml"
    )
    try:
        return etree.fromstring(package.read(info), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=f"{path}: {error}"[:200]) from error


def _read_styles(root: Any | None) -> dict[str, Style]:
    """Return the paragraph styles by their id."""
    result: dict[str, Style] = {}
    for node in () if root is None else root.iter(f"{W}style"):
        properties = node.find(f"{W}pPr")
        number, level = _number_of(properties)
        result[node.get(f"{W}styleId", "")] = Style(
            name=value_of(node, "name") or "",
            based_on=value_of(node, "basedOn") or "",
            outline=_outline_of(properties),
            number=number,
            level=level,
        )
    return result


def _outline_of(properties: Any | None) -> int | None:
    """Return the outline level, from 1; 0 means body text, None means nothing is said."""
    level = whole(value_of(properties, "outlineLvl"), 9)
    if level is None:
        return None
    return level + 1 if level < 9 else 0


def _number_of(properties: Any | None) -> tuple[str | None, int | None]:
    """Return the list's number and the level a paragraph or style asks for, None where it doesn't."""
    node = None if properties is None else properties.find(f"{W}numPr")
    return value_of(node, "numId"), whole(value_of(node, "ilvl"), MOST_LEVEL)


def _read_notes(roots: list[Any | None], reader: _Reader) -> None:
    """Read footnotes and endnotes; those with a type are only the lines above them."""
    for name, root in zip(_NOTES, roots, strict=True):
        for note in () if root is None else root.iter(f"{W}{name}"):
            if note.get(f"{W}type", "normal") == "normal":
                _walk(note, reader)


def _walk(node: Any, reader: _Reader) -> None:
    """Read the paragraphs and tables within ``node``, in order."""
    for child in node:
        if child.tag == f"{W}p":
            _read_paragraph(child, reader)
        elif child.tag == f"{W}tbl":
            _read_table(child, reader)
        elif child.tag == _ALTERNATE or (child.tag in _WRAPPERS and not _is_contents(child)):
            _walk(child if child.tag != _ALTERNATE else _shown(child), reader)


def _shown(alternate: Any) -> Any:
    """Return the one of several versions that is read: the first choice, the fallback without one."""
    choice = alternate.find(_CHOICE)
    fallback = alternate.find(_FALLBACK)
    return choice if choice is not None else fallback if fallback is not None else alternate


def _boxes(node: Any) -> Iterator[Any]:
    """Yield the text boxes that hang on a paragraph; not those within them, nor their copies for older programs."""
    if node.find(f".//{_BOX}") is None:
        return
    for child in node:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATE:
            yield from _boxes(_shown(child))
        else:
            yield from _boxes(child)


def _is_contents(node: Any) -> bool:
    """Tell whether a content control holds a generated table of contents."""
    gallery = node.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _chain(reader: _Reader, style: str) -> Iterator[tuple[str, Style]]:
    """Yield a style and those it's based on."""
    seen: set[str] = set()
    while style in reader.styles and style not in seen:
        seen.add(style)
        yield style, reader.styles[style]
        style = reader.styles[style].based_on


def _read_paragraph(node: Any, reader: _Reader) -> None:
    """Add a paragraph, as a heading when its style or outline level says so; nothing when it's empty."""
    text, level, contents = _paragraph(node, reader)
    if text.strip() and not contents:
        reader.builder.add(text, "heading" if level else "paragraph", level=level or None)
    for box in _boxes(node):
        _walk(box, reader)


def _paragraph(node: Any, reader: _Reader) -> tuple[str, int, bool]:
    """Return a paragraph's text with its automatic number, its heading level (0: none) and if it's a contents line."""
    properties = node.find(f"{W}pPr")
    styles = list(_chain(reader, value_of(properties, "pStyle") or ""))
    contents = any(_TOC_STYLE.match(style.name) for _, style in styles[:1])
    text = "".join(_texts(node))
    if text.strip() and not contents:
        text = _label(properties, styles, reader.numbering) + text
    level = _outline_of(properties)
    for _, style in styles:
        if level is not None:
            break
        found = _HEADING_STYLE.match(style.name)
        level = int(found[1]) if found else style.outline
    return text, level or 0, contents


def _label(properties: Any | None, styles: list[tuple[str, Style]], numbering: Numbering) -> str:
    """Return the automatic number of a paragraph, "" without one; asking counts on."""
    number, level = _number_of(properties)
    for key, style in styles:
        if number is not None:
            break
        number = style.number
        if number is not None and level is None:
            level = style.level if style.level is not None else numbering.level_of_style(number, key)
    if number is None or number == "0":
        return ""
    return numbering.next_label(number, level or 0)


def _texts(node: Any) -> Iterator[str]:
    """Yield the text of a paragraph's runs; deleted text, field codes, pictures and text boxes are left out."""
    for child in node:
        tag = child.tag
        if tag == f"{W}t":
            yield child.text or ""
        elif tag in _TEXT:
            yield "" if child.get(f"{W}type") in ("page", "column") else _TEXT[tag]
        elif tag == f"{W}sym":
            code = child.get(f"{W}char", "")[-2:].upper()
            yield "☑" if code in _TICKED else "□" if code in _EMPTY else ""
        elif tag in _INLINE and not (tag == f"{W}r" and _is_hidden(child)):
            yield from _texts(child if tag != _ALTERNATE else _shown(child))


def _is_hidden(run: Any) -> bool:
    """Tell whether a run is formatted as hidden text."""
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")


def _read_table(node: Any, reader: _Reader) -> None:
    """Add a table, one block a cell; a cell merged downwards or across is added once, where it begins."""
    table = reader.tables
    reader.tables += 1
    for row, cells in enumerate(_children(node, "tr")):
        properties = cells.find(f"{W}trPr")
        column, before = whole(value_of(properties, "gridBefore"), _MOST_COLUMNS) or 0, "\n"
        for cell in _children(cells, "tc"):
            properties = cell.find(f"{W}tcPr")
            merge = None if properties is None else properties.find(f"{W}vMerge")
            if merge is None or merge.get(f"{W}val") == "restart":
                text = "\n".join(_cell_lines(cell, reader))
                reader.builder.add(text, "cell", before=before, cell=(table, row, column))
                before = "\t"
            column += whole(value_of(properties, "gridSpan"), _MOST_COLUMNS) or 1


def _cell_lines(node: Any, reader: _Reader) -> Iterator[str]:
    """Yield the paragraphs of a cell, those of tables within it too."""
    for child in node:
        if child.tag == f"{W}p":
            text = _paragraph(child, reader)[0]
            if text.strip():
                yield text
            for box in _boxes(child):
                yield from _cell_lines(box, reader)
        elif child.tag == f"{W}tbl" or child.tag in _WRAPPERS or child.tag in (f"{W}tr", f"{W}tc"):
            yield from _cell_lines(child, reader)


def _children(node: Any, name: str) -> Iterator[Any]:
    """Yield the children of that name, those in content controls too."""
    for child in node:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, name)
