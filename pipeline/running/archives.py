"""Files inside zip archives, read as if the archive were a folder. Nothing is ever unpacked onto the disk.

A file within an archive is named for the system by the archive's path and the file's number in the archive's
directory, with NUL between them, which no path holds: ``a.zip␀3``, and ``a.zip␀3␀0`` for an archive in an archive.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

from pipeline.core.errors import UnreadableFile

MOST_FILES = 100_000
DEEPEST = 3  # archives within archives
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_SEPARATOR = "\0"
_MAGIC = b"PK\x03\x04"
_UTF8, _ENCRYPTED = 0x800, 0x1  # flag bits: the name is UTF-8; there's a password
_LARGEST_INNER = 300_000_000  # an archive within an archive is held in memory
# what a zip holds that is itself a document: Office Open XML, also without its list of parts, OpenDocument, EPUB, OFD
_PACKAGES = frozenset({"[Content_Types].xml", "mimetype", "OFD.xml", "META-INF/container.xml"})
_PARTS = ("word/document.", "word/styles.", "word/_rels/", "xl/workbook.", "xl/worksheets/", "ppt/presentation.")


class Stored(NamedTuple):
    """A file within an archive: its name there, with ``/`` and free of ``..``, and what it's opened by."""

    name: str
    file: str


def is_archive(file: str) -> bool:
    """Tell by its content whether a file is a zip of files, not a document that happens to be a zip (docx)."""
    try:
        with Path(file).open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                return False
        return _holds_files(_archive(file))
    except (OSError, *DAMAGE):
        return False  # the reader will say what's wrong with it


def stored_files(file: str) -> Iterator[Stored]:
    """Yield the files in an archive, in its order, those of archives within it too.

    Raises UnreadableFile("input.archive") beyond ``MOST_FILES`` files. An archive in it that can't be opened, or lies
    too deep, is yielded as a file, so that it ends as a failed document.
    """
    for count, found in enumerate(_walk(file, "", depth=1)):
        if count == MOST_FILES:
            raise UnreadableFile("input.archive", limit=MOST_FILES)
        yield found


def archive_of(file: str) -> str | None:
    """Return the path of the archive that ``file`` lies in, None for a file of the system's own."""
    return file.partition(_SEPARATOR)[0] if _SEPARATOR in file else None


def open_stored(file: str) -> tuple[IO[bytes], int]:
    """Return a stream over a file within an archive, and the size in bytes its archive says it has.

    Raises OSError, or UnreadableFile when it's encrypted, damaged or no longer there. ``read`` may raise DAMAGE.
    """
    archive, _, number = file.rpartition(_SEPARATOR)
    try:
        opened = _archive(archive)
        entry = opened.infolist()[int(number)]
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableFile("ingest.encrypted")
        return opened.open(entry), entry.file_size
    except IndexError as error:
        raise UnreadableFile("input.changed") from error
    except DAMAGE as error:
        raise UnreadableFile("ingest.damaged", detail=f"压缩包中的这一份打不开（{error}）") from error


def _walk(file: str, above: str, depth: int) -> Iterator[Stored]:
    """Yield the files of one archive; ``above`` is the way down to it."""
    archive = _archive(file)
    for number, entry in enumerate(archive.infolist()):
        if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
            continue
        own = f"{file}{_SEPARATOR}{number}"
        name = above + _name(entry)
        if depth < DEEPEST and _is_inner(archive, entry, own):
            yield from _walk(own, f"{name}/", depth + 1)
        else:
            yield Stored(name, own)


def _is_inner(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, own: str) -> bool:
    """Tell whether a file in an archive is an archive of files that can be opened."""
    if entry.flag_bits & _ENCRYPTED or entry.file_size > _LARGEST_INNER:
        return False
    try:
        with archive.open(entry) as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                return False
        return _holds_files(_archive(own))
    except (OSError, UnreadableFile, *DAMAGE):
        return False  # it's a file then, and fails as one


def _holds_files(archive: zipfile.ZipFile) -> bool:
    """Tell whether there are files in the archive and it's no document in a zip's clothes."""
    names = archive.namelist()
    if not _PACKAGES.isdisjoint(names) or any(name.startswith(_PARTS) for name in names):
        return False
    return any(not name.endswith("/") for name in names)


def _archive(file: str) -> zipfile.ZipFile:
    """Return an archive, opened; it may itself lie within another. Raises OSError, UnreadableFile, DAMAGE."""
    status = Path(archive_of(file) or file).stat()
    return _opened(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=DEEPEST)  # the files of one archive are read one after another: its directory is read once
def _opened(file: str, _changed: int, _size: int) -> zipfile.ZipFile:
    """Return an archive, opened; the time and size of the outermost file tell whether it's still the same."""
    if archive_of(file) is None:
        return zipfile.ZipFile(file)
    stream, _ = open_stored(file)
    with stream:
        content = stream.read(_LARGEST_INNER + 1)
    if len(content) > _LARGEST_INNER:
        raise ValueError("larger than its directory says")
    return zipfile.ZipFile(io.BytesIO(content))


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a stored file's name: GB18030 where the archive doesn't say UTF-8, no ``..``, no control characters."""
    name = entry.filename if entry.flag_bits & _UTF8 else _decoded(entry.filename)
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "_" for c in "/".join(parts)) or "_"


def _decoded(name: str) -> str:
    """Return a name that the library has read as CP437 in the encoding it was most likely written in."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return name.encode("cp437").decode(encoding)
    return name
