"""``cewen run``: the main job, with all checks before anything is run or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say, show
from pipeline.cli.params import CONFIG_HELP, project_file
from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.core.config import Config, ProjectSettings

ENGINE = "local"


@click.command("run", add_help_option=False)
@click.argument("inputs", metavar="INPUT", nargs=-1, type=Path)
@click.option("--out", "--output", "-o", "out", type=Path, metavar="目录", help="输出目录；项目里默认为配置所写的。")
@click.option("--config", type=Path, metavar="文件", help=CONFIG_HELP)
@click.option("--workers", type=click.IntRange(1, 256), metavar="个数", help="工作进程数，默认每核一个。")
@click.option("--engine", default=ENGINE, metavar="引擎", help="运行方式：local（本机多进程），目前只有这一种。")
@click.option("--fresh", is_flag=True, help="丢掉以前的结果，全部重做。")
@help_option
def run_command(
    inputs: tuple[Path, ...], out: Path | None, config: Path | None, workers: int | None, engine: str, fresh: bool
) -> int:
    """读入文件和目录，写出政策知识表。

    中断后再次运行同一命令，会从停下的地方接着做；改了配置或编码本，只重做受影响的步骤。
    输出目录里有 knowledge.duckdb、tables/*.parquet 和 run.json。
    在 cewen init 建的项目里，不写输入和输出时按配置的 [project]。

    \b
    例子：
      cewen run 政策文件/ -o 结果
      cewen run 甲.pdf 乙.docx 丙/ -o 结果 --workers 4
      cewen run 政策文件/ -o 结果 --config 我的配置.toml --fresh
      cewen run
    """
    from pipeline.cli.progress import progress
    from pipeline.running.runner import run
    from pipeline.table.summary import render, summarize

    _refuse_engine(engine)
    path = project_file(config)
    settings = _load(path, workers)
    inputs, out = _places(settings.project, path, inputs, out)
    if out is None or not inputs:
        raise PipelineError(*_missing(inputs, out))
    if path is not None and config is None:
        say(f"用的是本目录的配置 {path}")
    with progress() as shown:
        report = run(inputs, out, config=settings, fresh=fresh, progress=shown)
    show(render(summarize(out), out))
    if report.failed:
        say(f"{report.failed} 份文档失败，原因见上，或用 cewen issues {out} --severity error 查看。")
    return report.exit_code


def check_run(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every mistake in inputs, engine, config and codebooks; reads, but writes nothing."""
    path = project_file(_last(values, "config"))
    mistakes = _data_mistakes(path)
    inputs, out = tuple(Path(one) for one in values.get("inputs", ())), _last(values, "out")
    found: list[str] = []
    if not mistakes:
        inputs, out = _places(_load(path, None).project, path, inputs, out)
        found += _missing(inputs, Path() if "out" in values else out)
    found += [f"找不到输入 {one}：请检查路径是否写对" for one in inputs if not _exists(one)]
    if out is not None and out.exists() and not out.is_dir():
        found.append(f"输出 {out} 是一个文件：请用 -o 给出目录")
    if out is not None and any(one.resolve() == out.resolve() for one in inputs):
        found.append(f"输出目录 {out} 就是输入目录，运行结果会和原文混在一起：请用 -o 另指定一个目录")
    for engine in values.get("engine", ())[-1:]:
        try:
            _refuse_engine(engine)
        except PipelineError as error:
            found += error.mistakes
    return found + mistakes


def _last(values: Mapping[str, Sequence[str]], name: str) -> Path | None:
    """Return the path an option was last given, if any."""
    return next((Path(one) for one in values.get(name, ())[-1:] if one), None)


def _places(
    project: ProjectSettings, path: Path | None, inputs: tuple[Path, ...], out: Path | None
) -> tuple[tuple[Path, ...], Path | None]:
    """Return what to read and where to write: as given, else as the project's configuration at ``path`` says."""
    folder = Path() if path is None else path.parent
    given = inputs or tuple(folder / one for one in project.inputs)
    return given, folder / project.out if out is None and project.out else out


def _missing(inputs: Sequence[Path], out: Path | None) -> list[str]:
    """Return what neither the command line nor a project says."""
    mistakes = []
    if not inputs:
        mistakes.append(
            "缺少参数 INPUT：要读的文件或目录，例如 cewen run 政策文件/ -o 结果；"
            "也可以先用 cewen init 我的项目 建一个项目，在其中只要运行 cewen run"
        )
    if out is None:
        mistakes.append("缺少选项 --out/-o：输出目录，例如 -o 结果")
    return mistakes


def _exists(path: Path) -> bool:
    """Tell whether there is something at ``path``, even a broken link, which is reported as a document."""
    return path.exists() or path.is_symlink()


def _refuse_engine(engine: str) -> None:
    """Raise PipelineError for an engine that isn't there (yet)."""
    if engine not in (ENGINE, "dask"):
        raise PipelineError(f"--engine 的值“{engine}”不对，应为 {ENGINE}")
    if engine == "dask":
        raise PipelineError("--engine dask 还没有做好：请用 --engine local（默认），以 --workers 设定进程数")


def _load(path: Path | None, workers: int | None) -> Config:
    """Return the run's configuration."""
    from pipeline.core.config import load_config

    return load_config(path, {"run": {"workers": workers}} if workers is not None else None)


def _data_mistakes(path: Path | None) -> list[str]:
    """Return the mistakes in the configuration and, as far as it can be told which, in the lists and books it names."""
    from pipeline.books.load import load_books
    from pipeline.core.config import configs_dir, load_config
    from pipeline.segment.bag import list_mistakes

    mistakes: list[str] = []
    try:
        config = load_config(path)
        names: Sequence[str] = config.coding.codebooks
        mistakes += list_mistakes(config.segment, configs_dir())
    except PipelineError as error:
        mistakes += error.mistakes
        names = _named_codebooks(path)
    try:
        load_books(names)
    except PipelineError as error:
        mistakes += error.mistakes
    return mistakes


def _named_codebooks(path: Path | None) -> list[str]:
    """Return the codebooks a configuration with mistakes names, so that theirs are listed in the same go."""
    from pipeline.core.config import with_places
    from pipeline.core.strict import read_text, read_toml

    if path is None:
        return []
    try:
        data, _ = read_toml(read_text(path, "配置文件"), str(path))
    except PipelineError:
        return []  # already among the mistakes
    coding: Any = with_places(data, path.absolute().parent).get("coding")
    names: Any = coding.get("codebooks") if isinstance(coding, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
