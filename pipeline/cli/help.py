"""Help pages in Chinese, made from the commands. click's own pages can't be translated without subclassing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import click

from pipeline.cli.params import choices
from pipeline.cli.text import pad, width

_INDENT = "  "


class Sections(click.Group):
    """A group whose help page lists its commands under headings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make an empty group."""
        super().__init__(*args, **kwargs)
        self.headings: dict[str, tuple[click.Command, ...]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add ``commands`` under the heading ``title``."""
        self.headings[title] = commands
        for command in commands:
            self.add_command(command)


def _print_help(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print the help page and stop."""
    if wanted:
        click.echo(show_help(ctx), nl=False)
        ctx.exit(0)


def help_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--help`` in Chinese."""
    option = click.option(
        "--help", "-h", is_flag=True, is_eager=True, expose_value=False, callback=_print_help, help="显示本页帮助。"
    )
    return option(function)


def show_help(ctx: click.Context) -> str:
    """Return the help page of the context's command."""
    return help_page(ctx.command, ctx.command_path)


def help_page(command: click.Command, path: str) -> str:
    """Return the help page of ``command``, called as ``path``: usage, words, arguments, options, sub-commands."""
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    usage = ["用法：", path, *(_metavar(argument) for argument in arguments)]
    if isinstance(command, click.Group):
        usage.append("命令 …")
    parts = [" ".join([*usage, "[选项]"]).replace("： ", "："), words(command)]
    if isinstance(command, click.Group):
        parts += _commands(command)
    parts.append(_table("选项：", [(option_name(option), option_help(option)) for option in options]))
    return "\n\n".join(parts) + "\n"


def _commands(group: click.Group) -> list[str]:
    """Return the tables of a group's commands, one for each heading there is."""
    found = group.headings if isinstance(group, Sections) else {"命令": tuple(group.commands.values())}
    wide = max(width(name) for name in group.commands)
    return [
        _table(f"{title}：", [(pad(str(one.name), wide), first_line(one)) for one in commands])
        for title, commands in found.items()
    ]


def commands_below(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield the path of ``command``, called as ``path``, and of all commands below it, each with the command."""
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands_below(child, f"{path} {name}")


def words(command: click.Command) -> str:
    """Return the command's own text, without click's paragraph marks."""
    lines = inspect.cleandoc(command.help or "").replace("\b\n", "").splitlines()
    return "\n".join(line.rstrip() for line in lines)


def first_line(command: click.Command) -> str:
    """Return the first line of the command's text."""
    return words(command).split("\n", 1)[0]


def option_name(option: click.Option) -> str:
    """Return an option as it is typed: 「-o, --out 目录」."""
    names = ", ".join(sorted(option.opts, key=len))
    if option.is_flag:
        return names
    return f"{names} {option.metavar or '值'}"


def option_help(option: click.Option) -> str:
    """Return an option's text with its values, and whether it must be given or may be repeated."""
    text = option.help or ""
    if isinstance(option.type, click.Choice):
        text += f"可用：{'、'.join(choices(option.type))}。"
    if option.required:
        text += "必填。"
    return text + ("可重复。" if option.multiple else "")


def _metavar(argument: click.Argument) -> str:
    """Return an argument as it stands in the usage line."""
    name = argument.metavar or (argument.name or "").upper()
    return f"{name}…" if argument.nargs == -1 else name if argument.required else f"[{name}]"


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    """Return two aligned columns under a title."""
    wide = min(max((width(name) for name, _ in rows), default=0), 28)
    return "\n".join([title, *(f"{_INDENT}{pad(name, wide)}{_INDENT}{text}".rstrip() for name, text in rows)])
