"""All mistakes of a command line at once. click stops at the first; a user would have to try again and again.

Only syntax: which options there are, whether they have their value, whether it is of the right kind.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

from pipeline.cli.params import choices
from pipeline.core.places import runs_here

# From this likeness on (difflib) a word is taken for another one mistyped.
_LIKE = 0.5
HELP = ("--help", "-h")


@dataclass(slots=True)
class Usage:
    """What was found: the command's path below the group (「codebook show」), values by parameter, and mistakes."""

    command: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    wants_help: bool = False


def parse(group: click.Group, args: Sequence[str]) -> Usage:
    """Return what ``args`` mean for the commands of ``group``, with every mistake in Chinese."""
    usage = Usage()
    command: click.Command = group
    rest = list(args)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, rest = rest[0], rest[1:]
        found = command.commands.get(name)
        if found is None:
            usage.mistakes.append(f"没有命令“{name}”{_closest(name, list(command.commands), '可用的有：')}")
            return usage
        command, usage.command = found, f"{usage.command} {name}".strip()
    flags = [arg for arg in rest[: rest.index("--")] if "--" in rest] if "--" in rest else rest
    eager = HELP if command is not group else (*HELP, "--version")
    if any(arg in eager for arg in flags) or (command is group and not rest):
        usage.wants_help = True
        return usage
    if isinstance(command, click.Group) and not rest:
        usage.mistakes.append(f"缺少命令：cewen {usage.command} 之后应为 {'、'.join(command.commands)} 之一")
        return usage
    _Reader(command, usage).read(rest)
    return usage


@dataclass(slots=True)
class _Reader:
    """Reads the arguments of one command into a Usage."""

    command: click.Command
    usage: Usage
    options: dict[str, click.Option] = field(init=False)

    def __post_init__(self) -> None:
        options = [param for param in self.command.params if isinstance(param, click.Option)]
        self.options = {name: option for option in options for name in option.opts}

    def read(self, args: Sequence[str]) -> None:
        """Read ``args`` and check what is missing at the end."""
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words.extend(rest)
            elif arg.startswith("-") and len(arg) > 1 and not _is_number(arg):
                self._option(arg, rest)
            else:
                words.append(arg)
        self._arguments(words)
        for option in dict.fromkeys(self.options.values()):
            if option.required and option.name not in self.usage.values:
                self.usage.mistakes.append(f"缺少选项 {'/'.join(option.opts)}：{option.help}")

    def _option(self, arg: str, rest: Iterator[str]) -> None:
        """Read one option with its value."""
        name, _, attached = arg.partition("=")
        joined = "=" in arg
        if not name.startswith("--") and len(name) > 2 and self._is_short(name):
            name, attached, joined = arg[:2], arg[2:], True
        option = self.options.get(name)
        if option is None:
            option = self._unknown(name)
            if option is not None and not option.is_flag and not joined:
                next(rest, None)
            return
        if option.is_flag:
            if joined:
                self.usage.mistakes.append(f"选项 {name} 后面不能有值（“{attached}”）")
            self._keep(option, "")
            return
        value = attached if joined else next(rest, None)
        if value is None:
            self.usage.mistakes.append(f"选项 {name} 缺少值：{option.help}")
            self._keep(option, "")
        else:
            self._check(option, name, value)

    def _is_short(self, name: str) -> bool:
        """Tell whether 「-oFILE」 is a short option with its value, and not 「-output」 with a dash too few."""
        return name[:2] in self.options and f"-{name}" not in self.options

    def _unknown(self, name: str) -> click.Option | None:
        """Note an option that doesn't exist; return the one probably meant."""
        known = [option for option in self.options if option.startswith("--")]
        given = name if name.startswith("--") else f"-{name}"
        self.usage.mistakes.append(f"没有选项 {name}{_closest(given, known, '可用的有：')}")
        close = difflib.get_close_matches(given, known, n=1, cutoff=_LIKE)
        return self.options[close[0]] if close else None

    def _check(self, param: click.Parameter, name: str, value: str) -> None:
        """Keep a value; note it when it isn't of the parameter's kind."""
        self._keep(param, value)
        try:
            param.type.convert(value, param, None)
        except click.BadParameter:
            self.usage.mistakes.append(f"{name} 的值“{value}”不对，{expected(param)}")

    def _keep(self, param: click.Parameter, value: str) -> None:
        """Add a value to a parameter."""
        self.usage.values.setdefault(param.name or "", []).append(value)

    def _arguments(self, words: list[str]) -> None:
        """Give the words that are no options to the arguments in turn."""
        left = list(words)
        for argument in [param for param in self.command.params if isinstance(param, click.Argument)]:
            taken, left = (left, []) if argument.nargs == -1 else (left[:1], left[1:])
            name = argument.metavar or (argument.name or "").upper()
            if not taken and argument.required:
                self.usage.mistakes.append(f"缺少参数 {name}{_told(argument)}")
            for word in taken:
                self._check(argument, f"参数 {name}", word)
        self.usage.mistakes += [f"多余的参数“{word}”" for word in left]


def _told(argument: click.Argument) -> str:
    """Return what an argument is, where it is an output folder; those in the working folder are named."""
    if argument.name != "out":
        return ""
    here = runs_here()
    return f"：cewen run 写出的结果目录，{'这里有 ' + '、'.join(here[:5]) if here else '例如 结果'}"


def expected(param: click.Parameter) -> str:
    """Return in Chinese what values a parameter takes."""
    kind = param.type
    if isinstance(kind, click.Choice):
        return f"应为 {'、'.join(choices(kind))} 之一"
    if isinstance(kind, click.IntRange):
        low, high = kind.min, kind.max
        return f"应为{f' {low} 到 {high} 的' if high is not None else f'不小于 {low} 的'}整数"
    if kind is click.INT:
        return "应为整数"
    return f"此项的说明：{getattr(param, 'help', '') or ''}"


def _closest(word: str, known: list[str], otherwise: str) -> str:
    """Return a hint at the known word nearest to ``word``, or at all of them."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=_LIKE)
    return f"，是否应为 {close[0]}？" if close else f"，{otherwise}{'、'.join(known)}"


def _is_number(word: str) -> bool:
    """Tell whether a word that begins with - is a negative number."""
    return word[1:].replace(".", "", 1).isdigit()
