"""Full text: the sentences that hold words, over the documents of a finished run, each content once.

There is no index. DuckDB keeps the documents whose text can hold what is asked for (a scan by RE2), only
those are read, and only around what is found are sentences cut. White space and line breaks within a word don't count,
nor does the case of Latin letters. Sentences end as ``table.sentences`` says.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pipeline.core.errors import PipelineError
from pipeline.table.filters import How, conditions
from pipeline.table.query import COPIES, SECONDS, connect, too_long, translated
from pipeline.table.sentences import Sentences
from pipeline.table.view import codebook_names

if TYPE_CHECKING:
    import pyarrow as pa

HEADINGS = {
    "source_name": "文件名",
    "title": "标题",
    "region": "地区",
    "year": "年份",
    "section": "章节",
    "page": "页码",
    "text": "原文",
    "match": "方式",
    "start": "起",
    "end": "止",
    "marks": "命中",
    "doc_id": "文档编号",
}
EXACT, BY_WORDS = "exact", "words"
MOST_WORDS, MOST_CHARS = 20, 100
_TOKEN = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|([^\s"“「]+)|(["“「])')
_GAP = r"[\s\x{3000}\x{a0}]*"
_BATCH = 20

Cut = Callable[[str], Sequence[str]]
Keep = Callable[[str, int, int], bool]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """Which documents are searched. Of a filter's values any will do; all filters must hold; no filter: all."""

    region: Annotated[tuple[str, ...], How("contains(region, ?)", "地区全称含有的文字，例如 浙江")] = ()
    issuer: Annotated[tuple[str, ...], How("contains(issuer, ?)", "发文机关含有的文字")] = ()
    year: Annotated[tuple[int, ...], How("year = ?", "发文年份")] = ()
    level: Annotated[tuple[str, ...], How("level = ?", "层级：国家、省、市、县等")] = ()
    doc_kind: Annotated[tuple[str, ...], How("doc_kind = ?", "文种：通知、意见、办法等")] = ()
    doc: Annotated[
        tuple[str, ...], How("(doc_id = ? OR source_name = ?)", "文档编号（或开头几位）或文件名（可不写扩展名）")
    ] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One word asked for; ``words`` are those it is cut into, any place in the sentence (empty: as it stands only)."""

    text: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """Terms a sentence must hold all of, and terms it must not hold."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


@dataclass(slots=True)
class _Hit:
    """What was found in one sentence."""

    exact: bool
    marks: set[Span]


def parse(asked: str, cut: Cut | None = None) -> tuple[All, ...]:
    """Return what ``asked`` means: words side by side (or AND) must all be there, OR or | divides, NOT shuts out.

    Words in quotes are taken as they stand. Others are found as they stand and, when ``cut`` cuts them into several,
    as all of these words in one sentence. Raises PipelineError with every mistake.
    """
    groups: list[tuple[list[Term], list[Term]]] = [([], [])]
    mistakes, negated, count = [], False, 0
    for found in _TOKEN.finditer(asked):
        quoted = next((part for part in found.groups()[:3] if part is not None), None)
        if found[5]:
            mistakes.append(f"引号 {found[5]} 没有另一半")
        elif quoted is None and found[4] in ("OR", "|"):
            groups.append(([], []))
        elif quoted is None and found[4] == "NOT":
            negated = True
        elif quoted is not None or found[4] != "AND":
            groups[-1][negated].append(_term(quoted, found[4], None if negated else cut, mistakes))
            negated, count = False, count + 1
    if count > MOST_WORDS:
        mistakes.append(f"一次最多检索 {MOST_WORDS} 个词，这里有 {count} 个")
    if negated or any(not wanted for wanted, _ in groups):
        mistakes.append("检索词不完整：OR（|）两边、NOT 后面都要有词，至少要有一个要找的词，例如 人才 NOT 住房")
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(All(tuple(wanted), tuple(unwanted)) for wanted, unwanted in groups)


def _term(quoted: str | None, bare: str | None, cut: Cut | None, mistakes: list[str]) -> Term:
    """Return the term of a token; note one that is empty or too long."""
    text = "".join((quoted if quoted is not None else bare or "").split())
    if not text or len(text) > MOST_CHARS:
        mistakes.append(f"检索词“{text[:20]}”应有 1 到 {MOST_CHARS} 个字")
    words = [word for word in cut(text) if word.strip()] if quoted is None and cut is not None and text else []
    return Term(text, tuple(dict.fromkeys(words)) if len(words) > 1 else ())


def search(
    out: Path,
    wanted: Sequence[All],
    filters: SearchFilters | None = None,
    *,
    keep: Keep | None = None,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the sentences that fit one of ``wanted``, a row each with the columns of ``HEADINGS``.

    Those that hold every word as it stands come first (``match`` exact, else words), then by document and place.
    ``start``, ``end`` and ``marks`` (the places of what was found, [start, end] each) are offsets into ``raw_text``.
    ``keep`` judges each place found (document, start, end). Raises PipelineError for a filter's value that isn't there,
    or after ``seconds``.
    """
    import pyarrow as pa

    until = time.monotonic() + seconds
    rows: list[dict[str, Any]] = []
    with connect(out) as connection:
        cursor = connection.cursor()
        where, values = conditions(filters or SearchFilters(), connection, codebook_names(connection))
        sql, patterns = _documents(wanted, where)
        with translated(connection, sql, seconds):
            found = connection.execute(sql, [*values, *patterns])
            while batch := found.fetchmany(_BATCH):
                for doc_id, name, title, region, year, raw, clean in batch:
                    text = Sentences(cursor, doc_id, name, raw, clean or raw)
                    head = {"source_name": name, "title": title, "region": region, "year": year, "doc_id": doc_id}
                    rows += [head | row for row in _rows(text, wanted, keep)]
                    if time.monotonic() > until:
                        raise PipelineError(too_long(seconds))
    rows.sort(key=lambda row: row["match"] != EXACT)  # stable: within it the documents' order
    return pa.Table.from_pylist(rows[:limit], _schema())


def _schema() -> pa.Schema:
    """Return the schema of what ``search`` gives."""
    import pyarrow as pa

    types = {"year": pa.int64(), "page": pa.int64(), "start": pa.int64(), "end": pa.int64()}
    types["marks"] = pa.list_(pa.list_(pa.int64()))
    return pa.schema([(name, types.get(name, pa.string())) for name in HEADINGS])


def _documents(wanted: Sequence[All], where: str) -> tuple[str, list[str]]:
    """Return the statement of the documents that can hold a sentence that fits, and the patterns for its ``?``."""
    patterns: list[str] = []
    groups = []
    for group in wanted:
        terms = []
        for term in group.wanted:
            ways = [[term.text], list(term.words)] if term.words else [[term.text]]
            patterns += [_pattern(word, _GAP) for way in ways for word in way]
            terms.append(
                " OR ".join("(" + " AND ".join(["regexp_matches(raw_text, ?)"] * len(way)) + ")" for way in ways)
            )
        groups.append(" AND ".join(f"({term})" for term in terms))
    sql = (
        f"SELECT doc_id, source_name, title, region, year, raw_text, clean_text FROM (SELECT *, rowid AS position FROM"
        f" documents{where}) WHERE raw_text IS NOT NULL AND doc_id NOT IN {COPIES}"
        f" AND ({' OR '.join(f'({group})' for group in groups)}) ORDER BY position"
    )
    return sql, patterns


def _pattern(word: str, gap: str) -> str:
    """Return a pattern of ``word``, whatever white space is between its characters."""
    return "(?i)" + gap.join(re.escape(char) for char in word)


def _rows(text: Sentences, wanted: Sequence[All], keep: Keep | None) -> Iterator[dict[str, Any]]:
    """Yield a document's sentences that fit, in order."""
    hits: dict[Span, _Hit] = {}
    known: dict[str, dict[Span, set[Span]]] = {}

    def places(word: str) -> dict[Span, set[Span]]:
        if word not in known:
            known[word] = _places(text, word, keep)
        return known[word]

    for group in wanted:
        fitting = [_fitting(term, places) for term in group.wanted]
        shut = {sentence for term in group.unwanted for sentence in places(term.text)}
        for sentence in set.intersection(*map(set, fitting)) - shut:
            exact = all(one[sentence].exact for one in fitting)
            hit = hits.setdefault(sentence, _Hit(exact, set()))
            hit.exact |= exact
            hit.marks.update(*(one[sentence].marks for one in fitting))
    for (start, end), hit in sorted(hits.items()):
        section, page = text.place(start, end)
        yield {
            "section": section,
            "page": page,
            "start": start,
            "end": end,
            "text": text.raw[start:end],
            "match": EXACT if hit.exact else BY_WORDS,
            "marks": _merged(hit.marks),
        }


def _fitting(term: Term, places: Callable[[str], dict[Span, set[Span]]]) -> dict[Span, _Hit]:
    """Return the sentences that hold a term, as it stands or as its words."""
    found = {sentence: _Hit(True, set(marks)) for sentence, marks in places(term.text).items()}
    parts = [places(word) for word in term.words]
    for sentence in set.intersection(*map(set, parts)) if parts else ():
        found.setdefault(sentence, _Hit(False, set().union(*(part[sentence] for part in parts))))
    return found


def _places(text: Sentences, word: str, keep: Keep | None) -> dict[Span, set[Span]]:
    """Return the sentences with ``word`` and its places in each."""
    found: dict[Span, set[Span]] = {}
    sentence = (0, 0)
    for one in re.finditer(_pattern(word, r"\s*"), text.raw):
        if keep is None or keep(text.doc_id, one.start(), one.end()):
            if not (sentence[0] <= one.start() and one.end() <= sentence[1]):
                sentence = text.around(one.start(), one.end(), 0, len(text.raw))
            found.setdefault(sentence, set()).add(one.span())
    return found


def _merged(marks: set[Span]) -> list[list[int]]:
    """Return places in order, those that overlap as one."""
    found: list[list[int]] = []
    for start, end in sorted(marks):
        if found and start < found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found
