"""``cewen topics page``: the topics of a finished run as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import say
from pipeline.cli.params import out_argument
from pipeline.core.files import check_place


@click.command("page", add_help_option=False)
@out_argument
@click.option("--output", "--out", "-o", "target", type=Path, required=True, metavar="文件.html", help="网页写到哪里。")
@click.option(
    "--most", type=click.IntRange(1, 100), default=5, metavar="条数", help="每个主题列多少文档和原文，默认 5。"
)
@help_option
def page_command(out: Path, target: Path, most: int) -> int:
    """把主题写成一个网页文件：主题词图、文档、原文及位置、各年的占比，主题 × 年份、省份、层级，主题数的比较（如做过）。

    占比及其 95% 区间与 cewen topics compare 相同。
    网页不需要联网，可以直接发给别人，在手机上也能看。主题词按相关度排列（Sievert 和 Shirley 2014，λ = 0.6）：
    既在主题中常见、又少见于其他主题的词在前。

    \b
    例子：
      cewen topics page 结果 -o 主题.html
      cewen topics page 结果 -o 主题.html --most 10
    """
    from pipeline.export.topic_page import write_page
    from pipeline.running.topic_page import gather

    check_place(target, (".html", ".htm"), name="网页的")
    page = gather(out, most=most)
    write_page(page, target)
    say(f"已写入 {target}：{len(page.topics)} 个主题，{page.n_documents} 篇文档。用浏览器打开即可，不需要联网。")
    return 0
