"""A small run for the report's tests: sample documents, hostile ones, a broken one, a copy. Not a test module."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from lxml import html

import pipeline

SAMPLE = Path(__file__).resolve().parents[1] / "corpora" / "sample"
HOSTILE = "关于<script>alert(1)</script>\"onmouseover='x' {{7*7}}的通知"
NAMES = ("<img src=x onerror=alert(1)>.txt", "=cmd|calc.txt", "甲\u202etxt.x\x1b[31m.txt")


def hostile_text(number: int) -> str:
    """A document whose title, headings, agencies and sentences hold markup."""
    return (
        f"{HOSTILE}\n云政发〔202{number}〕{number}号\n\n各县（市、区）人民政府：\n\n"
        f"一、支持<b>引进</b>人才 javascript:alert({number})\n"
        f'对引进的<script>博士</script>给予最高{number}000万元安家补助，每人每月{number}000元"生活补贴"。\n'
        f"根据《关于<i>支持</i>人才的意见》（云政发〔2019〕8号）和《公司法》执行。\n\n"
        f"云州市人民政府\n202{number}年3月{number}日\n"
    )


def make(folder: Path) -> Path:
    """Run it in ``folder`` and return the output folder."""
    given = folder / "in"
    given.mkdir(parents=True)
    for path in sorted(SAMPLE.iterdir())[:6]:
        shutil.copy(path, given / path.name)
    for number, name in enumerate(NAMES, 2):
        (given / name).write_text(hostile_text(number), encoding="utf-8")
    first = sorted(SAMPLE.iterdir())[0]
    shutil.copy(first, given / "又一份.txt")
    (given / "空.txt").write_bytes(b"")
    pipeline.run(given, folder / "out", workers=1)
    return folder / "out"


def table(tree: html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells of the table whose caption ends with ``caption``, heads first."""
    [found] = [one for one in tree.iter("table") if "".join(one.find("caption").itertext()).endswith(caption)]
    return [["".join(cell.itertext()) for cell in row] for row in found.iter("tr")]


def words(tree: html.HtmlElement, section: str) -> str:
    return re.sub(r"\s+", "", tree.get_element_by_id(section).text_content())
