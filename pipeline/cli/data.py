"""``cewen codebook`` and ``cewen config``: the data a run works with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option, show_help
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import CONFIG_HELP, json_option, project_file
from pipeline.cli.text import grid
from pipeline.core.errors import PipelineError
from pipeline.core.files import check_free


@click.group("codebook", add_help_option=False, invoke_without_command=True)
@help_option
@click.pass_context
def codebook_group(ctx: click.Context) -> int:
    """编码本：列出、查看、检查，从人工编码训练。

    \b
    例子：
      cewen codebook list
      cewen codebook show silian
      cewen codebook export silian 我的四链.xlsx
      cewen codebook check 我的四链.xlsx
    """
    if ctx.invoked_subcommand is None:
        click.echo(show_help(ctx), nl=False)
    return 0


@codebook_group.command("list", add_help_option=False)
@json_option
@help_option
def list_command(as_json: bool) -> int:
    """列出自带的编码本。

    \b
    例子：
      cewen codebook list
    """
    from pipeline.books.load import book_names, load_books
    from pipeline.coding.codebook import codes
    from pipeline.core.config import load_config

    names = book_names()
    found = list(zip(names, load_books(names), strict=True))
    default = load_config().coding.codebooks
    if as_json:
        print_json(
            [
                {
                    "name": name,
                    "title": b.name,
                    "version": b.version,
                    "codes": len(codes(b)),
                    "default": name in default,
                }
                for name, b in found
            ]
        )
    else:
        rows = [(n, b.name, b.version, len(codes(b)), "是" if n in default else "") for n, b in found]
        show(grid(("编码本", "名称", "版本", "代码数", "默认使用"), rows))
    return 0


@codebook_group.command("show", add_help_option=False)
@click.argument("name", metavar="名称或文件")
@json_option
@help_option
def show_codebook_command(name: str, as_json: bool) -> int:
    """显示一个编码本的代码、定义和词语。

    \b
    例子：
      cewen codebook show silian
      cewen codebook show 我的编码本.xlsx
    """
    from pipeline.books.load import load_books
    from pipeline.coding.codebook import walk

    (book,) = load_books([name])
    if as_json:
        print_json(book.model_dump(by_alias=True))
        return 0
    show(
        f"{book.name}（{book.codebook}，版本 {book.version}）\n{book.definition.strip()}\n出处：{book.source.strip()}\n"
    )
    for path in walk(book.codes):
        code, indent = path[-1], "  " * (len(path) - 1)
        show(f"{indent}{code.code}  {code.name}：{' '.join(code.definition.split())}")
        if code.terms:
            show(f"{indent}  词语：{'、'.join(term.term for term in code.terms)}")
    return 0


@codebook_group.command("check", add_help_option=False)
@click.argument("names", metavar="名称或文件", nargs=-1, required=True)
@help_option
def check_command(names: tuple[str, ...]) -> int:
    """检查编码本：写法对不对，例句是否命中、反例是否不命中。

    每一处错误都列出所在的行（Excel 文件为工作表和单元格）；提示是可以不改、但值得看一眼的地方。
    编码本可以是 YAML、xlsx 或 csv 文件，怎么写见 docs/codebook.md。

    \b
    例子：
      cewen codebook check 我的编码本.yaml 另一个.xlsx
    """
    from pipeline.books.check import check_book
    from pipeline.coding.codebook import walk
    from pipeline.core.config import load_config

    threshold = load_config().coding.threshold
    mistakes: list[str] = []
    for name in dict.fromkeys(names):
        checked = check_book(name, threshold)
        mistakes += checked.mistakes
        for hint in checked.hints:
            say(f"提示：{hint}")
        if checked.book is not None and not checked.mistakes:
            entries = [path[-1] for path in walk(checked.book.codes)]
            tried = sum(len(entry.examples) + len(entry.counter_examples) for entry in entries)
            say(f"{checked.book.codebook}：没有错误，{len(entries)} 个代码，{tried} 个例句和反例都对。")
    if mistakes:
        raise PipelineError(*mistakes)
    return 0


@codebook_group.command("export", add_help_option=False)
@click.argument("name", metavar="名称或文件")
@click.argument("target", metavar="目标文件", type=Path)
@click.option("--force", is_flag=True, help="目标文件已经存在时覆盖它。")
@help_option
def export_codebook_command(name: str, target: Path, force: bool) -> int:
    """把编码本另存为 xlsx、csv 或 yaml，好接着改；改完的文件可直接使用。

    \b
    例子：
      cewen codebook export silian 我的四链.xlsx
      cewen codebook export 我的四链.xlsx 我的四链.yaml
    """
    from pipeline.books.load import load_books
    from pipeline.books.write import write_book

    (book,) = load_books([name])
    check_free(target, force=force)
    write_book(book, target)
    say(f"已写入 {target}。改好后用 cewen codebook check {target} 检查。")
    return 0


@click.group("config", add_help_option=False, invoke_without_command=True)
@help_option
@click.pass_context
def config_group(ctx: click.Context) -> int:
    """配置：显示一次运行所用的全部设置。

    \b
    例子：
      cewen config show
    """
    if ctx.invoked_subcommand is None:
        click.echo(show_help(ctx), nl=False)
    return 0


@config_group.command("show", add_help_option=False)
@click.option("--config", "path", type=Path, metavar="文件", help=CONFIG_HELP)
@json_option
@help_option
def show_config_command(path: Path | None, as_json: bool) -> int:
    """显示配置的每个值和它的来处。

    \b
    例子：
      cewen config show
      cewen config show --config 我的配置.toml
    """
    from pipeline.core.config import load_config
    from pipeline.core.strict import read_text, read_toml

    path = project_file(path)
    config = load_config(path).model_dump()
    own: dict[str, Any] = {}
    if path is not None:
        own, _ = read_toml(read_text(path, "配置文件"), str(path))
    if as_json:
        print_json(config)
        return 0
    for section, values in config.items():
        rows = [
            (key, _shown(value), str(path) if key in own.get(section, {}) else "默认") for key, value in values.items()
        ]
        show(f"[{section}]\n{grid(('键', '值', '来处'), rows, columns=80)}\n")
    return 0


def _shown(value: Any) -> str:
    """Return a value as it would stand in the file."""
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
