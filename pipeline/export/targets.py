"""The one list of what a finished run can be exported to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError

# Options by the keyword a target's function takes, and as they are typed.
OPTIONS = {
    "dialect": "--dialect",
    "bmp_safe": "--bmp-safe",
    "source_variables": "--source-variables",
    "case_as_code": "--case-as-code",
    "codebooks": "--codebook",
    "coders": "--coder",
    "measures": "--no-measures",
    "suggestions": "--suggestions",
    "bare": "--bare",
}
_CODED = ("codebooks", "coders", "measures", "bmp_safe")


@dataclass(frozen=True, slots=True)
class Target:
    """An export: its name, what it makes, the suffix of its file (empty: a folder), the function (None: to come).

    ``options`` are the keywords the function takes beside the run and the place. What it returns is told.
    """

    name: str
    zh: str
    suffix: str
    function: str | None
    options: tuple[str, ...] = ()


TARGETS = (
    Target("xlsx", "Excel 工作簿：每表一页，附数据字典", ".xlsx", "pipeline.export.xlsx:export_xlsx"),
    Target("csv", "目录，每表一个 CSV 文件", "", "pipeline.export.csv:export_csv"),
    Target("jsonl", "目录，每表一个 JSON Lines 文件", "", "pipeline.export.jsonl:export_jsonl"),
    Target(
        "qdpx",
        "REFI-QDA 项目（NVivo、MAXQDA、ATLAS.ti、QualCoder），附编码本、分类表、编码表",
        ".qdpx",
        "pipeline.qda.exports:export_qdpx",
        ("dialect", "source_variables", "case_as_code", "suggestions", "bare", *_CODED),
    ),
    Target("qdc", "REFI-QDA 编码本", ".qdc", "pipeline.qda.exports:export_qdc", ("codebooks", "measures")),
    Target(
        "label-studio",
        "Label Studio 的任务（JSON），机器编码为预标注，附标注界面",
        ".json",
        "pipeline.qda.exports:export_label_studio",
        _CODED,
    ),
    Target("doccano", "doccano 的 JSONL，附标签", ".jsonl", "pipeline.qda.exports:export_doccano", _CODED),
    Target("sav", "SPSS 数据", "", None),
    Target("dta", "Stata 数据", "", None),
)


def export(out: Path, name: str, target: Path, options: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Write the finished run ``out`` to ``target`` as ``name``; return what there is to tell, one sentence each.

    ``options`` are those of ``OPTIONS`` that were given. Raises PipelineError when that can't be done.
    """
    given = dict(options or {})
    found = next((one for one in TARGETS if one.name == name), None)
    ready = [one.name for one in TARGETS if one.function]
    if found is None:
        raise PipelineError(f"不认识的导出格式“{name}”，可用的有：{'、'.join(ready)}")
    if found.function is None:
        raise PipelineError(f"导出为 {name}（{found.zh}）还没有做好，目前可用的有：{'、'.join(ready)}")
    mistakes = [*_wrong_options(found, given), *_wrong_place(found, target)]
    if mistakes:
        raise PipelineError(*mistakes)
    module, function = found.function.split(":")
    return getattr(import_module(module), function)(out, target, **given) or ()


def _wrong_options(found: Target, given: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each option the target doesn't take."""
    taken = "、".join(OPTIONS[one] for one in OPTIONS if one in found.options)
    rest = f"可用的有：{taken}" if taken else "它没有别的选项"
    return [f"导出为 {found.name} 时不能用 {OPTIONS[one]}，{rest}" for one in given if one not in found.options]


def _wrong_place(found: Target, target: Path) -> list[str]:
    """Return a sentence when the target is no file or folder as it should be."""
    name = found.name
    if found.suffix and target.suffix.lower() != found.suffix:
        return [f"{target}: 导出为 {name} 时文件名应以 {found.suffix} 结尾"]
    if not found.suffix and target.is_file():
        return [f"{target}: 导出为 {name} 时要给出目录，这里是一个文件"]
    if found.suffix and target.is_dir():
        return [f"{target}: 导出为 {name} 时要给出文件名，这里是一个目录"]
    return []
