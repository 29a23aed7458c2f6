"""Which document of the run a paper of a coded file is: by name, else by its text."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.qda.likeness import Nearest, Squeezed
from pipeline.qda.memo import read_pairs
from pipeline.qda.project import Paper

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NUMBERED = re.compile(r"^\d+_")  # QualCoder puts it before a name it has already
_ID = "文档编号"
_ALIKE, _OTHER = 0.4, 0.05


class PaperMatcher:
    """The run's documents by name and text; looked up by the papers of a file, each document once for each name."""

    def __init__(self, documents: Sequence[Paper]) -> None:
        """Index the names; texts are looked at when a name doesn't decide."""
        self._documents = documents
        self._names: dict[str, list[int]] = defaultdict(list)
        self._ids = {paper.doc_id: place for place, paper in enumerate(documents) if paper.doc_id}
        for place, paper in enumerate(documents):
            for name in dict.fromkeys(_names(paper.name)):
                self._names[name].append(place)
        self._squeezed: dict[int, Squeezed] = {}
        self._texts: dict[str, list[int]] | None = None
        self._nearest: Nearest | None = None

    def find(self, paper: Paper) -> int | str:
        """Return the place of the document a paper is, or in Chinese why there is none."""
        text = Squeezed(paper.text)
        known = self._ids.get(_doc_id(paper))
        if known is not None and (not paper.text or text.likeness(self._document(known)) >= _OTHER):
            return known
        named = next((found for name in _names(paper.name) if (found := self._names.get(name))), [])
        if not paper.text:
            if len(named) == 1:
                return named[0]
            return "本次运行中没有这个文档" if not named else f"本次运行中有 {len(named)} 个文档叫这个名字"
        same = self._same_text(text)
        for found in ([place for place in same if place in named], named if len(named) == 1 else [], same):
            if found and (found is not named or text.likeness(self._document(found[0])) >= _OTHER):
                return found[0]
        likest = self._likest(text, named)
        if likest is not None:
            return likest
        if named:
            return "与本次运行中同名的文档文字不同，请确认导入的是同一批文件的编码"
        return "本次运行中没有这个文档，也没有文字相近的文档"

    def _likest(self, text: Squeezed, named: list[int]) -> int | None:
        """Return the document likest to a text, among those of its name or else among all; None: none is alike."""
        if self._nearest is None:
            self._nearest = Nearest([self._document(place) for place in range(len(self._documents))])
        found = self._nearest.find(text, _ALIKE, named or None)
        return None if found is None else found[1]

    def _same_text(self, text: Squeezed) -> list[int]:
        """Return the documents with the same text, white space and the like aside."""
        if self._texts is None:
            self._texts = defaultdict(list)
            for place in range(len(self._documents)):
                self._texts[self._document(place).text].append(place)
        return self._texts.get(text.text, [])

    def _document(self, place: int) -> Squeezed:
        """Return a document's text as it is compared."""
        if place not in self._squeezed:
            self._squeezed[place] = Squeezed(self._documents[place].text)
        return self._squeezed[place]


def _doc_id(paper: Paper) -> str:
    """Return the document id a paper brings along: its own, else among its attributes or in its memo."""
    said = {name.rpartition(":")[2]: str(value) for name, value in paper.attributes}
    return paper.doc_id or said.get(_ID) or read_pairs(paper.memo).get(_ID, "")


def _names(name: str) -> Iterable[str]:
    """Yield what a document may be called, the surest first: the name, without folders, ending and number."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    last = re.split(r"[\\/]", plain)[-1]
    yield from (plain, last)
    bare = _ENDING.sub("", last)
    yield bare
    if _NUMBERED.match(last):
        yield _NUMBERED.sub("", last)
        yield _NUMBERED.sub("", bare)
    if _ENDING.search(bare):  # 甲.pdf.txt
        yield _ENDING.sub("", bare)
