"""The targets of ``cewen export`` that hand coded documents over: what each writes, and what to tell about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.qda import memo
from pipeline.qda.build import Built, Choice, amount_told, build_project
from pipeline.qda.dialects import DIALECTS, without_astral
from pipeline.qda.labelling import write_doccano, write_label_studio
from pipeline.qda.project import Project
from pipeline.qda.qdc_write import write_qdc
from pipeline.qda.qde import Options
from pipeline.qda.qdpx_write import write_qdpx
from pipeline.qda.scheme import load_scheme
from pipeline.qda.sides import write_sides

_UNPROVEN = {
    "nvivo": "nvivo 写法同 NVivo 12 自己导出的文件，NVivo 能否照此读入还没有实测",
    "atlas": "atlas 写法还没有在 ATLAS.ti 中实测",
    "maxqda": "maxqda 写法还没有在 MAXQDA 中实测",
}


@dataclass(frozen=True, slots=True)
class Given:
    """The options of the targets. ``coders`` and ``codebooks`` empty: all; ``bare``: no files beside a .qdpx;
    ``suggestions``: what the machine was in doubt about too.
    """

    dialect: str = "spec"
    bmp_safe: bool = False
    source_variables: bool = False
    case_as_code: bool = False
    codebooks: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    measures: bool = True
    bare: bool = False
    suggestions: bool = False

    def built(self, out: Path) -> Built:
        """Return the finished run ``out`` as a project. Raises PipelineError for an unknown codebook or coder."""
        return build_project(out, Choice(self.codebooks, self.coders, self.measures, suggestions=self.suggestions))


def export_qdpx(out: Path, target: Path, **options: Any) -> tuple[str, ...]:
    """Write a finished run as .qdpx (REFI-QDA 1.5), its side files too unless ``bare``; return what to tell.

    ``options`` are the fields of ``Given``. Raises PipelineError for an unknown dialect, codebook or coder, and when
    ``out`` holds no finished run.
    """
    given = Given(**options)
    dialect = DIALECTS.get(given.dialect)
    if dialect is None:
        raise PipelineError(f"不认识的写法“{given.dialect}”，可用的有：{'、'.join(DIALECTS)}")
    built = given.built(out)
    style = Options(dialect, given.bmp_safe, given.source_variables, given.case_as_code, built.classification)
    write_qdpx(built.project, target, style)
    words = _told(built, bmp_safe=given.bmp_safe)
    if given.suggestions:
        count = sum(mark.coder == memo.DOUBTS for paper in built.project.papers for mark in paper.marks)
        words.append(
            f"其中 {count} 处是待审的建议，编码者为“{memo.DOUBTS}”：同意的请用自己的名字另编，留下的不算任何人的编码"
        )
    if given.dialect in _UNPROVEN:
        words.append(f"{_UNPROVEN[given.dialect]}，打开后请先核对几处编码")
    if not given.bare:
        beside = write_sides(built.project, target, built.classification)
        words.append(f"同一目录另有：{'、'.join(path.name for path in beside)}")
    return tuple(words)


def export_qdc(out: Path, target: Path, **options: Any) -> tuple[str, ...]:
    """Write the codes of a finished run as .qdc (REFI-QDA codebook); return what to tell."""
    built = Given(**options).built(out)
    write_qdc(built.project, target)
    return (f"{len(built.project.themes)} 个代码（含文件夹）",)


def export_label_studio(out: Path, target: Path, **options: Any) -> tuple[str, ...]:
    """Write a finished run as tasks of Label Studio with its labelling interface beside; return what to tell."""
    given = Given(**options)
    built = given.built(out)
    _, interface = write_label_studio(built.project, target, bmp_safe=given.bmp_safe)
    how = f"标注界面在 {interface.name}：先在 Label Studio 的 Labeling Interface → Code 中粘贴，再导入任务"
    return *_told(built, bmp_safe=given.bmp_safe), how


def export_doccano(out: Path, target: Path, **options: Any) -> tuple[str, ...]:
    """Write a finished run as lines of doccano with its labels beside; return what to tell."""
    given = Given(**options)
    built = given.built(out)
    _, labels = write_doccano(built.project, target, bmp_safe=given.bmp_safe)
    how = f"标签在 {labels.name}：Sequence Labeling 项目要允许重叠（Allow overlapping），先导入标签，再导入数据"
    return *_told(built, bmp_safe=given.bmp_safe), how


def _told(built: Built, *, bmp_safe: bool) -> list[str]:
    """Return how much was written, what was left out, and whether programs may count characters differently."""
    project = built.project
    words = [amount_told(project.papers, project.themes, load_scheme().folder)]
    words += built.words
    if not bmp_safe and (names := _astral(project)):
        more = f"等 {len(names)} 篇文档" if len(names) > 3 else ""
        words.append(
            f"{'、'.join(names[:3])} {more}有生僻字或表情符号，各软件算位置的办法不同（NVivo 算两个字符），"
            "编码可能错位；加 --bmp-safe 以〓代替这些字符即可避免"
        )
    return words


def _astral(project: Project) -> list[str]:
    """Return the names of documents with characters beyond U+FFFF and codings."""
    return [paper.name for paper in project.papers if paper.marks and without_astral(paper.text)[1]]
