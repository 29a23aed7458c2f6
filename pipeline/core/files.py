"""Files that appear only once they are complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.strict import reason


def check_place(target: Path, suffixes: Sequence[str] = (), *, name: str = "", force: bool = True) -> None:
    """Raise PipelineError unless a file can be written to ``target``, whose folder is there already.

    It must end in one of ``suffixes``, which the message says of ``name`` (「网页的」); without ``force`` it replaces
    nothing.
    """
    if suffixes and target.suffix.lower() not in suffixes:
        one_of = "之一" if len(suffixes) > 1 else ""
        raise PipelineError(f"{target}: {name}文件名应以 {'、'.join(suffixes)} {one_of}结尾")
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise PipelineError(f"{target}: 写不了这个文件，请检查目录是否存在")
    check_free(target, force=force)


def check_free(*targets: Path, force: bool) -> None:
    """Raise PipelineError, with all of them, when files are there that ``force`` doesn't allow to be replaced."""
    if taken := [one for one in targets if one.exists() and not force]:
        raise PipelineError(*(f"{one} 已经存在：请换一个名字，或加 --force 覆盖它" for one in taken))


@contextmanager
def completed(target: Path) -> Iterator[Path]:
    """Give a path beside ``target`` to write to; what stands there in the end becomes ``target``, whose folder is made.

    Nothing is left behind when the writing fails. Raises PipelineError when the place can't be written.
    """
    fresh = target.with_name(target.name + ".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield fresh
        fresh.replace(target)
    except OSError as error:
        raise PipelineError(
            f"{target}: 写不了这个文件（{reason(error)}），请检查目录、权限和磁盘空间；"
            "文件若在 Excel 等程序中打开着，请先关闭"
        ) from error
    finally:
        with suppress(OSError):  # the error told above is the cause; there may be no such folder
            fresh.unlink(missing_ok=True)
