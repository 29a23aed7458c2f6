"""``cewen matrix``: counts by codes, attributes and measures, framework matrices, comparisons of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_csv, print_json, say, say_dropped, show, write_json
from pipeline.cli.params import Decorator, out_argument
from pipeline.cli.text import cut, fitting, table, terminal_columns
from pipeline.core.errors import PipelineError
from pipeline.core.files import check_place
from pipeline.table.matrices import PERCENTS, SCOPES, UNITS, Matrix, Percent, Question, matrix, passages
from pipeline.table.matrices_axes import attributes
from pipeline.table.matrices_frame import Framework, framework, framework_data, matrix_data, of_matrix, room
from pipeline.table.words import code_of, unwrap

if TYPE_CHECKING:
    from pipeline.export.matrix_xlsx import Written

FORMATS = ("table", "csv", "json", "xlsx")
# what a terminal shows of each cell, and how many passages are given in all without --most
_SHOWN, _ROOM = 3, 200_000
# a matrix of all codes over very many documents may take longer than a question should
_SECONDS = 600.0


def _words(values: dict[str, str]) -> Any:
    """Return the type of an option that takes a code or its Chinese word."""
    return click.Choice([*values, *values.values()])


_ATTRIBUTES = "、".join(f"{zh}（{name}）" for name, zh in attributes().items())
_options: tuple[Decorator, ...] = (
    click.option("--rows", metavar="行", help="行：见下“可作行、列的”。--framework 时默认为文档。"),
    click.option("--cols", metavar="列", help="列：同上。"),
    click.option("--unit", type=_words(dict(UNITS)), metavar="单位", help="格中数什么；默认按行、列而定。"),
    click.option("--codebook", "codebooks", multiple=True, metavar="编码本", help="行或列为“代码”时只用这些编码本。"),
    click.option(
        "--coder",
        "coders",
        multiple=True,
        metavar="编码者",
        help="machine（机器，默认）、people（人工）、all（全部）或编码者的名字；列为编码者时默认全部。",
    ),
    click.option(
        "--within",
        type=_words(dict(SCOPES)),
        default="clause",
        metavar="范围",
        help="代码 × 代码：两者同在哪里才算，默认 clause。",
    ),
    click.option("--top", is_flag=True, help="只要最高一级的代码。"),
    click.option("--percent", type=_words(dict(PERCENTS)), metavar="方式", help="另给百分比：占行、占列或占全部。"),
    click.option("--framework", "framed", is_flag=True, help="框架矩阵：格中为引文及其位置，默认 文档 × 代码。"),
    click.option(
        "--case",
        "cases",
        multiple=True,
        metavar="名称=内容",
        help="案例比较的一行：文件、文件#标题或 #标题，几个以 | 隔开。",
    ),
    click.option(
        "--column", "columns", multiple=True, metavar="名称=内容", help="案例比较的一列：代码或词语，几个以 | 隔开。"
    ),
    click.option("--cases", "case_file", type=Path, metavar="文件", help="案例比较的 YAML 文件，有 rows 和 columns。"),
    click.option("--details", is_flag=True, help="不给矩阵，给每一格背后的各处原文及位置。"),
    click.option(
        "--most", type=click.IntRange(1), metavar="处数", help="每格最多列多少处引文；默认共列 20 万处，各格平分。"
    ),
    click.option(
        "--format", "form", type=click.Choice(FORMATS), metavar="格式", help="输出格式，默认 table；xlsx 要加 --to。"
    ),
    click.option("--to", "target", type=Path, metavar="文件", help="写入文件，格式由扩展名定：.xlsx、.csv、.json。"),
)


def _with_options(function: Any) -> Any:
    """Give the command its options."""
    for option in reversed(_options):
        function = option(function)
    return function


@click.command(
    "matrix",
    add_help_option=False,
    help=f"""交叉表、共现表、框架矩阵和案例比较，每一格都能查到背后的原文。

    \b
    可作行、列的：
      代码（code）；编码本的名称，如 引育用留、政策工具；编码者（coder）
      措施的 作用（role）、类型（kind）、限定（bound）、单位（unit）、支持方式（instrument）、计量基准（per）
      文档（document）；文档属性：{_ATTRIBUTES}
      省份（province）；年份/5（每五年）；年份=2019-2022,2023-（年份段）
    只要其中几个值时写“名称=值,值”：地区=浙江,江苏；引育用留=引,留；代码=引,政策工具:供给型。

    行和列都是代码时为共现表：--within 定同一语句、章节还是文档，对角线为该代码自己的数目。
    代码 × 作用（类型等）数的是语句中的措施，--unit money 为金额之和。
    下级代码的编码也计入上级，同一处只计一次。

    \b
    案例比较的行：文件名（可用 * ?）、文件名#标题中的文字、#标题中的文字；列：代码（引育用留:引）或词语（词:设立）。
      rows:
        科大硅谷: "001*#科大硅谷"
        江西: "#江西产业集群"
      columns:
        做法: [政策工具:供给型, 词:设立]
        机制: 机制|协同

    xlsx 第一页为矩阵，点格中的数字到“明细”中的原文；“说明”页写明怎样计数。

    \b
    例子：
      cewen matrix 结果 --rows 引育用留 --cols 地区
      cewen matrix 结果 --rows 政策工具 --cols 四链融合 --to 共现.xlsx
      cewen matrix 结果 --rows 引育用留 --cols 年份 --unit documents --percent col
      cewen matrix 结果 --rows 政策工具 --cols 作用 --unit money --top
      cewen matrix 结果 --rows 引育用留=引 --cols 地区=浙江 --details
      cewen matrix 结果 --framework --cols 引育用留 --to 框架.xlsx
      cewen matrix 结果 --case 科大硅谷 --case 江西=#江西产业集群 --column 做法=设立 --column 机制=机制 --to 案例.xlsx
    """,
)
@out_argument
@_with_options
@help_option
def matrix_command(out: Path, form: str | None, target: Path | None, percent: str | None, **given: Any) -> int:
    """Print or write a matrix, the passages behind it, a framework or a comparison of cases."""
    form = _form(form, target)
    by = _code(PERCENTS, percent)
    found = _framework(out, given, form, by)
    if found is not None:
        _give_framework(found, form, target, details=given["details"])
        return 0
    asked = matrix(out, _question(given, given["rows"], given["cols"]), seconds=_SECONDS)
    if given["details"]:
        most = given["most"] or room(asked.behind, _ROOM)
        rows = passages(out, asked, most=most, seconds=_SECONDS)
        _give_framework(of_matrix(asked, rows), form, target, details=True)
    else:
        _give_matrix(out, asked, form, target, by, given["most"])
    return 0


def _form(form: str | None, target: Path | None) -> str:
    """Return the format of the output. Raises PipelineError when it doesn't go with the file."""
    if target is None:
        if form == "xlsx":
            raise PipelineError("--format xlsx 要写入文件，请加 --to 文件.xlsx")
        return form or "table"
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in FORMATS[1:] or (form is not None and form != suffix):
        wanted = f".{form}" if form in FORMATS[1:] else ".xlsx、.csv、.json 之一"
        raise PipelineError(f"{target}: --to 的文件名应以 {wanted} 结尾")
    check_place(target)
    return suffix


def _code(values: Any, given: str | None) -> Any:
    """Return the code of a value given as code or word."""
    return None if given is None else code_of(values, given)


def _question(given: dict[str, Any], rows: str | None, cols: str | None) -> Question:
    """Return the question of the command line. Raises PipelineError without rows or columns."""
    missing = [name for name, value in (("--rows", rows), ("--cols", cols)) if not value]
    if missing or rows is None or cols is None:
        raise PipelineError(
            f"缺少 {'、'.join(missing)}：例如 --rows 引育用留 --cols 地区；可用的见 cewen matrix --help"
        )
    return Question(
        rows=rows,
        cols=cols,
        unit=_code(UNITS, given["unit"]),
        codebooks=given["codebooks"],
        coders=given["coders"],
        within=_code(SCOPES, given["within"]),
        top=given["top"],
    )


def _framework(out: Path, given: dict[str, Any], form: str, percent: Percent | None) -> Framework | None:
    """Return the framework or comparison asked for, or nothing when it is a matrix that is wanted."""
    from pipeline.table.matrices_cases import Cases, compare, named, read_cases

    compared = bool(given["cases"] or given["columns"] or given["case_file"])
    if not compared and not given["framed"]:
        return None
    if percent is not None:
        raise PipelineError("引文的矩阵没有百分比：请去掉 --percent")
    if not compared:
        question = _question(given, given["rows"] or "document", given["cols"] or "code")
        most = given["most"] or room(matrix(out, question, seconds=_SECONDS).behind, _ROOM)
        return framework(out, question, most=most, seconds=_SECONDS)
    if given["framed"] or given["rows"] or given["cols"]:
        raise PipelineError("案例比较（--case、--column、--cases）不能与 --rows、--cols、--framework 一起用")
    written = read_cases(given["case_file"]) if given["case_file"] else Cases((), ())
    rows = (*written.rows, *(named(one) for one in given["cases"]))
    cols = (*written.cols, *(named(one) for one in given["columns"]))
    return compare(out, Cases(rows, cols), coders=given["coders"])


def _give_matrix(
    out: Path, found: Matrix, form: str, target: Path | None, by: Percent | None, most: int | None
) -> None:
    """Print or write a matrix."""
    if form == "xlsx" and target is not None:
        from pipeline.export.matrix_xlsx import write_matrix

        _said(target, found.name, write_matrix(out, found, target, percent=by, most=most))
    elif form == "json":
        _give_json(matrix_data(found, percent=by), target)
    elif form == "csv":
        _give_csv(_lines(found, by), target)
    else:
        _print_matrix(found, by)
    if form != "json":
        say(f"{found.name}：{UNITS[found.unit]}{'，' + PERCENTS[by] if by else ''}。{'；'.join(found.notes)}")


def _lines(found: Matrix, by: Percent | None) -> list[list[Any]]:
    """Return the lines of a matrix as a table: heads, rows, totals; or shares, 0 to 1."""
    rows, cols = found.labels
    cells: Sequence[Sequence[Any]] = found.cells if by is None else found.shares(by)
    lines = [[found.rows.zh, *cols, *(() if by else ("合计",))]]
    for label, row, total in zip(rows, cells, found.row_totals, strict=True):
        lines.append([label, *map(_plain, row), *(() if by else (_plain(total),))])
    if by is None:
        lines.append(["合计", *map(_plain, [*found.col_totals, found.total])])
    return lines


def _plain(value: Any) -> Any:
    """Return a number without trailing zeros; a share rounded."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return round(value, 6) if isinstance(value, float) else value


def _print_matrix(found: Matrix, by: Percent | None) -> None:
    """Print a matrix in columns, children indented."""
    heads, *lines = _lines(found, by)
    for line, head in zip(lines, found.rows.heads, strict=False):
        line[0] = "　" * head.depth + unwrap(line[0])
        if by is not None:
            line[1:] = ["" if value is None else f"{value:.1%}" for value in line[1:]]
    heads = [unwrap(head) for head in heads]
    first = [0, *([] if by else [len(heads) - 1]), *range(1, len(heads))]
    kept, widths = fitting(heads, lines, total=terminal_columns(), importance=list(dict.fromkeys(first)))
    show(table([heads[i] for i in kept], [[line[i] for i in kept] for line in lines], widths))
    say_dropped([head for i, head in enumerate(heads) if i not in kept])


def _give_framework(found: Framework, form: str, target: Path | None, *, details: bool) -> None:
    """Print or write a framework, or its passages one by one."""
    if form == "xlsx" and target is not None:
        from pipeline.export.matrix_xlsx import write_framework

        _said(target, found.name, write_framework(found, target))
    elif form == "json":
        _give_json(framework_data(found), target)
    elif form == "csv":
        _give_csv(_detail_lines(found) if details else _grid_lines(found), target)
    else:
        _print_framework(found, most=None if details else _SHOWN)
    if form != "json":
        say(f"{found.name}：共 {sum(map(sum, found.behind))} 处。{'；'.join(found.notes)}")


def _detail_lines(found: Framework) -> list[list[Any]]:
    """Return one line for each passage."""
    rows, cols = found.labels
    lines: list[list[Any]] = [
        ["行", "列", "文件", "章节", "页", "起", "止", "原文", "所在句", "编码者", "规则", "编号"]
    ]
    for one in found.passages:
        fields = asdict(one)
        values = [fields[name] for name in list(fields)[3:]]
        lines.append([rows[one.row], cols[one.col], *values])
    return lines


def _grid_lines(found: Framework) -> list[list[Any]]:
    """Return a framework as a table: the quotations of a cell with their places, each on a line."""
    rows, cols = found.labels
    lines: list[list[Any]] = [[found.zh, *cols] if cols else [found.zh]]
    cells = found.cells()
    for r, label in enumerate(rows):
        texts = [
            [f"“{one.text}”（{one.place(file=not found.by_document)}）" for one in cells.get((r, c), ())]
            for c in range(len(cols))
        ]
        lines.append([label, *("\n".join(text) for text in texts)])
    return lines


def _print_framework(found: Framework, *, most: int | None) -> None:
    """Print the passages of each cell that has some, at most ``most`` of each."""
    rows, cols = found.labels
    cells, row = found.cells(), -1
    for (r, c), there in sorted(cells.items()):
        if r != row:
            show(f"{'' if row < 0 else chr(10)}■ {cut(rows[r], terminal_columns() - 2)}")
            row = r
        show(f"  【{cut(cols[c], 60)}】{found.behind[r][c]} 处")
        for one in there[:most]:
            place = one.place(file=not found.by_document)
            show(f"    “{cut(one.text, max(terminal_columns() - 8, 40))}”\n      {cut(place, terminal_columns() - 6)}")
        if most is not None and found.behind[r][c] > most:
            show(f"    ……另有 {found.behind[r][c] - most} 处")
    if not cells:
        say("没有一格有内容。")


def _give_json(data: dict[str, Any], target: Path | None) -> None:
    """Print or write JSON."""
    if target is None:
        print_json(data)
    else:
        write_json(data, target)
        say(f"已写入 {target}")


def _give_csv(lines: Sequence[Sequence[Any]], target: Path | None) -> None:
    """Print CSV, or write it so that Excel reads it and takes nothing for a formula."""
    if target is not None:
        from pipeline.table.cells import harmless, write_csv

        write_csv(target, [harmless(str(head)) for head in lines[0]], lines[1:])
        say(f"已写入 {target}")
        return
    print_csv(lines)


def _said(target: Path, name: str, written: Written) -> None:
    """Say what went into a workbook and what didn't."""
    words = [f"已写入 {target}（{name}），明细 {written.passages} 处"]
    if written.left_out:
        words.append(f"另有 {written.left_out} 处没有列出：可用“名称=值”缩小范围，或用 --most 定每格列多少处")
    if written.cut:
        words.append(f"{written.cut} 格超过单元格字数上限，格末注明，全部见“明细”")
    say("；".join(words))
