"""The generated pages of ``docs/``: data dictionary, issue codes, commands. A test fails when they are out of date.

``python -m pipeline.cli.docs docs`` writes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.cli.help import commands_below, help_page
from pipeline.cli.main import cli
from pipeline.core.issues import CODES
from pipeline.export.targets import TARGETS
from pipeline.table.derive import PRECISION, SCALE, Column, columns
from pipeline.table.panel import figures
from pipeline.table.schema import SEVERITIES, TABLES
from pipeline.table.view import DOCUMENT_COLUMNS, OWN_COLUMNS

_MADE = "<!-- 由 python -m pipeline.cli.docs docs 生成，请勿手改 -->"
_PANEL = (
    "每个单位（`--panel` 所写的属性，如 地区,年份）一行：先是单位的各列"
    "（地区另有 `region_code`，文档另有文件名、标题等），"
    "再是下面这些列，最后每个代码三列：`c_代码` 编码处数（含下级，同一处只计一次）、`m_代码` 这些编码中的措施条数、"
    "`s_代码` 其中优惠支持的金额之和（元）。两个编码本中同名的代码写作 `c_编码本_代码`。"
)
_TYPES = {"str": "文字", "int": "整数", "float": "小数", "Decimal": f"定点数({PRECISION},{SCALE})"}


def data_dictionary() -> str:
    """Return docs/data-dictionary.md: every table and the view, column by column."""
    parts = [
        "# 数据字典",
        _MADE,
        "位置（起、止）都是 `documents.raw_text` 中的字符位置，从 0 起，不含“止”。"
        "空值表示原文没有写明，或该步骤没有运行。",
        "同样的表在 `knowledge.duckdb`（列注释即下面的说明）和 `tables/*.parquet` 中各有一份。"
        '`references` 是 SQL 的保留字，查询时写成 `"references"`。',
    ]
    for table in TABLES:
        parts += [f"## {table.name}：{table.zh}", _columns(columns(table.row))]
    parts += ["## knowledge：政策知识表（视图）", "每条措施一行：`measures` 的全部列，以及下面这些列。", _view()]
    parts += ["## panel：面板（`cewen export --panel`）", _PANEL, _columns(tuple(figures()))]
    return _page(parts)


def _columns(found: tuple[Column, ...]) -> str:
    """Return the Markdown table of some columns."""
    lines = ["| 列 | 标题 | 类型 | 可空 | 说明 | 取值 |", "|---|---|---|---|---|---|"]
    for column in found:
        values = "、".join(f"`{key}` {word}" for key, word in (column.col.values or {}).items())
        empty = "是" if column.nullable else ""
        cells = (f"`{column.name}`", column.col.zh, _TYPES[column.type.__name__], empty, column.col.note, values)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _view() -> str:
    """Return the Markdown table of the view's own columns."""
    document = {column.name: column for column in columns(TABLES[0].row)}
    lines = ["| 列 | 说明 |", "|---|---|"]
    lines += [f"| `{name}` | {document[name].col.zh}（来自 documents） |" for name in DOCUMENT_COLUMNS]
    lines += [f"| `{name}` | {col.zh}：{col.note} |" for name, col in OWN_COLUMNS.items()]
    each = "每个编码本一列，例如 `codes_silian`：含有本措施的语句在这个编码本中的编码，以；连接；标题为编码本的名称"
    lines.append(f"| `codes_编码本` | {each} |")
    return "\n".join(lines)


def issue_codes() -> str:
    """Return docs/issues.md: every issue code with its message and what to do."""
    lines = ["| 代码 | 程度 | 说明 | 怎么办 |", "|---|---|---|---|"]
    for code, entry in CODES.items():
        cells = (f"`{code}`", SEVERITIES[entry.severity], entry.message, entry.advice)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    words = (
        "有错误的文档记为“失败”，有警告的记为“部分完成”，提示不影响状态。`{…}` 处是每次的具体内容。"
        "`cewen issues OUT` 列出一次运行的全部问题；表 `issues` 中也有。"
    )
    return _page(["# 问题代码", _MADE, words, "\n".join(lines)])


def command_pages() -> str:
    """Return docs/cli.md: the help page of every command, exit codes and export formats."""
    parts = [
        "# 命令",
        _MADE,
        "结果写到标准输出，提示写到标准错误。\n\n"
        "| 退出码 | 含义 |\n|---|---|\n| 0 | 完成 |\n| 1 | 程序缺陷 |\n"
        "| 2 | 选项、配置或编码本有误：全部错误都列出，什么都没有运行 |\n"
        "| 3 | 运行完了，但有文档失败（逐一列出原因） |",
    ]
    for path, command in commands_below(cli, "cewen"):
        parts += [f"## {path}", f"```text\n{help_page(command, path).rstrip()}\n```"]
    lines = ["| 格式 | 内容 | 给出的位置 |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.zh} | {one.suffix} 文件{'，或目录' if one.folder else ''} |" for one in TARGETS]
    return _page([*parts, "## 导出格式", "\n".join(lines)])


def _page(parts: list[str]) -> str:
    """Return a Markdown page."""
    return "\n\n".join(parts) + "\n"


PAGES = {"data-dictionary.md": data_dictionary, "issues.md": issue_codes, "cli.md": command_pages}


def main(folder: Path) -> None:
    """Write all pages into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (folder / name).write_text(make(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
