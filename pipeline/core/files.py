"""Files that appear only once they are complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.strict import reason


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
