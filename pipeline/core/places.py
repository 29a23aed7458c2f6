"""What people mean who name a folder or a document not quite as it is called."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from pipeline.core.outputs import STORE

_MOST = 5


def runs_here() -> list[str]:
    """Return the output folders of runs in the working folder and in the folders of it."""
    return sorted(path.parent.as_posix() for path in (*Path().glob(f"*/{STORE}"), *Path().glob(f"*/*/{STORE}")))


def no_run(out: Path, missing: str) -> str:
    """Return what to say of a folder ``out`` that lacks the file ``missing`` of a finished run, and what to do."""
    if (out / STORE).is_file():
        return f"{out}: 没有 {missing}，还没有运行完。请再次运行同一 cewen run 命令，会从停下的地方接着做"
    here = [one for one in runs_here() if Path(one).resolve() != out.resolve()][:_MOST]
    others = f"。这里的结果目录有：{'、'.join(here)}" if here else ""
    if not out.is_dir() or not any(out.iterdir()):
        return f"{out}: 没有 {missing}。请先运行 cewen run 输入 -o {out}，或检查输出目录是否写对{others}"
    what = others or "。请给出 cewen run 用 -o 指定的目录；还没有运行过的，请先运行 cewen run 输入 -o 结果"
    return f"{out}: 不是 cewen run 写出的结果目录（没有 {missing}）{what}"


def called(given: str, names: Iterable[str]) -> list[str]:
    """Return the file names meant by one typed without its suffix, else those that begin with what was typed."""
    known = list(dict.fromkeys(names))
    whole = [name for name in known if PurePath(name).stem == given]
    return whole or [name for name in known if given and name.startswith(given)]
