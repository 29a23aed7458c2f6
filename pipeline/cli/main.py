"""The command group, and what happens around every command: usage checks, mistakes, exit codes.

Exit codes: 0 done, 1 a bug, 2 wrong option, config or codebook (all mistakes listed, nothing run), 3 finished, but some
documents failed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence

import click

from pipeline.cli.agreeing import agreement_command
from pipeline.cli.ask import measures_command, query_command
from pipeline.cli.coded import codings_command
from pipeline.cli.completion import NAME, VARIABLE, asked, completion_command, teach
from pipeline.cli.data import codebook_group, config_group
from pipeline.cli.exploring import explore_command
from pipeline.cli.exporting import export_command
from pipeline.cli.help import Sections, help_option, show_help
from pipeline.cli.importing import import_command
from pipeline.cli.look import issues_command, status_command
from pipeline.cli.matrix import matrix_command
from pipeline.cli.output import say
from pipeline.cli.reporting import report_command
from pipeline.cli.run import check_run, run_command
from pipeline.cli.scoring import eval_command
from pipeline.cli.search import search_command
from pipeline.cli.show import show_command
from pipeline.cli.starting import init_command
from pipeline.cli.teaching import train_command
from pipeline.cli.topics import topics_group
from pipeline.cli.usage import Usage, parse
from pipeline.core.errors import PipelineError

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130
SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "开始": (init_command, run_command, status_command, issues_command),
    "提问和查看": (measures_command, query_command, search_command, show_command, explore_command),
    "编码和主题": (codings_command, matrix_command, topics_group, codebook_group),
    "写报告、交给别的软件": (report_command, export_command, import_command),
    "核对质量": (agreement_command, eval_command),
    "设置": (config_group, completion_command),
}
_PLACE = re.compile(r"(.+?):([^:!]*!)?[A-Z]{0,3}(\d+): ")
# What a command checks beside its own syntax, so that all mistakes can be listed together.
CHECKS = {"run": check_run}


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from importlib.metadata import version

        click.echo(f"cewen {version('cewen')}")
        ctx.exit(0)


@click.group("cewen", cls=Sections, add_help_option=False, invoke_without_command=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="显示版本号。")
@help_option
@click.pass_context
def cli(ctx: click.Context) -> int:
    """策问：把中文政策文档变成可引用、可查询的政策知识表。

    \b
    例子：
      cewen run 政策文件/ -o 结果                     读一个目录，写出知识表
      cewen measures 结果 --role 优惠支持 --min 50万  按条件列出措施
      cewen show 结果 办法.pdf                        看一篇文档读成了什么
      cewen export 结果 --to xlsx 结果.xlsx           交给 Excel；--to qdpx 交给 NVivo 等
      cewen init 我的项目                             建一个项目目录，以后只要 cewen run

    每个命令的说明和例子：cewen 命令 --help
    """
    if ctx.invoked_subcommand is None:
        click.echo(show_help(ctx), nl=False)
    return 0


codebook_group.add_command(train_command)
for _title, _commands in SECTIONS.items():
    cli.add_section(_title, *_commands)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line ``args`` (default: the process's own) and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese must come out whatever the system's encoding is; half a character in a name mustn't stop a run
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    sys.exit(invoke(list(sys.argv[1:] if args is None else args)))


def invoke(args: list[str]) -> int:
    """Run the command line ``args`` and return its exit code; mistakes go to standard error in Chinese."""
    usage = Usage()
    try:
        if asked():
            teach(cli)
        usage = parse(cli, args)
        if not usage.wants_help:
            check = CHECKS.get(usage.command)
            mistakes = [*usage.mistakes, *(check(usage.values) if check else ())]
            if mistakes:
                raise PipelineError(*mistakes)
        result = cli.main(args, prog_name=NAME, complete_var=VARIABLE, standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except PipelineError as error:
        return _refuse(error.mistakes, usage)
    except click.ClickException as error:
        return _refuse((error.format_message(),), usage)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断。已完成的部分都已保存，再次运行同一命令会接着做。", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; what Python flushes at its end must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _refuse(mistakes: Sequence[str], usage: Usage) -> int:
    """Print every mistake, those of one file by line (of a workbook by row), and return the exit code for mistakes."""
    unique = _in_order(dict.fromkeys(mistakes))
    for mistake in unique:
        say(f"错误：{mistake}")
    if len(unique) > 1:
        say(f"共 {len(unique)} 处错误{'，什么都没有运行' if usage.command == 'run' else ''}。")
    if usage.mistakes:
        say(f"用法和例子：{' '.join(filter(None, (NAME, usage.command)))} --help")
    return EXIT_MISTAKE


def _in_order(mistakes: Iterable[str]) -> list[str]:
    """Return mistakes as they are, but those of one file (「NAME:LINE: …」) together and by line."""
    files: dict[tuple[str, str | None], int] = {}
    keyed = []
    for place, mistake in enumerate(mistakes):
        found = _PLACE.match(mistake)
        file = files.setdefault((found[1], found[2]), place) if found else place
        keyed.append((file, int(found[3]) if found else 0, place, mistake))
    return [mistake for *_, mistake in sorted(keyed)]
