"""The one list of what a finished run can be exported to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.table.words import closest

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
    "tables": "--table",
    "panel": "--panel",
    "balanced": "--balanced",
}
# what people call a format by its program
_PROGRAMS = {"excel": "xlsx", "stata": "dta", "spss": "sav"} | dict.fromkeys(
    ("nvivo", "maxqda", "atlas", "atlas.ti", "qualcoder"), "qdpx"
)
_CODED = ("codebooks", "coders", "measures", "bmp_safe")
_TABLES = ("tables", "panel", "balanced", "codebooks", "coders")


@dataclass(frozen=True, slots=True)
class Target:
    """An export: its name, what it makes, the suffix of its file, the function.

    ``options`` are the keywords the function takes beside the run and the place; ``folder``: the place may be a folder
    of such files too. What the function returns is told.
    """

    name: str
    zh: str
    suffix: str
    function: str
    options: tuple[str, ...] = ()
    folder: bool = False


def _of_tables(name: str, zh: str) -> Target:
    """Return a target that writes each table into a file of its own."""
    function = f"pipeline.export.{'stats' if name in ('sav', 'dta') else name}:export_{name}"
    return Target(name, zh, f".{name}", function, (*_TABLES, "bare"), folder=True)


TARGETS = (
    Target("xlsx", "Excel 工作簿：每表一页，附数据字典", ".xlsx", "pipeline.export.xlsx:export_xlsx", _TABLES),
    _of_tables("csv", "CSV：Excel 可直接打开"),
    _of_tables("jsonl", "JSON Lines：一行一条"),
    _of_tables("parquet", "Parquet：给 pandas、R、DuckDB 等"),
    _of_tables("sav", "SPSS 数据：中文变量标签和值标签"),
    _of_tables("dta", "Stata 数据：中文变量标签和值标签"),
    Target("graphml", "文档引用网络（Gephi、Cytoscape、igraph）", ".graphml", "pipeline.export.network:export_graphml"),
    Target("bibtex", "文档题录 BibTeX（LaTeX、Zotero、JabRef）", ".bib", "pipeline.export.citations:export_bibtex"),
    Target("csl", "文档题录 CSL-JSON（Zotero、pandoc）", ".json", "pipeline.export.citations:export_csl"),
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
)


def export(out: Path, name: str, target: Path, options: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Write the finished run ``out`` to ``target`` as ``name``; return what there is to tell, one sentence each.

    ``options`` are those of ``OPTIONS`` that were given. Raises PipelineError when that can't be done.
    """
    given = dict(options or {})
    found = next((one for one in TARGETS if one.name == name), None)
    if found is None:
        meant = _PROGRAMS.get(name.lower())
        hint = f"，{name} 请写 {meant}" if meant else closest(name, [one.name for one in TARGETS])
        raise PipelineError(f"不认识的导出格式“{name}”{hint}")
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
    name, suffix = found.name, target.suffix.lower()
    if suffix == found.suffix:
        return [f"{target}: 导出为 {name} 时要给出文件名，这里是一个目录"] if target.is_dir() else []
    if not found.folder:
        return [f"{target}: 导出为 {name} 时文件名应以 {found.suffix} 结尾"]
    if target.is_file() or suffix in {one.suffix for one in TARGETS}:
        return [f"{target}: 导出为 {name} 时应给出目录，或以 {found.suffix} 结尾的文件名"]
    return []
