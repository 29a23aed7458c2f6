"""The one list of what a finished run can be exported to."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pipeline.core.errors import PipelineError


@dataclass(frozen=True, slots=True)
class Target:
    """An export: its name, what it makes, the suffix of its file (empty: a folder), the function (None: to come)."""

    name: str
    zh: str
    suffix: str
    function: str | None


TARGETS = (
    Target("xlsx", "Excel 工作簿：每表一页，附数据字典", ".xlsx", "pipeline.export.xlsx:export_xlsx"),
    Target("csv", "目录，每表一个 CSV 文件", "", "pipeline.export.csv:export_csv"),
    Target("jsonl", "目录，每表一个 JSON Lines 文件", "", "pipeline.export.jsonl:export_jsonl"),
    Target("qdpx", "REFI-QDA 项目（NVivo、MAXQDA、ATLAS.ti、QualCoder）", ".qdpx", None),
    Target("qdc", "REFI-QDA 编码本", ".qdc", None),
    Target("sav", "SPSS 数据", "", None),
    Target("dta", "Stata 数据", "", None),
)


def export(out: Path, name: str, target: Path) -> None:
    """Write the finished run ``out`` to ``target`` as ``name``. Raises PipelineError when that can't be done."""
    found = next((one for one in TARGETS if one.name == name), None)
    ready = [one.name for one in TARGETS if one.function]
    if found is None:
        raise PipelineError(f"不认识的导出格式“{name}”，可用的有：{'、'.join(ready)}")
    if found.function is None:
        raise PipelineError(f"导出为 {name}（{found.zh}）还没有做好，目前可用的有：{'、'.join(ready)}")
    if found.suffix and target.suffix.lower() != found.suffix:
        raise PipelineError(f"{target}: 导出为 {name} 时文件名应以 {found.suffix} 结尾")
    if not found.suffix and target.is_file():
        raise PipelineError(f"{target}: 导出为 {name} 时要给出目录，这里是一个文件")
    if found.suffix and target.is_dir():
        raise PipelineError(f"{target}: 导出为 {name} 时要给出文件名，这里是一个目录")
    module, function = found.function.split(":")
    getattr(import_module(module), function)(out, target)
