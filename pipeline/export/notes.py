"""The data dictionary and the notes that travel with an export."""

from __future__ import annotations

from pipeline.table.derive import Column

_EVERY = frozenset({"xlsx", "csv", "jsonl", "parquet", "sav", "dta"})
_STATS = frozenset({"sav", "dta"})
_SHEETS = frozenset({"xlsx", "csv"})
_PLAIN = _EVERY - _STATS - {"xlsx"}
# heading, sentence, the formats it is of
_NOTES = (
    ("这是什么", "策问（cewen）从政策文档中抽取的知识表。每张表一份，列的含义见“数据字典”。", _EVERY),
    ("政策知识表", "knowledge：每条措施一行，连同所在文档、章节、编码和主题；先看这一张。", _EVERY),
    ("自动判断", "措施、编码和主题都由程序得出，请对照“数值原文”“原文”核对后使用。", _EVERY),
    ("位置", "“起”“止”是 documents 表原始文本（raw_text）中的字符位置，从 0 起，不含“止”。", _EVERY),
    (
        "数值",
        "以基本单位计：金额为元，百分比为 % 前的数。确数的上限、下限相同；只有上限（“最高 20 万元”）时下限为空，"
        "只有下限（“不少于 3 年”）时上限为空。",
        _EVERY,
    ),
    ("原文", "“数值原文”“原文”逐字取自原始文本；工作簿中只去掉了硬换行，其他格式中一字不改。", _EVERY - _STATS),
    ("代码", "类型、限定、作用等为英文代码；对照见“数据字典”的取值一栏。", _PLAIN),
    ("代码", "类型、限定、作用等已换成中文；其他格式中的英文代码见“数据字典”的取值一栏。", frozenset({"xlsx"})),
    ("隐藏的列", "“政策知识表”把编号、位置等列收在右端，点表格上方的 + 号展开。", frozenset({"xlsx"})),
    ("日期", "写全了年月日的日期存为日期；只写到年、月的照原文存为文字，排序时在日期之后。", frozenset({"xlsx"})),
    ("问题", "没有读成的文件、存疑之处都列在 issues 表。", _EVERY),
    (
        "截断",
        "Excel 一格最多 32767 字，超出的以“……〔已截断〕”结尾；全文见 tables/*.parquet。",
        frozenset({"xlsx"}),
    ),
    (
        "长文本",
        "documents.csv 的 raw_text、clean_text 是全文，可能超过 32767 字：用 Excel 打开时会被截断或错行，"
        "请用 pandas、R 等读取，或在 Excel 中只用 knowledge.csv。",
        frozenset({"csv"}),
    ),
    (
        "公式",
        "文字一律按文字存放；CSV 中以 = + - @ 开头的文字前加了一个英文单引号，以免被当作公式。",
        _SHEETS,
    ),
    (
        "数值标签",
        "类型、作用、层级、地区等分类变量存为数字，附中文值标签；数字只在本次导出的各文件之间一致，合并别次的数据请按标签。",
        _STATS,
    ),
    ("变量名", "变量名由列名改成软件允许的写法，对照见“数据字典”；中文名称是变量标签。", _STATS),
    ("缺失", "数值变量的缺失为系统缺失值（SPSS 的 .、Stata 的 .）；文字变量的缺失与空文字不分。", _STATS),
    ("控制字符", "文字中的控制字符已去掉，换行保留。", _STATS),
    (
        "截断",
        "SPSS 的文字变量最多 32767 字节，超出的以“……〔已截断〕”结尾，行尾的空格不保留；全文见 tables/*.parquet。",
        frozenset({"sav"}),
    ),
    (
        "长文本",
        "2045 字节及更长的文字变量为 strL。文件为 Stata 14 及以后的格式。",
        frozenset({"dta"}),
    ),
)
HEADINGS = ("条目", "说明")
DICTIONARY_HEADINGS = ("表", "列名", "标题", "说明", "取值")


def notes(of: str) -> list[tuple[str, str]]:
    """Return the notes (heading, sentence) of the format ``of``."""
    return [(head, sentence) for head, sentence, formats in _NOTES if of in formats]


def line(table: str, column: Column) -> tuple[str, str, str, str, str]:
    """Return the data dictionary's line of one column: table, column, heading, explanation, words of a closed list."""
    words = "；".join(f"{key}＝{word}" for key, word in (column.col.values or {}).items())
    return table, column.name, column.col.zh, column.col.note, words
