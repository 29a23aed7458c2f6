"""Which reader a coded file needs: by its ending, and for JSON by what is in it."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.qda.given import Given

ENDINGS = (".qdpx", ".json", ".jsonl", ".xlsx", ".csv", ".tsv")


def read_given(file: Path) -> Given:
    """Return a coded file of any format read here. Raises PipelineError, in Chinese, when it can't be read."""
    ending = file.suffix.casefold()
    if not file.is_file():
        raise PipelineError(f"{file}: 没有这个文件，请检查路径")
    if ending == ".qdpx":
        from pipeline.qda.qdpx_read import read_qdpx

        return read_qdpx(file)
    if ending in (".json", ".jsonl"):
        from pipeline.qda.json_read import read_json

        return read_json(file)
    if ending in (".xlsx", ".csv", ".tsv"):
        from pipeline.qda.sheet_read import read_sheet

        return read_sheet(file)
    if ending == ".qdc":
        raise PipelineError(f"{file}: 这是编码本，没有编码。请在原软件中导出为 REFI-QDA 项目（.qdpx）")
    raise PipelineError(f"{file}: 不认识的文件，可以导入的有 {'、'.join(ENDINGS)}")
