"""``cewen topics``: the topics of a finished run, fitted anew, shown, given to other texts."""

from __future__ import annotations

import click

from pipeline.cli.help import help_option
from pipeline.cli.topics_assign import assign_command
from pipeline.cli.topics_chains import chains_command
from pipeline.cli.topics_compare import compare_command, keyness_command, network_command
from pipeline.cli.topics_fit import fit_command
from pipeline.cli.topics_list import list_command
from pipeline.cli.topics_page import page_command
from pipeline.cli.topics_show import show_command
from pipeline.cli.topics_trust import choose_command, intrusion_command


@click.group("topics", add_help_option=False)
@help_option
def topics_group() -> None:
    """主题：列出、查看、重新建立，给别的文本分主题，写成网页。

    cewen run 结束时按配置的 [topics] 建立主题；下面的命令看它、换一种设定重建它、用它。

    \b
    例子：
      cewen topics list 结果
      cewen topics show 结果 t003
      cewen topics fit 结果 --k 12
      cewen topics page 结果 -o 主题.html
    """


for _command in (
    list_command,
    show_command,
    fit_command,
    choose_command,
    intrusion_command,
    assign_command,
    compare_command,
    keyness_command,
    network_command,
    chains_command,
    page_command,
):
    topics_group.add_command(_command)
