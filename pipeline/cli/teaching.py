"""``cewen codebook train``: a trained coder learned from people's codings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import json_option
from pipeline.cli.text import grid
from pipeline.core.files import check_place

if TYPE_CHECKING:
    from pipeline.coding.taught import Score
    from pipeline.running.teaching import Taught

_FEW = 100  # clauses read below which the figures are told to be rough


@click.command("train", add_help_option=False)
@click.argument("codebook", metavar="名称或文件")
@click.argument("outs", metavar="OUT", nargs=-1, required=True, type=Path)
@click.option(
    "--output", "--out", "-o", "target", type=Path, required=True, metavar="文件.codes", help="模型写到哪里。"
)
@click.option("--coder", "coders", multiple=True, metavar="人名", help="只学此人的编码；默认学所有人的。")
@click.option("--config", "path", type=Path, metavar="文件", help="现行编码者所用的配置；默认为自带的配置。")
@click.option("--force", is_flag=True, help="模型文件已经存在时覆盖它。")
@json_option
@help_option
def train_command(
    codebook: str,
    outs: tuple[Path, ...],
    target: Path,
    *,
    coders: tuple[str, ...],
    path: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """从人工编码学出一个编码模型，此后的运行按它编码。

    OUT 是导入过人工编码的输出目录，可以有几个。人读过的每一段都是一课：给出的代码是正例，没有给出的是反例；
    几个人意见不一时从多数，打平的算作存疑。新模型从现行编码者出发，向人的编码靠拢，走多远由没有见过的文档检验：
    改得不多、或与现行一致时，相差也不多。给出不足 5 次的代码不学，仍由现行编码者判定。

    逐个代码列出：在没有见过的文档上，新模型与现行编码者各与人工编码符合多少（F1 和 κ）。
    同样的输入得到逐字节相同的模型。用法见最后一行提示：把模型写进配置的 [coding] models。

    \b
    例子：
      cewen import 结果 张三改过.qdpx --coder 张三 --reviewed
      cewen codebook train yinyuyongliu 结果 -o 我的.codes
      cewen codebook train 我的编码本.xlsx 结果 去年的结果 -o 我的.codes --coder 张三 --force
    """
    from pipeline.books.coders import SUFFIX
    from pipeline.coding.learned import save
    from pipeline.core.config import load_config
    from pipeline.running.teaching import learn_codes

    check_place(target, (SUFFIX,), name="模型的", force=force)
    taught = learn_codes(codebook, outs, target.stem, config=load_config(path), coders=coders)
    fresh = target.with_name(target.name + ".tmp")
    save(taught.model, fresh)
    fresh.replace(target)
    if as_json:
        print_json(_data(taught, target))
    else:
        show(_table(taught))
    for words in _words(taught):
        say(words)
    say(f'已写入 {target}。在配置里写 [coding] models = ["themes", "{target.as_posix()}"]，再用 cewen run 重新运行。')
    return 0


def _table(taught: Taught) -> str:
    """Return the scores for people."""
    from pipeline.coding.codebook import walk

    names = {path[-1].code: path[-1].name for path in walk(taught.book.codes)}
    heads = ("代码", "名称", "读过", "给出", "F1", "现行 F1", "κ", "现行 κ")
    rows = [
        (one.code[1], names[one.code[1]], one.read, one.given, *map(_figure, _figures(one))) for one in taught.scores
    ]
    means = _means(taught)
    rows.append(("平均", "", "", "", _figure(means[0]), _figure(means[1]), "", ""))
    return grid(heads, rows)


def _figures(one: Score) -> tuple[float | None, ...]:
    """Return the figures of a code in the table's order."""
    return one.f1, one.present_f1, one.kappa, one.present_kappa


def _figure(value: float | None) -> str:
    """Return a figure with two digits; – where there is none."""
    return "–" if value is None else f"{value:.2f}"


def _means(taught: Taught) -> tuple[float | None, float]:
    """Return mean F1 of the new model, where there are folds, and of the present coder."""
    new = [one.f1 for one in taught.scores if one.f1 is not None]
    present = sum(one.present_f1 for one in taught.scores) / len(taught.scores)
    return (sum(new) / len(new) if new else None), present


def _words(taught: Taught) -> Iterator[str]:
    """Yield what is to be known beside the figures."""
    who = "、".join(taught.coders)
    yield f"{who} 在 {taught.documents} 篇中读过 {taught.read} 段。"
    if taught.unread:
        yield f"现行编码者只凭词语：从它给另外 {taught.unread} 段的编码出发。"
    if taught.doubtful:
        yield f"其中 {taught.doubtful} 个判断存疑（意见不一，或机器编码看过而没有改动），只算很轻的分量。"
    if taught.left_out:
        listed = "、".join(f"{code} {often}" for (_, code), often in taught.left_out)
        yield f"给出（或没有给出）不足 5 次、或现行模型不判的代码没有学，仍由现行编码者判定：{listed}。"
    if taught.unknown:
        yield f"编码本里没有、没有学的代码：{'、'.join(taught.unknown)}。"
    new, present = _means(taught)
    if new is None:
        yield "人只读过一篇文档，无从检验新模型在别的文档上好不好；请再读几篇。"
    elif new < present:
        yield "新模型在没有见过的文档上不如现行编码者：先不要用它，请再多读一些后重新训练。"
    if taught.read < _FEW:
        yield f"只读过 {taught.read} 段，上面的数字出入会很大，读到几百段才靠得住。"


def _data(taught: Taught, target: Path) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "model": str(target),
        "digest": taught.model.digest,
        "codebook": taught.book.codebook,
        "coders": taught.coders,
        "documents": taught.documents,
        "read": taught.read,
        "doubtful": taught.doubtful,
        "unread": taught.unread,
        "codes": [
            {
                "code": one.code[1],
                "read": one.read,
                "given": one.given,
                "f1": one.f1,
                "kappa": one.kappa,
                "present_f1": one.present_f1,
                "present_kappa": one.present_kappa,
                "threshold": float(taught.model.threshold[k]),
            }
            for k, one in enumerate(taught.scores)
        ],
        "left_out": [{"code": code, "given": often} for (_, code), often in taught.left_out],
        "unknown": taught.unknown,
    }
