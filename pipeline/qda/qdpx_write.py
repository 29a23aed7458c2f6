"""A project becomes a .qdpx (REFI-QDA 1.5): a zip of ``project.qde`` and a text file for each document."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.qda.project import Project
from pipeline.qda.qde import Options, Qde, note_guid, paper_text, source_guid

_DATE = (1980, 1, 1, 0, 0, 0)  # the first a zip can hold; equal projects make equal files
_LARGEST = 2**31 - 1  # §8.5 of the standard: a file within the zip must be smaller


def write_qdpx(project: Project, target: Path, options: Options | None = None) -> None:
    """Write ``project`` to ``target``; it appears only once it is complete, and equal projects make equal bytes.

    Raises PipelineError when a file within would be too large.
    """
    chosen = options or Options()
    with completed(target) as fresh, zipfile.ZipFile(fresh, "w") as archive:
        _add(archive, "project.qde", Qde(project, chosen).pieces())
        for name, text in sorted(_texts(project, chosen).items()):
            _add(archive, f"sources/{name}.txt", iter([text()]))


def _texts(project: Project, options: Options) -> dict[str, _Text]:
    """Return the text files by name: of each document, and of the note about the project."""
    found = {source_guid(paper): _Text(paper_text(paper, options), options) for paper in project.papers}
    if project.memo:
        found[note_guid(project)] = _Text(project.memo, options)
    return found


class _Text:
    """A text that is given its line ends only when it's written."""

    __slots__ = ("_options", "_text")

    def __init__(self, text: str, options: Options) -> None:
        """Keep the text with LF."""
        self._text = text
        self._options = options

    def __call__(self) -> str:
        """Return what goes into the file."""
        return self._options.dialect.file_text(self._text)


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterator[str]) -> None:
    """Add a file in UTF-8."""
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    size = 0
    with archive.open(info, "w") as file:
        for piece in pieces:
            data = piece.encode("utf-8")
            size += len(data)
            if size > _LARGEST:
                raise PipelineError(f"{name} 超过 2 GB，REFI-QDA 不允许；请用 --codebook、--coder 分批导出")
            file.write(data)
