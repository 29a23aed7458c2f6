"""The data dictionary and the notes that travel with an export."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.export.knowledge import NAME, ZH
from pipeline.table.derive import Column, columns
from pipeline.table.schema import TABLES

NOTES = (
    ("这是什么", "策问（cewen）从政策文档中抽取的知识表。每张表一份，列的含义见“数据字典”。"),
    ("政策知识表", "knowledge：每条措施一行，连同所在文档、章节、编码和主题；先看这一张。"),
    ("自动判断", "措施、编码和主题都由程序得出，请对照“数值原文”“原文”核对后使用。"),
    ("位置", "“起”“止”是 documents 表原始文本（raw_text）中的字符位置，从 0 起，不含“止”。"),
    (
        "数值",
        "以基本单位计：金额为元，百分比为 % 前的数。确数的上限、下限相同；只有上限（“最高 20 万元”）时下限为空，"
        "只有下限（“不少于 3 年”）时上限为空。",
    ),
    ("原文", "“数值原文”“原文”逐字取自原始文本；工作簿中只去掉了硬换行，csv、jsonl 中一字不改。"),
    ("代码", "csv、jsonl 中类型、限定、作用等为英文代码，工作簿中为中文；对照见“数据字典”的取值一栏。"),
    ("隐藏的列", "工作簿的“政策知识表”把编号、位置等列收在右端，点表格上方的 + 号展开。"),
    ("问题", "没有读成的文件、存疑之处都列在 issues 表。"),
    ("截断", "Excel 一格最多 32767 字，工作簿中超出的以“……〔已截断〕”结尾；全文见 tables/*.parquet。"),
    (
        "长文本",
        "documents.csv 的 raw_text、clean_text 是全文，可能超过 32767 字：用 Excel 打开时会被截断或错行，"
        "请用 pandas、R 等读取，或在 Excel 中只用 knowledge.csv。",
    ),
    ("公式", "文字一律按文字存放；CSV 中以 = + - @ 开头的文字前加了一个英文单引号，以免被当作公式。"),
)
DICTIONARY_HEADINGS = ("表", "列名", "标题", "说明", "取值")


def dictionary(knowledge: Iterable[Column] = ()) -> list[tuple[str, str, str, str, str]]:
    """Return the data dictionary: table, column, heading, explanation and the words of closed lists.

    The columns of the view ``knowledge`` come first when given.
    """
    found = [_line(f"{NAME} {ZH}", column) for column in knowledge]
    for table in TABLES:
        found += [_line(f"{table.name} {table.zh}", column) for column in columns(table.row)]
    return found


def _line(table: str, column: Column) -> tuple[str, str, str, str, str]:
    """Return the dictionary's line of one column."""
    words = "；".join(f"{key}＝{word}" for key, word in (column.col.values or {}).items())
    return table, column.name, column.col.zh, column.col.note, words
