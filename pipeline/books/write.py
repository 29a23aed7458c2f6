"""Codebooks as files that people go on with: a workbook, one table of delimited text, or YAML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.coding.cells import sentences_cell, term_cell, words_cell
from pipeline.coding.codebook import Code, Codebook, Term, walk
from pipeline.coding.table_layout import HEADS, KEYS
from pipeline.core.errors import PipelineError
from pipeline.core.files import completed

_MOST_CELL = 32_767  # characters in a cell of Excel
_CREATED = datetime(2000, 1, 1)  # equal codebooks make equal files
_CODE_KEYS = ("code", "parent", "name", "definition", "include", "exclude", "aliases", "examples", "counter_examples")
_TERM_KEYS = ("terms", "weight", "near", "not")
_WIDTHS = {"code": 18, "parent": 18, "name": 16, "aliases": 20, "terms": 20, "weight": 8, "near": 30, "not": 30}
_WIDE = 50
_NOTES = (
    ("编码本", "整个编码本的标识、名称、版本、定义、出处、标题权重。改了内容请把版本加一。"),
    ("代码", "一行一个代码；“上级”写上级的代码，最高一级留空。一格里有几项的，一行一项（Alt+Enter 换行）。"),
    ("例句、反例", "每一句例句都应得到该代码，反例都不应得到；cewen codebook check 逐句检查。"),
    ("词语", "一行一个词：权重 0 到 5，不写为 1；近：同一句或上一级标题里须有其一；非：落在这些词语里的不算。"),
    ("词组", "“近”“非”里可以 $名称 引用的一串词。"),
    ("符号", "词本身含有 、，；* 或括号的，在前面加 \\；不认识的工作表（例如本表）不读。"),
)


def write_book(book: Codebook, target: Path) -> None:
    """Write ``book`` to ``target`` by its suffix: .xlsx, .csv (UTF-8 with a mark, for Excel) or .yaml.

    It appears only once it is complete; reading it back gives an equal codebook. Raises PipelineError for another
    suffix, a text too long for a cell, and a place that can't be written.
    """
    makers = {".xlsx": codebook_to_xlsx, ".csv": codebook_to_csv, ".yaml": codebook_to_yaml, ".yml": codebook_to_yaml}
    make = makers.get(target.suffix.lower())
    if make is None:
        raise PipelineError(f"{target}: 只能导出为 .xlsx、.csv 或 .yaml 文件")
    content = make(book)
    with completed(target) as fresh:
        fresh.write_bytes(content)


def codebook_to_xlsx(book: Codebook) -> bytes:
    """Return a workbook: sheets 编码本, 代码, 词语, 词组 (when there are groups) and 写法. Equal books, equal bytes."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"created": _CREATED, "author": "cewen"})
        bold = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "valign": "top", "border": 1})
        plain = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for title, heads, rows, widths in _tables(book):
            sheet = workbook.add_worksheet(title)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width, plain)
            for column, head in enumerate(heads):
                sheet.write_string(0, column, head, bold)
            for number, row in enumerate(rows, 1 if heads else 0):
                for column, value in enumerate(row):
                    if value:
                        sheet.write_string(number, column, _fitting(value, book), plain)
            if heads:
                sheet.freeze_panes(1, 1)
    return stream.getvalue()


def codebook_to_csv(book: Codebook) -> bytes:
    """Return one table: the keys of the codebook, then its codes, each with its terms in rows of their own."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    groups = [(f"词组：{name}", words_cell(words)) for name, words in book.groups.items()]
    writer.writerows([*_keys(book), *groups])
    writer.writerow([HEADS[key][0] for key in (*_CODE_KEYS, *_TERM_KEYS)])
    for path in walk(book.codes):
        terms = [_term_row(term) for term in path[-1].terms] or [[""] * len(_TERM_KEYS)]
        for index, term in enumerate(terms):
            writer.writerow([*(_code_row(path) if not index else [""] * len(_CODE_KEYS)), *term])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def codebook_to_yaml(book: Codebook) -> bytes:
    """Return it as YAML, without the keys that have their defaults."""
    import yaml

    data = book.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump({"codebook": book.codebook, **data}, allow_unicode=True, sort_keys=False, width=110)
    return str(text).encode()


_Sheet = tuple[str, Sequence[str], Iterable[Sequence[str]], Sequence[int]]


def _tables(book: Codebook) -> list[_Sheet]:
    """Return the sheets: title, heads, rows, widths of columns."""
    codes = list(walk(book.codes))
    terms = [[path[-1].code, *_term_row(term)] for path in codes for term in path[-1].terms]
    sheets: list[_Sheet] = [
        ("编码本", (), _keys(book), (14, 80)),
        ("代码", _heads(_CODE_KEYS), [_code_row(path) for path in codes], _widths(_CODE_KEYS)),
        ("词语", _heads(("code", *_TERM_KEYS)), terms, _widths(("code", *_TERM_KEYS))),
    ]
    if book.groups:
        groups = [(name, words_cell(words)) for name, words in book.groups.items()]
        sheets.append(("词组", _heads(("group", "terms")), groups, (18, 80)))
    return [*sheets, ("写法", (), _NOTES, (14, 100))]


def _heads(keys: Iterable[str]) -> list[str]:
    """Return the Chinese heads of columns."""
    return [HEADS[key][0] for key in keys]


def _widths(keys: Iterable[str]) -> list[int]:
    """Return the widths of columns."""
    return [_WIDTHS.get(key, _WIDE) for key in keys]


def _keys(book: Codebook) -> list[tuple[str, str]]:
    """Return what goes for the whole codebook."""
    return [(words[0], _number(getattr(book, key))) for key, words in KEYS.items()]


def _number(value: Any) -> str:
    """Return a number without a needless 「.0」, a text as it is."""
    return f"{value!r}".removesuffix(".0") if isinstance(value, float) else str(value)


def _code_row(path: tuple[Code, ...]) -> list[str]:
    """Return the cells of a code, in the order of its keys."""
    code = path[-1]
    lists = [sentences_cell(items) if items else "" for items in (code.include, code.exclude)]
    examples = [sentences_cell(items) if items else "" for items in (code.examples, code.counter_examples)]
    parent = path[-2].code if len(path) > 1 else ""
    return [code.code, parent, code.name, code.definition, *lists, words_cell(code.aliases), *examples]


def _term_row(term: Term) -> list[str]:
    """Return the cells of a term; the weight 1 isn't written."""
    weight = "" if term.weight == 1 else _number(term.weight)
    return [term_cell(term.term), weight, words_cell(term.near), words_cell(term.unless)]


def _fitting(value: str, book: Codebook) -> str:
    """Return a text that a cell takes. Raises PipelineError for a longer one."""
    if len(value) > _MOST_CELL:
        raise PipelineError(
            f"{book.codebook}: 有一格超过 Excel 的 {_MOST_CELL} 个字（「{value[:20]}…」），请导出为 .yaml"
        )
    return value
