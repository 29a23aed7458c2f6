"""Web pages: the article's paragraphs, headings and tables; title and date from the page's own metadata.

Blocks are joined by ``\\n``, the cells of a table row by ``\\t``; spaces and line breaks of the source that a browser
wouldn't show are folded, non-breaking spaces stay. If the page's title isn't in the article it's put in front, as a
heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from lxml import etree

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.core.layers import RawText
from pipeline.ingest.attributes import whole
from pipeline.ingest.builder import TextBuilder
from pipeline.ingest.decode import decode
from pipeline.ingest.numbering import BULLET
from pipeline.ingest.page import DROPPED, article, is_control, is_link_list
from pipeline.ingest.txt import encoding_doubts

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", re.I)
_ENTITY = re.compile(r"<!ENTITY\s", re.I)
_HEAD = 65_536
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_BROKEN_SOURCE = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol",
    "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
_TITLES = ("ArticleTitle", "og:title", "title")
_DATES = ("PubDate", "publishdate", "article:published_time", "pubdate", "firstpublishedtime", "date")
_DATE = re.compile(r"(20\d\d|19\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_PRINTED_DATE = re.compile(rf"(?:发布|发文|成文|公布)(?:日期|时间)\s{{0,9}}[:：]\s{{0,9}}{_DATE.pattern}")
_SITE = re.compile(r"\s*(?:[-_|｜—–]{1,2}|\s>\s)\s*[^-_|｜—–]*(?:政府|网|门户|频道|委员会|局|厅|平台)[^-_|｜—–]*$")
_LONGEST_TITLE = 1000  # beyond it looking for the site's name would take long
_INVISIBLE = " \t\r\n\u00a0\u3000\u200b\ufeff"
# when less than this share of the text is left without its lists of links, they are what the page is about
_INDEX = 0.3
# a cell with more text than this, or with a table in it, shows that the table only lays out the page
_LAYOUT_CELL = 2000
# numbering, a bullet, a label or nothing at all at the beginning of a list's item
_OWN_MARK = re.compile(
    r"$|[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,4})[)）.．、]|第[一二三四五六七八九十百\d]{1,5}[章节条]|[①-⑳•●■◆·\-—*]|"
    r"[^，。；\s]{1,8}[：:]"
)
# spans beyond these are mistakes or mischief, and so are cells that reach downwards beyond that many columns
_MOST_ACROSS, _MOST_DOWN, _MOST_COLUMNS = 200, 65_534, 1000


@dataclass(slots=True)
class _Reader:
    """The text so far, the paragraph being put together, and the marks of the items of each list met."""

    builder: TextBuilder
    pending: list[str]
    tables: int = 0
    marks: dict[Any, dict[Any, str]] = field(default_factory=dict)
    all_links: bool = False


def read_html(source: Source, content: bytes, *, max_chars: int) -> RawText:
    """Return the article of a page. Raises UnreadableFile: ``ingest.damaged`` and what ``decode`` raises."""
    # markup outweighs text, so the source may be longer than the text allowed
    decoded = decode(content, source.name, max_chars=max_chars * 10, declared=_declared(content))
    try:
        root = lxml.html.document_fromstring(
            _DECLARATION.sub("", decoded.text).replace("\x00", ""), parser=lxml.html.HTMLParser(huge_tree=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("ingest.damaged", name=source.name, detail=str(error)[:200]) from error
    meta = {(m.get("name") or m.get("property") or "").lower(): (m.get("content") or "") for m in root.iter("meta")}
    title, published = _title(root, meta), _published(meta, root)
    node = article(root)
    try:
        reader = _read_article(source.name, max_chars, node, title, all_links=False)
        if len(_squeeze(reader.builder.text)) < _INDEX * len(_squeeze(node.text_content())):
            reader = _read_article(source.name, max_chars, node, title, all_links=True)
    except RecursionError as error:
        raise UnreadableFile("ingest.damaged", name=source.name, detail="内容嵌套过深") from error
    return RawText(
        text=reader.builder.text,
        media_type="text/html",
        encoding=decoded.encoding,
        blocks=reader.builder.blocks,
        title=title,
        published=published,
        doubts=(*encoding_doubts(decoded, source.name), *_entities(decoded.text, source.name)),
    )


def text_of(markup: str) -> str:
    """Return the text of a fragment of a page, a line for each paragraph; as it is when it can't be parsed."""
    try:
        root = lxml.html.fragment_fromstring(markup, create_parent="div", parser=lxml.html.HTMLParser(huge_tree=True))
        reader = _Reader(TextBuilder("", 10**9), [])
        _walk(root, reader)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, RecursionError):
        return markup
    _flush(reader)
    return reader.builder.text.replace("\u00a0", " ")


def _entities(text: str, name: str) -> tuple[Issue, ...]:
    """Return an issue when the page declares entities of its own; the HTML parser never expands them."""
    return (issue("ingest", "ingest.entities", name=name),) if _ENTITY.search(text[:_HEAD]) else ()


def _read_article(name: str, max_chars: int, node: Any, title: str | None, *, all_links: bool) -> _Reader:
    """Return the reader after the article, the title in front if it isn't near the article's start."""
    reader = _Reader(TextBuilder(name, max_chars), [], all_links=all_links)
    if title and _squeeze(title) not in _squeeze(node.text_content())[: len(title) * 2 + 1500]:
        reader.builder.add(title, "heading", level=1)
    _walk(node, reader)
    _flush(reader)
    return reader


def _declared(content: bytes) -> str | None:
    """Return the charset a page gives, in lower case; it may be nonsense."""
    found = _CHARSET.search(content[:4096])
    if found is None:
        return None
    return (found[1] or found[2]).decode("ascii").lower()


def _title(root: Any, meta: dict[str, str]) -> str | None:
    """Return the page's title without the site's name, None when it has none."""
    for name in _TITLES:
        if title := _fold(meta.get(name.lower(), "")):
            return title
    title = _fold(root.findtext(".//title") or "")
    return _fold(_SITE.sub("", title) if len(title) <= _LONGEST_TITLE else title) or None


def _published(meta: dict[str, str], root: Any) -> str | None:
    """Return the date a page gives for itself, else the one it prints as such beside its article, as YYYY-MM-DD."""
    named = (found for name in _DATES if (found := _DATE.search(meta.get(name.lower(), ""))))
    found = next(named, None) or _PRINTED_DATE.search(root.text_content())
    return f"{int(found[1])}-{int(found[2]):02}-{int(found[3]):02}" if found else None


def _squeeze(text: str) -> str:
    """Return ``text`` without any space."""
    return re.sub(r"\s+", "", text)


def _fold(text: str) -> str:
    """Return ``text`` as a browser shows it: runs of spaces as one, none at a source line break between Chinese."""
    return _SPACE.sub(" ", _BROKEN_SOURCE.sub("", text)).strip(" ")


def _flush(reader: _Reader, level: int | None = None) -> None:
    """Add the pending paragraph."""
    text = _fold("".join(reader.pending))
    reader.pending.clear()
    if text.strip(_INVISIBLE) and not is_control(text):
        reader.builder.add(text, "heading" if level else "paragraph", level=level)


def _walk(node: Any, reader: _Reader) -> None:
    """Read an element's text into paragraphs."""
    tag = node.tag
    if tag == "table" and _is_data(node):
        _flush(reader)
        _read_table(node, reader)
        return
    block = tag in _BLOCKS
    if block:
        _flush(reader)
    reader.pending.append(_list_mark(node, reader) if tag == "li" else "")
    reader.pending.append(node.text or "")
    for child in node:
        _child(child, reader)
        reader.pending.append(child.tail or "")
    if block:
        _flush(reader, int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal() else None)


def _list_mark(item: Any, reader: _Reader) -> str:
    """Return what a browser prints before an item of a list: its number or a bullet."""
    above = item.getparent()
    if above is None or above.tag not in ("ol", "ul"):
        return ""
    if above not in reader.marks:
        reader.marks[above] = dict(_list_marks(above))
    return reader.marks[above].get(item, "")


def _list_marks(above: Any) -> Iterator[tuple[Any, str]]:
    """Yield the marks of a list's items.

    None for an item that begins with a mark or a label of its own or holds no text in itself, nor for the only one:
    such lists only lay out the page.
    """
    items = [child for child in above if child.tag == "li"]
    plain = [item for item in items if not _is_marked(item)]
    if len(plain) < 2 or above.get("type", "1") in ("A", "a", "I", "i"):
        return
    first = whole(above.get("start"), _MOST_DOWN) or 1
    for number, item in enumerate(items, first):
        if not _is_marked(item):
            yield item, BULLET if above.tag == "ul" else f"{number}. "


def _is_marked(item: Any) -> bool:
    """Tell whether a list's item needs no mark."""
    blocks = any(isinstance(child.tag, str) and child.tag in _BLOCKS - {"ol", "ul"} for child in item)
    return blocks or _OWN_MARK.match(item.text_content().strip()) is not None


def _child(child: Any, reader: _Reader) -> None:
    """Read one child: a line break ends the paragraph, lists of links and what has no text are passed over."""
    if not isinstance(child.tag, str) or child.tag in DROPPED:
        return
    if child.tag == "br" or (not reader.all_links and is_link_list(child)):
        _flush(reader)
    else:
        _walk(child, reader)


def _is_data(table: Any) -> bool:
    """Tell whether a table holds data rather than the page's layout."""
    if table.find(".//table") is not None:
        return False
    rows = [[c for c in row if c.tag in ("td", "th")] for row in _rows(table)]
    if max((len(row) for row in rows), default=0) < 2:
        return False
    return all(len(_squeeze(cell.text_content())) <= _LAYOUT_CELL for row in rows for cell in row)


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _read_table(table: Any, reader: _Reader) -> None:
    """Add a table, one block a cell; a cell over several rows or columns is added once, where it begins."""
    number = reader.tables
    reader.tables += 1
    free: dict[int, int] = {}  # columns that cells from above reach into → the first row free again
    caption = table.find("caption")
    if caption is not None and (text := _fold(caption.text_content())):
        reader.builder.add(text, "paragraph")
    for row, cells in enumerate(_rows(table)):
        column, before = 0, "\n"
        for cell in cells:
            if cell.tag not in ("td", "th"):
                continue
            while free.get(column, 0) > row:
                column += 1
            across, down = _span(cell, "colspan", _MOST_ACROSS), _span(cell, "rowspan", _MOST_DOWN)
            if down > 1:
                free.update(dict.fromkeys(range(column, min(column + across, _MOST_COLUMNS)), row + down))
            reader.builder.add(_cell_text(cell), "cell", before=before, cell=(number, row, column))
            before, column = "\t", column + across


def _span(cell: Any, name: str, most: int) -> int:
    """Return a cell's span, 1 to ``most``."""
    return whole(cell.get(name), most) or 1


def _cell_text(cell: Any) -> str:
    """Return a cell's paragraphs, joined by ``\\n``."""
    inner = _Reader(TextBuilder("", 10**9), [])
    inner.pending.append(cell.text or "")
    for child in cell:
        _child(child, inner)
        inner.pending.append(child.tail or "")
    _flush(inner)
    return inner.builder.text
