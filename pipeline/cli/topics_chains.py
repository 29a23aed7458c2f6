"""``cewen topics chains``: which chains (产业链, 创新链 …) are linked in one sentence, by which verb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import check_target, format_option, say, target_option
from pipeline.cli.params import out_argument
from pipeline.cli.topics_output import give, where_option


@dataclass(frozen=True, slots=True)
class _PairRow:
    """Two chains as a row: ``to`` is → for a direction and — for none, counts by verb, year and level are text."""

    a: str
    to: str
    b: str
    sentences: int
    documents: int
    lack: int
    verbs: str
    years: str
    levels: str


_PAIRS = {
    "a": "链",
    "to": "方向",
    "b": "链（另一）",
    "sentences": "句数",
    "documents": "文档数",
    "lack": "说缺失的",
    "verbs": "动词",
    "years": "年份",
    "levels": "层级",
}
_LINKS = {
    "source_name": "文件名",
    "year": "年份",
    "level": "层级",
    "a": "链",
    "verb": "动词",
    "b": "链（另一）",
    "start": "起",
    "end": "止",
    "quote": "原文",
}


@click.command("chains", add_help_option=False)
@out_argument
@click.option("--links", "each", is_flag=True, help="逐句列出：哪两条链、什么动词、位置和原文。")
@where_option
@format_option
@target_option
@help_option
def chains_command(out: Path, each: bool, where: tuple[str, ...], *, form: str, target: Path | None) -> int:
    """四链：哪两条链在一句话里以什么动词连起来（围绕产业链部署创新链……），各多少句、多少篇。

    \b
    例子：
      cewen topics chains 结果
      cewen topics chains 结果 --where 层级=省 --links -o 四链.csv
    """
    from pipeline.running.comparing import pairs_of_chains
    from pipeline.scoring.chain_pairs import ChainLink

    check_target(target)
    found = pairs_of_chains(out, where)
    if each:
        give(found.links, ChainLink, _LINKS, form, target)
    else:
        rows = [
            _PairRow(
                one.a,
                "→" if one.directed else "—",
                one.b,
                one.sentences,
                one.documents,
                one.lack,
                _counts(one.verbs),
                _counts(one.years),
                _counts(one.levels),
            )
            for one in found.pairs
        ]
        give(rows, _PairRow, _PAIRS, form, target)
    named = f"{found.documents} 篇中 {found.with_chains} 篇提到链"
    say(f"{found.where}：{named}，各链的句数：{_counts(found.chains) or '无'}。{'；'.join(found.notes)}")
    return 0


def _counts(counts: Iterable[tuple[str, int]]) -> str:
    """Return counts as people read them: 「部署 3、布局 1」."""
    return "、".join(f"{name} {count}" for name, count in counts)
