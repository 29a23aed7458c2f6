"""``cewen status`` and ``cewen issues``: what is done and what there is to know, also while a run is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pipeline.cli.help import help_option
from pipeline.cli.output import print_json, say, show
from pipeline.cli.params import coded, json_option, out_argument
from pipeline.cli.places import find_record, place
from pipeline.core import outputs
from pipeline.core.issues import CODES
from pipeline.table.schema import SEVERITIES, STATUSES
from pipeline.table.words import code_of

# So many issues of one code are listed each; more become one line.
_FEW = 3
_NEEDS_SUBJECT = "的中第共有"  # what a sentence can't begin with


@click.command("status", add_help_option=False)
@out_argument
@json_option
@help_option
def status_command(out: Path, as_json: bool) -> int:
    """显示运行情况：文档完成、部分完成、失败各多少，以及结果摘要。

    \b
    例子：
      cewen status 结果
      cewen status 结果 --json
    """
    from pipeline.running.records import Records
    from pipeline.table.summary import as_data, render, summarize

    with Records(out) as records:
        tally, issues = records.tally(), records.issue_counts()
        failed = [record.source.path for record in records.rows() if record.status == "failed"]
    finished = (out / outputs.DATABASE).is_file() and not tally.get("waiting")
    if as_json:
        words = as_data(summarize(out)) if finished else None
        total = sum(tally.values())
        print_json(
            {
                "total": total,
                "documents": tally,
                "issues": issues,
                "failed": failed,
                "finished": finished,
                "summary": words,
            }
        )
        return 0
    if finished:
        show(render(summarize(out), out))
    else:
        names = {"waiting": "等待", **STATUSES}
        counts = "，".join(f"{names[status]} {count}" for status, count in tally.items())
        show(f"文档 {sum(tally.values())} 份：{counts}" if counts else "没有读到文件")
        say("还没有运行完。请再次运行同一 cewen run 命令，会从停下的地方接着做。")
    for path in failed:
        show(f"失败：{path}")
    return 0


@click.command("issues", add_help_option=False)
@out_argument
@click.option("--severity", type=coded(SEVERITIES), metavar="程度", help="只列这一程度。")
@click.option("--code", type=click.Choice(tuple(CODES)), metavar="代码", help="只列这一问题代码，见 docs/issues.md。")
@click.option("--doc", metavar="文档", help="只列这一文档：文档编号（或开头几位）、文件名或路径。")
@click.option("--all", "every", is_flag=True, help="逐条列出；默认把同一代码的许多警告和提示合成一行。")
@json_option
@help_option
def issues_command(
    out: Path, severity: str | None, code: str | None, doc: str | None, *, every: bool, as_json: bool
) -> int:
    """列出问题：在哪个文件、什么位置、怎么办。

    \b
    例子：
      cewen issues 结果
      cewen issues 结果 --severity 错误
      cewen issues 结果 --code number.unclaimed --all
      cewen issues 结果 --json
    """
    wanted = severity and code_of(SEVERITIES, severity)
    found = [
        one
        for one in _issues(out, doc)
        if (wanted is None or one["severity"] == wanted) and (code is None or one["code"] == code)
    ]
    if as_json:
        print_json(found)
        return 0
    counts = Counter(one["code"] for one in found if one["severity"] != "error")
    grouped = {code for code, count in counts.items() if count > _FEW and not every}
    for one in found:
        if one["code"] not in grouped:
            show(_line(one))
    for name in sorted(grouped):
        show(_group([one for one in found if one["code"] == name]))
    say(f"共 {len(found)} 个问题。" + ("合成一行的可用 --all 逐条列出。" if grouped else ""))
    return 0


def _line(one: dict[str, Any]) -> str:
    """Return one issue on a line, with the file's name once."""
    name = one["source_name"] or "整次运行"
    return f"[{SEVERITIES[one['severity']]}] {name}{place(one)} {one['code']}：{_without_name(one)}"


def _without_name(one: dict[str, Any]) -> str:
    """Return an issue's message without the file's name: 「甲.txt 是空文件」 → 「是空文件」."""
    message, name = str(one["message"]), one["source_name"]
    if not name:
        return message
    rest = message.removeprefix(f"{name} ")
    if rest != message:
        return f"该文件{rest}" if rest[0] in _NEEDS_SUBJECT else rest
    return message.replace(f"文件 {name} ", "文件").replace(f" {name} ", "该文件", 1)


def _group(found: list[dict[str, Any]]) -> str:
    """Return many issues of one code on a line: how many, in which files, and the first of them."""
    first, files = found[0], list(dict.fromkeys(one["source_name"] or "整次运行" for one in found))
    listed = "、".join(files[:_FEW]) + (f"等 {len(files)} 个文件" if len(files) > _FEW else "")
    example = f"第一处{place(first)}：{_without_name(first)}"
    return f"[{SEVERITIES[first['severity']]}] {first['code']} {len(found)} 处（{listed}），{example}"


def _issues(out: Path, doc: str | None) -> Iterator[dict[str, Any]]:
    """Yield the issues of a run, or of one document, as plain data."""
    from pipeline.running.records import Records

    with Records(out) as records:
        chosen = records.rows() if doc is None else [find_record(records, doc, out)]
        if doc is None:
            for trace in records.run_issues():
                yield {"doc_id": None, "source_name": None, "source_path": None, **asdict(trace.issue)}
            for file, traces in records.file_issues():
                head = {"doc_id": None, "source_name": file.source.name, "source_path": file.source.path}
                for trace in traces:
                    yield {**head, **asdict(trace.issue)}
        for record in chosen:
            head = {"doc_id": record.doc_id, "source_name": record.source.name, "source_path": record.source.path}
            for trace in records.issues_of(record):
                yield {**head, **asdict(trace.issue)}
