"""``cewen run``: the main job, with all checks before anything is run or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say, show
from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.core.config import Config

ENGINE = "local"


@click.command("run", add_help_option=False)
@click.argument("inputs", metavar="INPUT", nargs=-1, required=True, type=Path)
@click.option("--out", "-o", required=True, type=Path, metavar="目录", help="输出目录。")
@click.option("--config", type=Path, metavar="文件", help="自己的配置文件（TOML），只需写要改的键。")
@click.option("--workers", type=click.IntRange(1, 256), metavar="个数", help="工作进程数，默认每核一个。")
@click.option("--engine", default=ENGINE, metavar="引擎", help="运行方式：local（本机多进程），目前只有这一种。")
@click.option("--fresh", is_flag=True, help="丢掉以前的结果，全部重做。")
@help_option
def run_command(
    inputs: tuple[Path, ...], out: Path, config: Path | None, workers: int | None, engine: str, fresh: bool
) -> int:
    """读入文件和目录，写出政策知识表。

    中断后再次运行同一命令，会从停下的地方接着做；改了配置或编码本，只重做受影响的步骤。
    输出目录里有 knowledge.duckdb、tables/*.parquet 和 run.json。

    \b
    例子：
      cewen run 政策文件/ -o 结果
      cewen run 甲.pdf 乙.docx 丙/ -o 结果 --workers 4
      cewen run 政策文件/ -o 结果 --config project.toml --fresh
    """
    from pipeline.cli.progress import progress
    from pipeline.running.runner import run
    from pipeline.table.summary import render, summarize

    _refuse_engine(engine)
    settings = _load(config, workers)
    with progress() as shown:
        report = run(inputs, out, config=settings, fresh=fresh, progress=shown)
    show(render(summarize(out), out))
    if report.failed:
        say(f"{report.failed} 份文档失败，原因见上，或用 cewen issues {out} --severity error 查看。")
    return report.exit_code


def check_run(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every mistake in inputs, engine, config and codebooks; reads, but writes nothing."""
    mistakes = [
        f"找不到输入 {path}：请检查路径是否写对" for path in values.get("inputs", ()) if not _exists(Path(path))
    ]
    for out in values.get("out", ())[-1:]:
        if out and Path(out).exists() and not Path(out).is_dir():
            mistakes.append(f"输出 {out} 是一个文件：请用 -o 给出目录")
        if out and any(Path(path).resolve() == Path(out).resolve() for path in values.get("inputs", ())):
            mistakes.append(f"输出目录 {out} 就是输入目录，运行结果会和原文混在一起：请用 -o 另指定一个目录")
    for engine in values.get("engine", ())[-1:]:
        try:
            _refuse_engine(engine)
        except PipelineError as error:
            mistakes += error.mistakes
    given = [Path(path) for path in values.get("config", ())[-1:] if path]
    return mistakes + _data_mistakes(given[0] if given else None)


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
