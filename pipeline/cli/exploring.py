"""``cewen explore``: look at a finished run in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.cli.params import out_argument

_PORT = 8765


@click.command("explore", add_help_option=False)
@out_argument
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=_PORT, metavar="端口", help=f"默认 {_PORT}；0 为任一空闲端口。"
)
@help_option
def explore_command(out: Path, port: int) -> int:
    """在浏览器里查看结果：概览、措施表、文档原文和每条措施的出处、编码、交叉表、比较、问题，并可逐条复核措施。

    网页只在本机（127.0.0.1）打开，不联网，不改动结果表；复核写入结果目录的 corrections.tsv，导出时计入。
    按 Ctrl-C 停止。
    每一页都有同内容的 .json 和 .csv，在页面下方下载。

    \b
    例子：
      cewen explore 结果
      cewen explore 结果 --port 9000
    """
    from pipeline.explore.serve import serve

    serve(out, port=port, started=_say_started)
    say("已停止。")
    return 0


def _say_started(address: str) -> None:
    """Tell where the pages are."""
    say(f"请在浏览器中打开 {address}\n按 Ctrl-C 停止。")
