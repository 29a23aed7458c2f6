"""Reads a REFI-QDA project (.qdpx) of any program into a ``Project``.

What the programs do differently (docs/import.md): counting of positions, byte-order marks, line breaks, folders and
GUIDs in either case, text within the XML, the text of a PDF in a Representation, coders on selection or coding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.qda.counting import Counting, Ruler, Spot, decode, expected, infer
from pipeline.qda.given import NOWHERE, Given, Trouble, place_of, whole
from pipeline.qda.package import Package, child, children, guid, local, text_of
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.project import Path as ThemePath
from pipeline.qda.settle import Settler

_TEXTS = ("TextSource", "PDFSource")
_MEDIA = {"PictureSource": "图片", "AudioSource": "音频", "VideoSource": "视频"}
_VALUES = ("TextValue", "IntegerValue", "FloatValue", "BooleanValue", "DateValue", "DateTimeValue")
_OURS = "cewen"


@dataclass(frozen=True, slots=True)
class _Coding:
    """A coding of a selection: to which code, by whom and when, with what notes."""

    theme: ThemePath
    coder: str
    created: str
    memo: str


@dataclass(slots=True)
class _Source:
    """A text of the project while it is read; ``ruler`` is None when its text isn't in the file."""

    name: str
    memo: str
    ruler: Ruler | None
    spots: list[Spot] = field(default_factory=list)
    codings: list[tuple[_Coding, ...]] = field(default_factory=list)
    whole: list[_Coding] = field(default_factory=list)
    attributes: dict[str, str | int] = field(default_factory=dict)


def read_qdpx(path: Path) -> Given:
    """Return the project of a .qdpx. Raises PipelineError when it can't be read at all."""
    with Package(path) as package:
        return _Reader(package, package.project()).read()


class _Reader:
    """One reading of one project."""

    def __init__(self, package: Package, root: etree._Element) -> None:
        """Keep the tables that everything refers to by GUID."""
        self._package = package
        self._root = root
        self._troubles: list[Trouble] = []
        users = children(child(root, "Users"), "User")
        self._users = {guid(one.get("guid")): one.get("name") or one.get("id") or "" for one in users}
        self._cases = {guid(one.get("guid")) for one in children(child(root, "Cases"), "Case")}
        self._notes = {guid(one.get("guid")): one for one in children(child(root, "Notes"), "Note")}
        self._coded_cases = 0
        self._themes: dict[str, Theme] = {}
        self._codes(child(child(root, "CodeBook"), "Codes"), ())

    def read(self) -> Given:
        """Return everything."""
        sources: dict[str, _Source] = {}
        for place, element in enumerate(children(child(self._root, "Sources"), *_TEXTS, *_MEDIA)):
            if local(element) in _TEXTS:
                sources[guid(element.get("guid")) or f"#{place}"] = self._source(element)
            else:
                self._media(element)
        self._attributes(sources)
        counting = self._counting(list(sources.values()))
        settler = Settler(counting, [(s.ruler, s.spots) for s in sources.values() if s.ruler])
        papers = tuple(self._paper(source, settler) for source in sources.values())
        root = self._root
        coders = [name for name in self._users.values() if name]
        coders += [mark.coder for paper in papers for mark in paper.marks if mark.coder]
        project = Project(
            name=root.get("name") or self._package.path.stem,
            papers=papers,
            themes=tuple(self._themes.values()),
            coders=tuple(dict.fromkeys(coders)),
            memo=text_of(root, "Description"),
            origin=root.get("origin") or "",
            created=root.get("creationDateTime") or "",
        )
        return Given(project, tuple(self._troubles), settler.repaired, self._coded_cases)

    def _counting(self, sources: list[_Source]) -> Counting:
        """Return how the file counts: as its program does unless the names in it tell of another way."""
        words = self._root.get("origin") or ""
        if _OURS in words.casefold():
            words += " " + text_of(self._root, "Description")
        return infer([(source.ruler, source.spots) for source in sources if source.ruler], expected(words))

    def _codes(self, parent: etree._Element | None, above: ThemePath) -> None:
        """Keep the codes below ``parent``, depth first; one of a case stands for no theme."""
        for element in children(parent, "Code"):
            path = (*above, " ".join((element.get("name") or "").split()) or "（无名）")
            key = guid(element.get("guid"))
            if key not in self._cases:
                codable = (element.get("isCodable") or "true").strip() in ("true", "1")
                about, colour = text_of(element, "Description"), element.get("color") or ""
                self._themes[key] = Theme(path, codable, about, colour, guid=key)
            self._codes(element, path)

    def _source(self, element: etree._Element) -> _Source:
        """Return a text with its selections, not yet measured."""
        name = element.get("name") or ""
        holder = element
        if local(element) == "PDFSource":
            for box in children(element, "PDFSelection"):
                self._left_out(box, name, "PDF 页面上的框选没有文字位置，请改为选取文字再编码")
            representation = child(element, "Representation")
            holder = element if representation is None else representation
        source = _Source(name, text_of(element, "Description"), self._text(holder, name))
        for selection in children(holder, "PlainTextSelection"):
            self._selection(selection, source)
        for one in (element, holder) if holder is not element else (element,):
            source.whole += self._codings(one, name, "", (one.get("creatingUser"), None))
        return source

    def _text(self, holder: etree._Element, name: str) -> Ruler | None:
        """Return the text of a source; None, and a word about it, when it isn't there or can't be decoded."""
        inline = child(holder, "PlainTextContent")
        if inline is not None:
            return Ruler("".join(inline.itertext()))
        link = holder.get("plainTextPath") or ""
        content = self._package.source(link) if link else None
        if content is None:
            what = f"项目里没有文本文件 {link}" if link else "没有文本"
            self._troubles.append(Trouble(name, "", "", f"{what}，只能按编码所附的原文定位"))
            return None
        try:
            return Ruler(*decode(content))
        except UnicodeDecodeError as error:
            self._troubles.append(Trouble(name, "", "", f"文本文件 {link} 不是 UTF-8 编码（{error.reason}）"))
            return None

    def _selection(self, element: etree._Element, source: _Source) -> None:
        """Keep one selection with its codings; one without codings is a mere annotation."""
        start, end = element.get("startPosition") or "", element.get("endPosition") or ""
        name = element.get("name") or ""
        who = element.get("creatingUser"), element.get("creationDateTime")
        codings = self._codings(element, source.name, name, who, text_of(element, "Description"))
        if not codings:
            return
        try:
            spot = Spot(int(start), int(end), name)
        except ValueError:
            self._troubles.append(Trouble(source.name, f"位置“{start}–{end}”", name, "位置不是整数"))
            spot = Spot(NOWHERE, NOWHERE, name)
        source.spots.append(spot)
        source.codings.append(tuple(codings))

    def _codings(
        self,
        element: etree._Element,
        document: str,
        name: str,
        who: tuple[str | None, str | None],
        memo: str = "",
    ) -> list[_Coding]:
        """Return the codings of a selection or source; ``who`` and when speak for codings that don't say it."""
        found = []
        place = f"第 {element.get('startPosition')}–{element.get('endPosition')} 字" if name else ""
        for coding in children(element, "Coding"):
            key = _target(child(coding, "CodeRef"))
            theme = self._themes.get(key)
            if theme is None:
                if key in self._cases:
                    self._coded_cases += 1
                else:
                    self._troubles.append(Trouble(document, place, name, "编码指向的代码不在项目里"))
                continue
            user = guid(coding.get("creatingUser")) or guid(who[0])
            notes = [memo, *self._note_texts(coding)]
            when = coding.get("creationDateTime") or who[1] or ""
            found.append(_Coding(theme.path, self._users.get(user, ""), when, "\n".join(filter(None, notes))))
        return found

    def _note_texts(self, element: etree._Element) -> Iterator[str]:
        """Yield the texts of the notes an element refers to."""
        for reference in children(element, "NoteRef"):
            note = self._notes.get(_target(reference))
            if note is None:
                continue
            link = note.get("plainTextPath") or ""
            content = self._package.source(link) if link else None
            yield content.decode("utf-8-sig", "replace") if content else text_of(note, "PlainTextContent")

    def _attributes(self, sources: dict[str, _Source]) -> None:
        """Give the sources the values of their cases and their own."""
        variables = children(child(self._root, "Variables"), "Variable")
        names = {guid(one.get("guid")): one.get("name") or "" for one in variables}
        for case in children(child(self._root, "Cases"), "Case"):
            for reference in children(case, "SourceRef"):
                source = sources.get(_target(reference))
                if source is not None:
                    source.attributes |= _values(case, names)
        for element in children(child(self._root, "Sources"), *_TEXTS):
            source = sources.get(guid(element.get("guid")))
            if source is not None:
                source.attributes |= _values(element, names)

    def _paper(self, source: _Source, settler: Settler) -> Paper:
        """Return a source with its marks."""
        text = source.ruler.text if source.ruler else ""
        spans = settler.spans(source.ruler, source.spots) if source.ruler else [None] * len(source.spots)
        marks = []
        for spot, span, codings in zip(source.spots, spans, source.codings, strict=True):
            if span is None and source.ruler and not spot.name:
                reason = "位置在文档之外，又没有附原文"
                self._troubles.append(Trouble(source.name, place_of(spot.start, spot.end), "", reason))
                continue
            start, end = span or (NOWHERE, NOWHERE)
            quote = text[start:end] if span else spot.name
            marks += [Mark(start, end, c.theme, c.coder, quote, c.memo, c.created) for c in codings]
        marks += [Mark(0, len(text), c.theme, c.coder, text, c.memo, c.created) for c in source.whole if text]
        return Paper(source.name, text, tuple(marks), tuple(source.attributes.items()), source.memo)

    def _media(self, element: etree._Element) -> None:
        """Tell of the codings of what has no text."""
        for part in element.iter():
            if child(part, "Coding") is not None:
                reason = f"{_MEDIA[local(element)]}上的编码没有文字位置"
                self._left_out(part, element.get("name") or "", reason)

    def _left_out(self, selection: etree._Element, document: str, reason: str) -> None:
        """Tell of a selection that can't be read, if it is coded."""
        if child(selection, "Coding") is not None:
            page = selection.get("page")
            self._troubles.append(
                Trouble(document, f"第 {page} 页" if page else "", selection.get("name") or "", reason)
            )


def _target(reference: etree._Element | None) -> str:
    """Return the GUID a reference leads to; empty without one."""
    return "" if reference is None else guid(reference.get("targetGUID"))


def _values(element: etree._Element, names: dict[str, str]) -> dict[str, str | int]:
    """Return the attributes that stand on a case or source."""
    found: dict[str, str | int] = {}
    for value in children(element, "VariableValue"):
        name = names.get(_target(child(value, "VariableRef")), "")
        for kind in _VALUES:
            text = text_of(value, kind)
            if name and text:
                number = whole(text) if kind == "IntegerValue" else None
                found[name] = text if number is None else number
    return found
