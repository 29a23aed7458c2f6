"""The data dictionary and the notes that travel with an export."""

from __future__ import annotations

from pipeline.table.derive import columns
from pipeline.table.schema import TABLES

NOTES = (
    ("这是什么", "策问（cewen）从政策文档中抽取的知识表。每张表一份，列的含义见“数据字典”。"),
    ("位置", "“起”“止”是 documents 表原始文本（raw_text）中的字符位置，从 0 起，不含“止”。"),
    ("数值", "以基本单位计：金额为元，百分比为 % 前的数。单值时上限、下限相同；只有上限或下限时另一栏可能为空。"),
    ("原文", "“数值原文”“原文”逐字取自原始文本，可据此核对每一条。"),
    ("问题", "没有读成的文件、存疑之处都列在 issues 表。"),
    ("截断", "Excel 一格最多 32767 字，超出的以“……〔已截断〕”结尾；全文见 tables/*.parquet。"),
    ("公式", "文字一律按文字存放；CSV 中以 = + - @ 开头的文字前加了一个英文单引号，以免被当作公式。"),
)


def dictionary() -> list[tuple[str, str, str, str, str]]:
    """Return the data dictionary: table, column, heading, explanation and the words of closed lists."""
    found = []
    for table in TABLES:
        for column in columns(table.row):
            words = "；".join(f"{key}＝{word}" for key, word in (column.col.values or {}).items())
            found.append((f"{table.name} {table.zh}", column.name, column.col.zh, column.col.note, words))
    return found


DICTIONARY_HEADINGS = ("表", "列名", "标题", "说明", "取值")
