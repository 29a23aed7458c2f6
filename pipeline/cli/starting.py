"""``cewen init``: a project's folder with its configuration, ready for ``cewen run``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.core.config import PROJECT_FILE
from pipeline.core.errors import PipelineError
from pipeline.core.files import check_free, completed

DOCUMENTS, OUT = "文档", "结果"
_TEMPLATES = Path(__file__).parent / "project"


@click.command("init", add_help_option=False)
@click.argument("folder", metavar="目录", type=Path)
@click.option("--documents", type=Path, metavar="目录", help=f"已有的文档目录；默认在项目里新建“{DOCUMENTS}”。")
@click.option("--force", is_flag=True, help="项目里已有的配置、README.md 和 .gitignore 也重写；别的文件从不动。")
@help_option
def init_command(folder: Path, documents: Path | None, force: bool) -> int:
    """新建项目目录：放文档的目录、有中文说明的配置、README.md、.gitignore。

    在项目目录里，cewen run 不写输入和输出也知道读什么、写到哪里。

    \b
    例子：
      cewen init 我的项目
      cewen init 我的项目 --documents 政策文件/
      cewen init .
    """
    _refuse_places(folder, documents)
    texts = _texts(folder, documents)
    check_free(*texts, force=force)
    _make(folder if documents else folder / DOCUMENTS)
    for path, text in texts.items():
        with completed(path) as fresh:
            fresh.write_text(text, encoding="utf-8", newline="\n")
    say(f"已建好项目 {folder}：{'、'.join(path.name for path in texts)}")
    enter = "" if folder.resolve() == Path.cwd() else f"cd {folder}，"
    fill = "" if documents else f"把文件放进 {folder / DOCUMENTS}，"
    say(f"接下来：{fill}{enter}运行 cewen run。")
    return 0


def _refuse_places(folder: Path, documents: Path | None) -> None:
    """Raise PipelineError when the project can't be made there, or there are no documents where they're said to be."""
    mistakes = []
    if os.path.lexists(folder) and not folder.is_dir():
        mistakes.append(f"{folder} 是一个文件：请另给一个目录名")
    if documents is not None and not documents.is_dir():
        mistakes.append(f"找不到文档目录 {documents}：请检查路径是否写对；不写 --documents 就新建一个")
    elif documents is not None and documents.resolve() == folder.resolve():
        mistakes.append("文档目录就是项目目录，README.md 也会被当作文档：请把文档放进单独的目录")
    elif documents is not None and not _is_text(documents):
        mistakes.append(f"文档目录 {str(documents)!r} 的名字不是 UTF-8，写不进配置：请改名")
    if mistakes:
        raise PipelineError(*mistakes)


def _is_text(path: Path) -> bool:
    """Tell whether a path is text; on Linux names may be any bytes."""
    return str(path).isprintable()


def _texts(folder: Path, documents: Path | None) -> dict[Path, str]:
    """Return what will stand in each file of the project."""
    from pipeline.core.config import ProjectSettings
    from pipeline.core.config_text import config_text

    inputs = DOCUMENTS if documents is None else _from(folder, documents)
    words = {
        "{name}": folder.resolve().name if _is_text(folder.resolve()) else "项目",
        "{documents}": inputs,
        "{out}": OUT,
    }
    made = {folder / PROJECT_FILE: config_text(ProjectSettings(inputs=(inputs,), out=OUT))}
    for target, template in (("README.md", "README.md"), (".gitignore", "gitignore")):
        text = (_TEMPLATES / template).read_text(encoding="utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        made[folder / target] = text
    return made


def _from(folder: Path, documents: Path) -> str:
    """Return the way from ``folder`` to ``documents`` with ``/``; the whole path where there's none (other drive)."""
    try:
        return Path(os.path.relpath(documents, folder)).as_posix()
    except ValueError:
        return documents.resolve().as_posix()


def _make(folder: Path) -> None:
    """Make a folder and those above it. Raises PipelineError when that isn't allowed."""
    from pipeline.core.strict import reason

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PipelineError(f"{folder}: 建不了这个目录（{reason(error)}），请检查路径和权限") from error
