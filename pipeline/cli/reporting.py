"""``cewen report``: a finished run as one HTML file, and its pictures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.cli.params import out_argument
from pipeline.core.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.report.render import Picture

_NAME = "report.html"
_TITLE = "政策文本分析报告"
FORMS: dict[str, tuple[Picture, ...]] = {"svg": ("svg",), "png": ("png",), "both": ("svg", "png")}


@click.command("report", add_help_option=False)
@out_argument
@click.option("--output", "--out", "-o", "target", type=Path, metavar="文件.html", help=f"写到哪里，默认 OUT/{_NAME}。")
@click.option("--title", default=_TITLE, metavar="标题", help=f"报告的标题，默认“{_TITLE}”。")
@click.option("--figures", "folder", type=Path, metavar="目录", help="另把各图写成文件，放在这个目录里。")
@click.option(
    "--figure-format",
    "form",
    type=click.Choice([*FORMS]),
    metavar="格式",
    help="图的格式，默认 svg；png 要本机有中文字体，both 为两种都要。",
)
@help_option
def report_command(out: Path, target: Path | None, title: str, folder: Path | None, form: str | None) -> int:
    """把一次运行写成一个网页文件：语料、措施、编码、主题、引用、一致性、方法、问题和局限、复现。

    方法一节是可以放进论文的一段话：步骤、版本、参数、可靠性、公式的出处。有两个编码者时给出一致性。
    网页不含脚本，不需要联网，可以发给别人、打印或在手机上看。同一次运行写出的文件每次都相同。

    \b
    例子：
      cewen report 结果
      cewen report 结果 -o 报告.html --title "云州市人才政策分析"
      cewen report 结果 --figures 图 --figure-format both
    """
    from pipeline.report.gather import gather
    from pipeline.report.render import write_figures, write_report

    place = target or out / _NAME
    if mistakes := _mistakes(place, folder, form):
        raise PipelineError(*mistakes)
    report = gather(out, title)
    write_report(report, place)
    say(f"已写入 {place}：{report.corpus.lengths.documents} 篇文档，{len(report.figures)} 幅图。")
    say("用浏览器打开即可，不需要联网。")
    if folder is not None:
        written = write_figures(report.figures, folder, FORMS[form or "svg"])
        say(f"已写入 {folder}：{len(written)} 个图文件。")
    return 0


def _mistakes(target: Path, folder: Path | None, form: str | None) -> list[str]:
    """Return what is wrong with the places to write to."""
    found = []
    if target.suffix.lower() not in (".html", ".htm"):
        found.append(f"{target}: 报告的文件名应以 .html 结尾")
    elif target.is_dir() or (target.name != _NAME and not target.absolute().parent.is_dir()):
        found.append(f"{target}: 写不了这个文件，请检查目录是否存在")
    if folder is not None and folder.exists() and not folder.is_dir():
        found.append(f"{folder}: 是一个文件，--figures 要的是目录")
    if form is not None and folder is None:
        found.append("--figure-format 只与 --figures 目录 同用")
    return found
