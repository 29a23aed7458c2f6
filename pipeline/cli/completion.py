"""``cewen completion``: words completed in the shell, by click's own mechanism.

What a parameter takes is told by its type, its name and its metavar, so that commands needn't say it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from pipeline.cli.help import help_option

SHELLS = ("bash", "zsh", "fish")
NAME, VARIABLE = "cewen", "_CEWEN_COMPLETE"
_MOST = 200  # documents offered at once
_Words = Callable[[click.Context, str], Iterable[CompletionItem]]


@click.command("completion", add_help_option=False)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@help_option
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> int:
    """输出命令行补全的脚本：按 Tab 补全命令、选项、取值、编码本、表和文档编号。

    SHELL 为 bash、zsh 或 fish。脚本放进各自的启动文件，新开的终端就有补全。

    \b
    例子：
      echo 'eval "$(cewen completion bash)"' >> ~/.bashrc
      echo 'eval "$(cewen completion zsh)"' >> ~/.zshrc
      cewen completion fish > ~/.config/fish/completions/cewen.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # click's own three
    click.echo(kind(ctx.find_root().command, {}, NAME, VARIABLE).source())
    return 0


def asked(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the shell asks for completions and not for a command to be run."""
    return VARIABLE in environment


def teach(command: click.Command) -> None:
    """Let the parameters of ``command`` and of all below it complete their values. For the asking process only."""
    for param in command.params:
        words = _words(param)
        if words is not None:
            param.type = _Completed(words)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            teach(child)


class _Completed(click.types.StringParamType):
    """A type that knows what to offer; values are taken as they are, as nothing is run."""

    name = "completed"

    def __init__(self, words: _Words) -> None:
        """Remember what offers the words."""
        self._words = words

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what may stand for ``incomplete``."""
        return list(self._words(ctx, incomplete))


def _words(param: click.Parameter) -> _Words | None:
    """Return what offers words for a parameter, None where click does or nobody can."""
    names = {param.name, param.metavar}
    found: tuple[tuple[set[str], _Words], ...] = (
        ({"doc", "文档"}, _documents),
        ({"编码本", "名称或文件"}, _codebooks),
        ({"表"}, _tables),
        ({"out", "outs", "目录"}, _folders),
    )
    if isinstance(param, click.Option) and param.is_flag:
        return None
    for one, words in found:
        if one & names:
            return words
    if "格式" in names and not isinstance(param.type, click.Choice):
        return _targets
    is_path = isinstance(param.type, click.types.FuncParamType) and param.type.func is Path
    return _files if is_path else None


def _folders(_ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Leave folders to the shell."""
    return [CompletionItem(incomplete, type="dir")]


def _files(_ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Leave files to the shell."""
    return [CompletionItem(incomplete, type="file")]


def _codebooks(_ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """Yield the shipped codebooks, and leave files of people's own to the shell where no name fits."""
    from pipeline.books.load import book_names

    found = [name for name in book_names() if name.startswith(incomplete)]
    yield from (CompletionItem(name) for name in found)
    if not found:
        yield CompletionItem(incomplete, type="file")


def _tables(_ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """Yield the tables of a run with their Chinese names."""
    from pipeline.table.schema import TABLES

    known = {"knowledge": "政策知识表", **{table.name: table.zh for table in TABLES}}
    return (CompletionItem(name, help=zh) for name, zh in known.items() if name.startswith(incomplete))


def _targets(_ctx: click.Context, incomplete: str) -> Iterator[CompletionItem]:
    """Yield the formats of ``cewen export``."""
    from pipeline.export.targets import TARGETS

    return (
        CompletionItem(one.name, help=one.zh) for one in TARGETS if one.function and one.name.startswith(incomplete)
    )


def _documents(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the documents of the run ``OUT`` names whose id, or file's name, begins so; none where there's no run."""
    from pipeline.core import outputs
    from pipeline.running.records import Records

    # click leaves the words before an option without its value unread
    out: Any = ctx.params.get("out") or next(iter(ctx.args), None)
    if out is None or not (Path(out) / outputs.STORE).is_file():
        return []
    with Records(Path(out)) as records:
        pairs = ((record.doc_id, record.source.name) for record in records.rows())
        fitting = (pair for pair in pairs if any(word.startswith(incomplete) for word in pair))
        return [_document(*pair, incomplete) for pair in islice(fitting, _MOST)]


def _document(doc_id: str, name: str, incomplete: str) -> CompletionItem:
    """Return a document as it is typed: its id, or its name when that's begun and the shell wouldn't break it."""
    by_name = incomplete and not doc_id.startswith(incomplete) and not set(name) & set(" \t\n'\"`$\\,;&|<>()*?[]{}!#~")
    return CompletionItem(name, help=doc_id) if by_name else CompletionItem(doc_id, help=name)
