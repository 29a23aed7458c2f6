"""``cewen import``: people's codings come back."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import json_option, out_argument

EXIT_INCOMPLETE = 3
_SHOWN = 30


@click.command("import", add_help_option=False)
@out_argument
@click.argument("file", metavar="FILE", type=Path)
@click.option("--coder", metavar="人名", help="谁复核的；默认为文件中唯一的人，没有或不止一人时为文件名。")
@click.option("--reviewed", is_flag=True, help="文件中的编码都已看过：没有改动的机器编码也算作此人的编码。")
@click.option("--dry-run", is_flag=True, help="只列出变化，不写入。")
@json_option
@help_option
def import_command(out: Path, file: Path, coder: str | None, reviewed: bool, dry_run: bool, as_json: bool) -> int:
    """读回改过的编码，列出确认、移动、改码、删去和新增的编码。

    \b
    FILE 可以是：
      .qdpx         NVivo、MAXQDA、ATLAS.ti、QualCoder 等导出的 REFI-QDA 项目
      .json .jsonl  Label Studio 或 doccano 的导出
      .xlsx .csv    编码表，一行一处，表头有 文档、原文（或 起、止）、代码，可有 编码者
      .xlsx         填好的抽样表（cewen agreement --sample 写的）

    人的编码以其姓名与机器编码并列写入结果表，此后重新运行也会保留；同名文件再次导入时替换上一次的。
    文件里没有的文档和编码本不算看过，其中的机器编码不算删去。
    全部读入时退出码为 0，有编码没能读入时为 3（逐条列出）。

    \b
    例子：
      cewen import 结果 张三改过.qdpx --coder 张三
      cewen import 结果 张三改过.qdpx --coder 张三 --reviewed
      cewen import 结果 编码表.xlsx --dry-run --json
    """
    from pipeline.qda.told import as_data, lines, summary, words
    from pipeline.running.importing import import_codings

    imported = import_codings(out, file, coder=coder, reviewed=reviewed, dry_run=dry_run)
    troubles = imported.comparison.troubles
    if as_json:
        print_json(as_data(imported))
    else:
        show(summary(imported))
        for line in lines(imported):
            show(line)
    for sentence in words(imported):
        say(sentence)
    for trouble in troubles[:_SHOWN]:
        say(f"没有读入：{trouble}")
    if len(troubles) > _SHOWN:
        say(f"没有读入的共 {len(troubles)} 处，其余见 --json 的 troubles。")
    if imported.reading is None:
        say("文件中没有人的编码，也没有对机器编码的改动，什么都没有写入。")
    elif dry_run:
        say("没有写入（--dry-run）。")
    else:
        coders = "、".join(imported.reading.coders)
        say(f"已写入 {len(imported.reading.codings)} 处人工编码（{coders}），记录在 {out}/people。")
    return EXIT_INCOMPLETE if troubles else 0
