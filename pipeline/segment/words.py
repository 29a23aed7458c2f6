"""Words: lexicon terms first, by longest match, then an engine for the rest. Always lossless."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.core.config import SegmentSettings, names_file
from pipeline.core.errors import PipelineError
from pipeline.core.strict import digest
from pipeline.segment.engine import Engine

if TYPE_CHECKING:
    from hanlp_trie import TrieDict

SEGMENTERS = {
    "jieba": "pipeline.segment.with_jieba:load",
    "rjieba": "pipeline.segment.with_rjieba:load",
    "spacy": "pipeline.segment.with_spacy:load",
    "hanlp": "pipeline.segment.with_hanlp:load",
}


class Segmenter(Protocol):
    """What cuts a text into words. ``digest`` changes whenever the words may."""

    @property
    def name(self) -> str:
        """The engine's name, a key of SEGMENTERS."""
        ...

    @property
    def version(self) -> str:
        """The engine's version, with its model where it has one."""
        ...

    @property
    def digest(self) -> str:
        """16 hex digits over engine, version and lexicons."""
        ...

    def words(self, text: str) -> list[str]:
        """Return the words, white space and punctuation of ``text``; joined they are ``text``. Empty for ""."""
        ...


@dataclass(frozen=True, slots=True)
class LexiconSegmenter:
    """A Segmenter: ``terms`` come out whole, the longest at each place; ``engine`` cuts what lies between them."""

    engine: Engine
    terms: TrieDict
    digest: str

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name

    @property
    def version(self) -> str:
        """The engine's version."""
        return self.engine.version

    def words(self, text: str) -> list[str]:
        """Return the words of ``text``; joined they are ``text``."""
        cut = self.engine.cut
        result: list[str] = []
        at = 0
        for start, end, _ in self.terms.parse_longest(text):
            if start > at:
                result += cut(text[at:start])
            result.append(text[start:end])
            at = end
        if at < len(text):
            result += cut(text[at:])
        return result


def load_segmenter(settings: SegmentSettings, folder: Path) -> LexiconSegmenter:
    """Return the segmenter of ``settings``; ``folder`` is the configs folder, with ``lexicons`` in it.

    A lexicon with a ``/`` in its name is a path of the user's own (``names_file``). Raises PipelineError
    for a missing extra or model, or a lexicon that can't be read.
    """
    from hanlp_trie import TrieDict

    module, function = SEGMENTERS[settings.engine].split(":")
    engine: Engine = getattr(importlib.import_module(module), function)(settings)
    terms, lexicons = load_terms(settings.lexicons, folder)
    return LexiconSegmenter(engine, TrieDict(dict.fromkeys(terms, True)), digest(engine.name, engine.version, lexicons))


def load_terms(names: Sequence[str], folder: Path) -> tuple[tuple[str, ...], str]:
    """Return the terms of the lexicons (first column), each once, and a digest of the files.

    Raises PipelineError with every mistake: a file that's missing, a term shorter than two characters or not NFC.
    """
    terms: dict[str, None] = {}
    mistakes: list[str] = []
    content: list[bytes] = []
    for name, path, data in read_lists(names, folder, mistakes):
        content.append(data)
        for number, row in rows(data, path, mistakes):
            term = row[0].strip()
            if len(term) < 2:
                mistakes.append(f"{name}:{number}: 词“{term}”太短，至少要两个字")
            elif not unicodedata.is_normalized("NFC", term):
                mistakes.append(f"{name}:{number}: 词“{term}”不是 NFC 规范形式，请重新输入")
            terms[term] = None
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(terms), digest(*content)


def read_lists(names: Sequence[str], folder: Path, mistakes: list[str]) -> list[tuple[str, Path, bytes]]:
    """Return name, path and bytes of each list; add to ``mistakes`` every file that can't be read."""
    found = []
    for name in names:
        path = Path(name).expanduser() if names_file(name) else folder / "lexicons" / name
        try:
            found.append((name, path, path.read_bytes()))
        except OSError as error:
            mistakes.append(f"{path}: 词表读不出来（{error.strerror}），请检查配置 [segment] 的 lexicons、stop_words")
    return found


def rows(data: bytes, path: Path, mistakes: list[str]) -> list[tuple[int, list[str]]]:
    """Return line number, from 1, and columns of each row of a tab-separated list, blank and ``#`` lines left out.

    Nothing when it isn't UTF-8, which is added to ``mistakes``.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        mistakes.append(f"{path}: 词表不是 UTF-8 编码（第 {error.start} 字节），请另存为 UTF-8")
        return []
    return [(n, line.split("\t")) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
