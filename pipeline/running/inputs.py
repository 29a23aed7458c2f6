"""The files a run reads: a deterministic walk over what was given, and the fingerprint of each file.

Left out without a word, by rule: names that begin with ``.`` or ``~$`` (hidden files, Word's lock files), the files
Windows and macOS hide in folders (``Thumbs.db``, ``desktop.ini``, ``__MACOSX``), the run's own output folder and any
folder below an input that holds the output of another run (a ``run.sqlite``). A hidden path that is itself given as an
input is read. A broken link is listed as a file, so that it ends as a failed document and isn't lost. A zip of files
is listed as the files in it, by the same rules.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any, NamedTuple

from pipeline.core import outputs
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import Issue, issue
from pipeline.running.archives import DAMAGE, archive_of, is_archive, open_stored, stored_files

STAGE = "input"

_SYSTEM_NAMES = frozenset({"Thumbs.db", "desktop.ini", "__MACOSX"})
_CHUNK = 1 << 20


class InputFile(NamedTuple):
    """A file to read: ``path`` as given joined with the way down to it, with ``/``; ``file`` is what the system opens.

    The two differ when the name isn't UTF-8, as in archives packed on Chinese Windows: ``path`` is then readable text.
    """

    path: str
    file: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All files, sorted by ``path``, and what was met on the way that isn't a file."""

    files: tuple[InputFile, ...]
    issues: tuple[Issue, ...]


class Fingerprint(NamedTuple):
    """Size in bytes, time of the last change in nanoseconds, SHA-256 in hex."""

    size: int
    mtime_ns: int
    sha256: str


class _Folder(NamedTuple):
    """A folder to walk and the folders it stands in, by device and inode, innermost first."""

    path: str
    above: tuple[tuple[int, int], ...]


def list_inputs(paths: Sequence[Path], *, out: Path | None = None) -> Listing:
    """Return every regular file under ``paths`` once, whatever order or spelling they are given in.

    ``out`` is never walked. Raises PipelineError naming each path that doesn't exist, and an input that is ``out``.
    """
    missing = [f"找不到输入 {path}：请检查路径是否写对" for path in paths if not os.path.lexists(path)]
    out_real = os.path.realpath(out) if out is not None else None
    missing += [
        f"输出目录 {out} 就是输入目录，运行结果会和原文混在一起：请用 -o 另指定一个目录"
        for path in paths
        if out_real is not None and os.path.realpath(path) == out_real
    ]
    if missing:
        raise PipelineError(*missing)
    issues: list[Issue] = []
    found: dict[str, str] = {}
    for path in sorted(paths, key=lambda p: p.as_posix()):
        for file in _files(path, out_real, issues):
            found.setdefault(os.path.abspath(file), file)  # noqa: PTH100  (links are files of their own)
    named = sorted(_named(sorted(found.values())))
    files = [inner for file in named for inner in _within(file, issues)]
    return Listing(tuple(files), tuple(sorted(set(issues), key=lambda i: (i.code, i.message))))


def fingerprint(file: str, name: str, *, max_bytes: int, known: Fingerprint | None = None) -> Fingerprint:
    """Return the file's fingerprint; ``known`` is given back unread when size and time are unchanged.

    Raises UnreadableFile when the file is gone, can't be opened or is larger than ``max_bytes``.
    """
    try:
        stream, size = open_input(file)
        with stream:
            changed = Path(archive_of(file) or file).stat().st_mtime_ns
            if size > max_bytes:
                raise UnreadableFile("ingest.too-large", name=name, size=size, limit=max_bytes)
            if known is not None and (known.size, known.mtime_ns) == (size, changed):
                return known
            digest = hashlib.sha256()
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise unreadable(error, name) from error
    except UnreadableFile as error:
        raise UnreadableFile(error.code, **{"name": name, **error.detail}) from error
    except DAMAGE as error:
        raise UnreadableFile("ingest.damaged", name=name, detail=f"在压缩包中已损坏（{error}）") from error
    return Fingerprint(size, changed, digest.hexdigest())


def open_input(file: str) -> tuple[IO[bytes], int]:
    """Return a stream over a listed file, of an archive's too, and its size in bytes. Raises OSError, UnreadableFile.

    A stream over an archive's file gives no more bytes than the size says, else it raises DAMAGE.
    """
    if archive_of(file) is not None:
        return open_stored(file)
    stream = Path(file).open("rb")  # noqa: SIM115  (the caller's to close)
    return stream, os.fstat(stream.fileno()).st_size


def unreadable(error: OSError, name: str) -> UnreadableFile:
    """Return what the system's error means for the user."""
    if isinstance(error, PermissionError):
        return UnreadableFile("input.permission", name=name)
    if isinstance(error, FileNotFoundError):
        return UnreadableFile("input.missing", name=name)
    return UnreadableFile("ingest.damaged", name=name, detail=error.strerror or type(error).__name__)


def shown(path: str) -> str:
    """Return ``path`` as text with ``/``; a name that isn't UTF-8 is read as GB18030, else shown with ``\\xNN``."""
    raw = os.fsencode(PurePath(path).as_posix())
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="backslashreplace")


def _named(files: Sequence[str]) -> Iterator[InputFile]:
    """Yield each file with its readable path; two files that would read the same are told apart by their bytes."""
    taken: set[str] = set()
    for file in files:
        path = shown(file)
        if path in taken:
            path = os.fsencode(PurePath(file).as_posix()).decode("ascii", errors="backslashreplace")
        taken.add(path)
        yield InputFile(path, file)


def _within(file: InputFile, issues: list[Issue]) -> list[InputFile]:
    """Return the files in an archive, in its order; the file itself when it's none, holds none or too many."""
    if not is_archive(file.file):
        return [file]
    found: dict[str, InputFile] = {}
    count: Counter[str] = Counter()
    try:
        for stored in stored_files(file.file):
            if any(_is_skipped(part) for part in stored.name.split("/")):
                continue
            path = f"{file.path}/{stored.name}"
            count[path] += 1
            if count[path] > 1:  # an archive may hold two files of one name
                path = f"{path}~{count[path]}"
            found.setdefault(path, InputFile(path, stored.file))
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": file.path, **error.detail}
        issues.append(issue(STAGE, error.code, **detail))
    return list(found.values()) or [file]


def _files(path: Path, out_real: str | None, issues: list[Issue]) -> Iterator[str]:
    """Yield the files of one input; add to ``issues`` what isn't one."""
    try:
        mode = path.stat().st_mode
    except OSError:
        yield str(path)
        return
    if stat.S_ISREG(mode):
        yield str(path)
    elif stat.S_ISDIR(mode):
        yield from _walk(path, out_real, issues)
    else:
        issues.append(issue(STAGE, "input.special", name=shown(str(path))))


def _walk(root: Path, out_real: str | None, issues: list[Issue]) -> Iterator[str]:
    """Yield the files below ``root``, through symbolic links but never round in a circle."""
    real = Path(os.path.realpath(root))
    stack = [_Folder(str(root), tuple(_identity(folder) for folder in real.parents))]
    while stack:
        folder = stack.pop()
        try:
            own = _identity(Path(folder.path))
            with os.scandir(folder.path) as scan:
                names = sorted(entry.name for entry in scan)
        except OSError as error:
            issues.append(issue(STAGE, "input.unlisted", name=shown(folder.path), reason=error.strerror))
            continue
        if own in folder.above:
            issues.append(issue(STAGE, "input.loop", name=shown(folder.path)))
            continue
        if folder.path != str(root) and outputs.STORE in names:
            continue
        for name in names:
            if _is_skipped(name):
                continue
            path = str(Path(folder.path, name))
            if (kind := _kind(path)) == "folder":
                if os.path.realpath(path) != out_real:
                    stack.append(_Folder(path, (own, *folder.above)))
            elif kind == "file":
                yield path
            else:
                issues.append(issue(STAGE, "input.special", name=shown(path)))


def _is_skipped(name: str) -> bool:
    """Tell whether the module's rule leaves out this name."""
    return name.startswith((".", "~$")) or name in _SYSTEM_NAMES


def _kind(path: str) -> str:
    """Return ``file``, ``folder`` or ``special``; what can't be looked at is a file, which fails later."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "special"


def _identity(folder: Path) -> tuple[int, int]:
    """Return the folder's device and inode."""
    status = folder.stat()
    return status.st_dev, status.st_ino
