"""The axes of a matrix: codes, coders, the closed lists of measures, any attribute of the documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from pipeline.core.errors import PipelineError
from pipeline.structure.regions import provinces
from pipeline.table.derive import columns
from pipeline.table.query import COPIES
from pipeline.table.schema import BOUNDS, KINDS, ROLES, DocumentRow
from pipeline.table.view import codebook_names
from pipeline.table.words import closest

if TYPE_CHECKING:
    import duckdb

Of = Literal["coding", "measure", "document"]
# between the codebook and the code in a head's key
SEPARATOR = "\x1f"
MISSING = "（未写明）"
# documents that were read, each content once
READ = f"status <> 'failed' AND doc_id NOT IN {COPIES}"
_DOCUMENT = ("document", "文档", "doc", "source_name", "文件名", "doc_id", "文档编号")
_CODE, CODER = ("code", "代码", "编码"), ("coder", "编码者")
_CLOSED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "role": ("作用", ROLES),
    "kind": ("类型", KINDS),
    "bound": ("限定", BOUNDS),
}
_OPEN = {"unit": "单位", "instrument": "支持方式", "per": "计量基准"}
_LEVELS = ("国家", "省", "市", "县", "乡", "镇", "街道", "村")
_PROVINCE, _YEAR = ("省份", "province"), ("年份", "year")
_WHOLE = "全国"
_PERIOD = re.compile(r"(?:年份|year)\s*/\s*(\d{1,2})")
_SPAN = re.compile(r"(?=.*\d)(\d{4})?\s*[-—–~～至到]\s*(\d{4})?")
_ONE_YEAR = re.compile(r"\d{4}")
_NO_ATTRIBUTE = {"raw_text", "clean_text", "source_name", "doc_id"}
_LISTS = {"issuer"}
_BY_VALUE = {"issue_date", "effective_date", "expiry", "doc_number"}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a row or column: what the tables call it, what people call it, how deep in its hierarchy."""

    key: str
    label: str
    depth: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a matrix. ``sql`` gives a head's key from a coding ``g``, a measure ``m`` or a document ``d``.

    ``many``: one thing may stand under several heads, so totals aren't sums.
    """

    of: Of
    name: str
    zh: str
    sql: str
    heads: tuple[Head, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class _Code:
    """One code of the run."""

    book: str
    code: str
    name: str
    depth: int
    path: str


def attributes() -> dict[str, str]:
    """Return the attributes of documents that can be an axis, with their Chinese names."""
    return {column.name: column.col.zh for column in columns(DocumentRow) if column.name not in _NO_ATTRIBUTE}


def read_axis(
    connection: duckdb.DuckDBPyConnection,
    given: str,
    *,
    codebooks: Iterable[str] = (),
    coders: Iterable[str] = (),
    top: bool = False,
) -> Axis:
    """Return the axis meant by 「NAME」 or 「NAME=value,value」; names and values in English or Chinese.

    NAME is code (of ``codebooks``, default all), a codebook, coder, role, kind, bound, unit, instrument, per, document,
    an attribute of documents, province (省份) or year/5 (periods of five years); years may be spans: 「年份=2019-2022」
    「年份=2023-」. ``top`` keeps the codes of the highest level.
    Raises PipelineError for an unknown name or value, naming what there is.
    """
    name, equals, values = given.partition("=")
    name = name.strip()
    wanted = [one.strip() for one in re.split("[,，]", values) if one.strip()]
    if equals and not wanted:
        raise PipelineError(f"“{given}”：等号后面应写要的值，以逗号分隔；要全部的值时不写等号")
    names = codebook_names(connection)
    book = find_book(connection, names, name)
    if name in _CODE or book is not None:
        books = [book] if book is not None else find_books(connection, names, codebooks)
        return _code_axis(connection, books, names, wanted=wanted, top=top)
    if name in CODER:
        heads = [Head(one, coder_words(one)) for one in coders]
        return Axis("coding", "coder", "编码者", "g.coder", chosen(heads, wanted, given))
    if axis := _measure_axis(connection, name, wanted):
        return axis
    return _document_axis(connection, name, wanted, names)


def coder_words(coder: str) -> str:
    """Return a coder as people call it: 「machine:terms@1.0」 → 「机器（terms@1.0）」."""
    return f"机器（{coder.removeprefix('machine:')}）" if coder.startswith("machine:") else coder


def find_book(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], given: str) -> str | None:
    """Return the codebook meant by its id or its Chinese name."""
    known = known_books(connection)
    if given in known:
        return given
    return next((book for book in known if names.get(book) == given), None)


def known_books(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return all codebooks of the run, those with codes in their order first."""
    sql = (
        "SELECT codebook FROM (SELECT codebook, rowid AS place FROM codes UNION ALL SELECT DISTINCT codebook, NULL FROM"
        " codings) GROUP BY codebook ORDER BY min(place) NULLS LAST, codebook"
    )
    return [str(row[0]) for row in connection.execute(sql).fetchall()]


def find_books(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], given: Iterable[str]) -> list[str]:
    """Return the codebooks meant, all without any. Raises PipelineError naming what there is."""
    known = known_books(connection)
    mistakes, found = [], []
    for one in given:
        book = find_book(connection, names, one)
        if book is None:
            spellings = [word for each in known for word in (names.get(each), each) if word]
            mistakes.append(f"没有编码本“{one}”{closest(one, spellings)}")
        else:
            found.append(book)
    if mistakes:
        raise PipelineError(*mistakes)
    return found or known


def code_list(connection: duckdb.DuckDBPyConnection, books: Iterable[str]) -> list[_Code]:
    """Return the codes of some codebooks, children after their parents, those without a codebook at the end."""
    rows = connection.execute("SELECT codebook, code, name, code_path, parent FROM codes ORDER BY rowid").fetchall()
    there = {(str(book), str(code)): (str(name), parent) for book, code, name, _, parent in rows}
    extra = connection.execute(
        "SELECT DISTINCT codebook, code FROM codings WHERE (codebook, code) NOT IN (SELECT (codebook, code) FROM codes)"
        " ORDER BY ALL"
    ).fetchall()
    found = {book: [] for book in books}  # type: dict[str, list[_Code]]
    for book, code, name, *_ in [*rows, *((book, code, code) for book, code in extra)]:
        if book in found:
            parents = _parents(there, book, code)
            path = "/".join([*(there[book, one][0] for one in reversed(parents)), str(name)])
            found[book].append(_Code(book, code, str(name), len(parents), path))
    return [code for codes in found.values() for code in codes]


def _parents(there: Mapping[tuple[str, str], tuple[str, Any]], book: str, code: str) -> list[str]:
    """Return the codes above a code, nearest first; a circle ends where it closes."""
    found: list[str] = []
    parent = there[book, code][1] if (book, code) in there else None
    while parent is not None and (book, parent) in there and parent not in found and parent != code:
        found.append(parent)
        parent = there[book, parent][1]
    return found


def find_codes(codes: Iterable[_Code], names: Mapping[str, str], given: str) -> list[_Code]:
    """Return the codes meant by 「引」「attract」「引育用留:引」「供给型/资金投入」; none gives ``[]``."""
    kept = list(codes)

    def fits(code: _Code, text: str) -> bool:
        return text in (code.code, code.name, code.path)

    if alone := [code for code in kept if fits(code, given)]:
        return alone
    book, mark, text = given.replace("：", ":").partition(":")
    return [code for code in kept if mark and book in (code.book, names.get(code.book)) and fits(code, text)]


def code_spellings(codes: Iterable[_Code], names: Mapping[str, str]) -> list[str]:
    """Return how codes can be typed, Chinese first."""
    kept = list(codes)
    return [*(code.name for code in kept), *(f"{names.get(code.book, code.book)}:{code.name}" for code in kept)] + [
        code.code for code in kept
    ]


def _code_axis(
    connection: duckdb.DuckDBPyConnection, books: list[str], names: Mapping[str, str], *, wanted: list[str], top: bool
) -> Axis:
    """Return an axis of codes."""
    codes = code_list(connection, books)
    mistakes = []
    if wanted:
        kept: list[_Code] = []
        for one in wanted:
            found = find_codes(codes, names, one)
            kept += found
            if not found:
                mistakes.append(f"没有代码“{one}”{closest(one, code_spellings(codes, names))}")
        codes = list(dict.fromkeys(kept))
    if mistakes:
        raise PipelineError(*mistakes)
    if top and not wanted:
        codes = [code for code in codes if not code.depth]
    several = len({code.book for code in codes}) > 1
    heads = tuple(
        Head(
            f"{code.book}{SEPARATOR}{code.code}",
            f"{names.get(code.book, code.book)}:{code.name}" if several else code.name,
            0 if wanted else code.depth,
            f"{names.get(code.book, code.book)}：{code.path}",
        )
        for code in codes
    )
    zh = names.get(books[0], books[0]) if len(books) == 1 else "代码"
    return Axis("coding", "code", zh, "g.code", heads, many=True)


def _measure_axis(connection: duckdb.DuckDBPyConnection, name: str, wanted: list[str]) -> Axis | None:
    """Return an axis of measures, or nothing when the name is none."""
    for column, (zh, values) in _CLOSED.items():
        if name in (column, zh):
            heads = [Head(key, word) for key, word in values.items()]
            return Axis("measure", column, zh, f"m.{column}", chosen(heads, wanted, name))
    for column, zh in _OPEN.items():
        if name in (column, zh):
            sql = f"SELECT coalesce({column}, '') FROM measures GROUP BY 1 ORDER BY count(*) DESC, 1"
            heads = _valued(str(row[0]) for row in connection.execute(sql).fetchall())
            return Axis("measure", column, zh, f"coalesce(m.{column}, '')", chosen(heads, wanted, name))
    return None


def _document_axis(
    connection: duckdb.DuckDBPyConnection, name: str, wanted: list[str], books: Mapping[str, str]
) -> Axis:
    """Return an axis of documents or of one of their attributes. Raises PipelineError for an unknown name."""
    if name in _DOCUMENT:
        rows = connection.execute(
            f"SELECT doc_id, source_name, title FROM documents WHERE {READ} ORDER BY rowid"
        ).fetchall()
        heads = [Head(str(key), str(label), note=str(title or "")) for key, label, title in rows]
        return Axis("document", "document", "文档", "d.doc_id", chosen(heads, wanted, name))
    if name in _PROVINCE:
        return _province_axis(connection, wanted)
    if (period := _PERIOD.fullmatch(name)) and (length := int(period[1])):
        first = f"(d.year // {length} * {length})"
        sql = f"coalesce({first} || '–' || ({first} + {length - 1}), '')"
        return Axis("document", "period", "年份", sql, chosen(_heads(connection, sql, "key"), wanted, name))
    if name in _YEAR and any(_SPAN.fullmatch(one) for one in wanted):
        return _span_axis(wanted)
    known = attributes()
    column = next((one for one, zh in known.items() if name in (one, zh)), None)
    if column is None:
        own = ["代码", "编码者", "作用", "类型", "限定", *_OPEN.values(), "文档"]
        more = ["code", "coder", *_CLOSED, *_OPEN, "document", *_PROVINCE]
        there = [*own, *known.values(), *books.values(), *known, *books, *more]
        raise PipelineError(f"没有可作行或列的“{name}”{closest(name, there)}；全部可用的见 cewen matrix --help")
    sql = f"coalesce(CAST(d.{column} AS VARCHAR), '')"
    many = column in _LISTS
    if many:
        sql = f"unnest(list_distinct(string_split({sql}, '；')))"
    order = {"year": "try_cast(key AS INTEGER)", "region": "min(region_code) NULLS LAST, key"}
    ordered = order.get(column, "key" if column in _BY_VALUE else "count(*) DESC, key")
    words = next((c.col.values for c in columns(DocumentRow) if c.name == column), None) or {}
    heads = _heads(connection, sql, ordered, words.get)
    if column == "level":
        heads.sort(key=lambda head: _LEVELS.index(head.key) if head.key in _LEVELS else len(_LEVELS))
    return Axis("document", column, known[column], sql, chosen(heads, wanted, name), many)


def _province_axis(connection: duckdb.DuckDBPyConnection, wanted: list[str]) -> Axis:
    """Return the axis of provinces: by the region's code, for a region without one by how its name begins."""
    known = provinces()
    cases = " ".join(
        f"WHEN d.region_code[:2] = '{code}' OR d.region_code IS NULL AND starts_with(d.region, '{name}') THEN '{name}'"
        for code, name in known.items()
    )
    sql = f"CASE {cases} WHEN d.region = '{_WHOLE}' THEN '{_WHOLE}' ELSE '' END"
    order = [_WHOLE, *known.values()]
    heads = sorted(_heads(connection, sql, "key"), key=lambda head: order.index(head.key) if head.key else len(order))
    return Axis("document", "province", "省份", sql, chosen(heads, wanted, "省份"))


def _span_axis(wanted: list[str]) -> Axis:
    """Return the axis of spans of years, single years among them: 「2019-2022」「-2018」「2024」."""
    spans: dict[Head, tuple[int, int]] = {}
    for one in wanted:
        if span := _SPAN.fullmatch(one):
            head = Head(f"{span[1] or ''}-{span[2] or ''}", f"{span[1] or ''}–{span[2] or ''}")
            spans[head] = (int(span[1] or 0), int(span[2] or 9999))
        elif _ONE_YEAR.fullmatch(one):
            spans[Head(one, one)] = (int(one), int(one))
    wrong = [one for one in wanted if not (_SPAN.fullmatch(one) or _ONE_YEAR.fullmatch(one))]
    wrong += [head.key for head, (low, high) in spans.items() if low > high]
    if wrong:
        raise PipelineError(f"年份：“{'、'.join(wrong)}”不是年份，应如 2024、2019-2022、2023-、-2018")
    cases = ", ".join(f"CASE WHEN d.year BETWEEN {a} AND {b} THEN '{head.key}' END" for head, (a, b) in spans.items())
    ends = sorted(spans.values())
    many = any(after[0] <= before[1] for before, after in pairwise(ends))
    sql = f"unnest(string_split(concat_ws(' ', {cases}), ' '))"
    return Axis("document", "year", "年份", sql, tuple(spans), many)


def _heads(
    connection: duckdb.DuckDBPyConnection, sql: str, ordered: str, word: Callable[[str], str | None] = lambda _: None
) -> list[Head]:
    """Return the heads of an expression over documents ``d``, in the order ``ordered``."""
    query = f"SELECT key FROM (SELECT {sql} AS key, region_code FROM documents d WHERE {READ}) GROUP BY key"
    return _valued([str(row[0]) for row in connection.execute(f"{query} ORDER BY {ordered}").fetchall()], word)


def _valued(keys: Iterable[str], word: Callable[[str], str | None] = lambda _: None) -> list[Head]:
    """Return the heads of values, what isn't said at the end."""
    kept = list(keys)
    return [Head(key, word(key) or key) for key in kept if key] + [Head("", MISSING) for key in kept if not key]


def chosen(heads: list[Head], wanted: list[str], given: str) -> tuple[Head, ...]:
    """Return the heads meant by values: equal ones, else those that contain the text. Raises PipelineError for none."""
    if not wanted:
        return tuple(heads)
    found: list[Head] = []
    mistakes = []
    for one in wanted:
        equal = [head for head in heads if one in (head.key, head.label, head.label.strip("（）"))]
        equal = equal or [head for head in heads if one in head.label]
        found += equal
        if not equal:
            mistakes.append(f"{given.partition('=')[0]}：没有“{one}”{closest(one, [head.label for head in heads])}")
    if mistakes:
        raise PipelineError(*mistakes)
    return tuple(dict.fromkeys(found))
