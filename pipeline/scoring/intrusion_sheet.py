"""Sheets of a word-intrusion test as workbooks: one for each reader, and the key apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.files import check_free
from pipeline.core.issues import issue
from pipeline.table.workbook import Look, Sheet, workbook
from pipeline.topics.intrusion import WORDS, Item

_NUMBER, _ANSWER = "题号", "闯入词"
_OPTIONS = tuple(f"词{place}" for place in range(1, WORDS + 2))
_HEADS = (_NUMBER, *_OPTIONS, _ANSWER)
_KEY_HEADS = (_NUMBER, "主题", _ANSWER, *(f"主题词{place}" for place in range(1, WORDS + 1)), "模型")
_GUIDE = (
    "每题六个词中，五个属于同一类，一个是闯入的。请在“闯入词”一栏写下闯入的词，或它的序号（1 至 6）。",
    "看不出时也请选一个最可能的；确实没有看的题请留空，不计入。",
    "请各自独立填写，不要商量，也不要先看答案文件。请不要改动其他各栏。",
)
_MOST_CHARS, _MOST_ROWS = 10_000_000, 10_000


def write_sheets(items: Sequence[Item], folder: Path, *, digest: str, force: bool = False) -> tuple[Path, ...]:
    """Write a sheet for each reader and the key into ``folder``; ``digest`` is the model's. Equal items, equal bytes.

    Returns the files, the key last. Raises PipelineError when there is no item, the place can't be written, or a file
    is there already, which only ``force`` replaces.
    """
    if not items:
        raise PipelineError("没有一个主题可以出题：主题太少，或各主题的词太相近")
    files = [folder / f"词语闯入_读者{reader + 1}.xlsx" for reader in range(len(items[0].orders))]
    key_file = folder / "词语闯入_答案.xlsx"
    check_free(*files, key_file, force=force)
    for reader, path in enumerate(files):
        lines = [(item.number, *item.orders[reader], None) for item in items]
        with workbook(path) as book:
            book.sheet(Sheet("答题", _HEADS, (Look(6), *(Look(16) for _ in _OPTIONS), Look(18)), 1), lines)
            book.sheet(Sheet("说明", ("说明",), (Look(90, wrap=True),)), [(line,) for line in _GUIDE])
    with workbook(key_file) as book:
        looks = (Look(6), Look(6), Look(18), *(Look(16) for _ in range(WORDS)), Look(18))
        key = [(item.number, item.topic, item.intruder, *item.words, digest) for item in items]
        book.sheet(Sheet("答案", _KEY_HEADS, looks, 1), key)
    return (*files, key_file)


def read_key(file: Path) -> tuple[list[Item], str]:
    """Return the items of a key, without orders, and the digest of the model. Raises PipelineError if it's no key."""
    items, digest = [], ""
    for number, row in _rows(file, _KEY_HEADS):
        words = tuple(row[head] for head in _KEY_HEADS[3:-1])
        topic, digest = row["主题"], row["模型"]
        if not topic.isdecimal() or not all(words) or not row[_ANSWER]:
            raise PipelineError(f"{file}: 第 {number} 题的答案不完整，请用原来的答案文件")
        items.append(Item(number, int(topic), words, row[_ANSWER], ()))
    return items, digest


def read_answers(file: Path, items: Sequence[Item]) -> dict[int, str]:
    """Return the word a reader chose in each item she answered.

    Raises PipelineError with every mistake: an answer that's none of the six words, a sheet of another key.
    """
    by_number = {item.number: item for item in items}
    mistakes, answers = [], {}
    for number, row in _rows(file, _HEADS):
        options = [row[head] for head in _OPTIONS]
        item = by_number.get(number)
        if item is None or sorted(options) != sorted([*item.words, item.intruder]):
            mistakes.append(f"{file}: 第 {number} 题与答案文件不是同一套，请核对文件，或恢复改动过的词")
            continue
        given = unicodedata.normalize("NFKC", row[_ANSWER]).strip()
        if given.isdecimal() and 1 <= int(given) <= len(options):
            answers[number] = options[int(given) - 1]
        elif given in options:
            answers[number] = given
        elif given:
            mistakes.append(f"{file}: 第 {number} 题填的“{given}”不是六个词之一，也不是 1 至 {len(options)} 的序号")
    if mistakes:
        raise PipelineError(*mistakes)
    return answers


def _rows(file: Path, heads: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each item and its cells by head, empty ones as ""."""
    from pipeline.ingest.xlsx import sheets_of

    try:
        content = file.read_bytes()
        if not is_zipfile(BytesIO(content)):
            raise PipelineError(f"{file}: 不是出题时写出的工作簿（.xlsx），请核对文件")
        found = sheets_of(content, file.name, max_chars=_MOST_CHARS, most_rows=_MOST_ROWS)
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": str(file), **error.detail}
        raise PipelineError(issue("ingest", error.code, **detail).message) from error
    except OSError as error:
        raise PipelineError(f"{file}: 读不出来（{error.strerror}），请检查路径和权限") from error
    for grid, _ in found:
        columns = {text.strip(): column for column, text in grid.lines[0].cells.items()} if grid.lines else {}
        if not set(heads) <= columns.keys():
            continue
        for line in grid.lines[1:]:
            row = {head: line.cells.get(columns[head], "").strip() for head in heads}
            if not row[_NUMBER].isdecimal():
                raise PipelineError(f"{file}: 第 {line.number} 行的题号“{row[_NUMBER]}”不是数字")
            yield int(row[_NUMBER]), row
        return
    raise PipelineError(f"{file}: 没有找到表头（应有{'、'.join(heads)}）")
