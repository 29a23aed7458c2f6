"""The parts of an Office file, which is a zip: how large one may be."""

from __future__ import annotations

import zipfile

from pipeline.core.errors import UnreadableFile

# A tree takes some ten times the memory of its XML. Word's and Excel's parts compress to a twentieth; far more is
# mischief.
_LEAST_SUSPECT, _MOST_RATIO = 20_000_000, 200


def check_size(info: zipfile.ZipInfo, name: str, limit: int) -> None:
    """Raise UnreadableFile for a part that would fill memory: ``ingest.too-large``, or ``damaged`` for a zip bomb."""
    if info.file_size > limit:
        raise UnreadableFile("ingest.too-large", name=f"{name}（{info.filename}）", size=info.file_size, limit=limit)
    if info.file_size > max(_LEAST_SUSPECT, _MOST_RATIO * info.compress_size):
        raise UnreadableFile("ingest.damaged", name=name, detail=f"{info.filename}: 压缩比异常，疑似压缩炸弹")
