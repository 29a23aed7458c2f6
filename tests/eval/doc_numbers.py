"""The list of real 发文字号, each parsed into issuer code, year and number, and those that are truly broken.

python tests/eval/doc_numbers.py          print the counts and every broken one with its reason
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.config import configs_dir
from pipeline.core.strict import read_tsv
from pipeline.structure.doc_numbers import NumberFound, parse_number
from pipeline.structure.rules import NumberRules, load_numbers

LIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "labelled" / "doc_numbers" / "doc_numbers.csv"
_LABEL = re.compile(r"^[\u4e00-\u9fff]{2,6}：\s*")
_FOREIGN = re.compile(r"已|的|关于|通知$")


@dataclass(frozen=True, slots=True)
class Row:
    """A printed number, what it was parsed into, and why it counts as broken (``None``: it's a valid one)."""

    printed: str
    parsed: NumberFound | None
    broken: str | None


def read(path: Path = LIST) -> Iterator[Row]:
    """Yield a row per number of the list."""
    rules = load_numbers(configs_dir())
    bodies = [row[0] for row in read_tsv(configs_dir() / "lexicons" / "agencies.tsv")]
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield _row(_LABEL.sub("", row["doc_no"].strip()), rules, bodies)


def _row(printed: str, rules: NumberRules, bodies: Iterable[str]) -> Row:
    """Return a printed number with its parts and the reason why it's broken."""
    parsed = parse_number(printed, rules)
    return Row(printed, parsed, _reason(printed, parsed, bodies))


def _reason(printed: str, parsed: NumberFound | None, bodies: Iterable[str]) -> str | None:
    """Return why a printed number is no whole one, by what it lacks itself; ``None`` when it lacks nothing."""
    if not printed:
        return "空白：没有文号"
    lacking = [
        name
        for name, pattern in (
            ("年份或“令”“公告”", r"(?:19|20)\d\d|令|公告|通告|[〔\[【（(]\d\d[〕\]】）)]"),
            ("序号", r"\d\s*号|第[一二三四五六七八九十百]+号"),
            ("机关代字", r"[\u4e00-\u9fff]{2}"),
        )
        if not re.search(pattern, printed)
    ]
    if lacking:
        return "缺" + "、".join(lacking)
    if parsed is None:
        return None
    body = re.sub(r"(?:令|公告|通告)$", "", parsed.code)
    if _FOREIGN.search(parsed.code):
        return "机关代字里夹有别的字"
    if body != parsed.code and any(name.endswith(body) and 1 <= len(name) - len(body) <= 2 for name in bodies):
        return "机关名称缺开头的字"
    return None


def parsed_share(rows: Iterable[Row]) -> float:
    """Return the share of the valid numbers that are parsed whole: code, year (orders may have none) and number."""
    valid = [row for row in rows if row.broken is None]
    return sum(_right(row) for row in valid) / len(valid)


def _right(row: Row) -> bool:
    """Tell whether the parts, put together again, give every character printed that isn't a bracket or space."""
    parsed = row.parsed
    if parsed is None or (parsed.year is None and parsed.rule not in ("order", "notice", "number-first")):
        return False
    printed = re.sub(r"(?<=\D)0+(?=\d+\s*号)", "", row.printed[parsed.start : parsed.end])
    year = "" if parsed.year is None else str(parsed.year)
    return sorted(f"{parsed.code}{year}{parsed.number}") == sorted(re.sub(r"\W|[第号年]", "", printed))


def main() -> int:
    """Print the counts, and every broken or unparsed number with its reason."""
    rows = list(read())
    reasons = Counter(row.broken for row in rows)
    print(f"{len(rows)} 个，其中有效 {reasons[None]} 个，解析出机关代字、年份、序号的占 {parsed_share(rows):.4f}")
    for reason, count in reasons.most_common():
        if reason:
            print(
                f"{count}\t{reason}\t" + "；".join(row.printed for row in rows if row.broken == reason and row.printed)
            )
    for row in rows:
        if row.broken is None and not _right(row):
            print(f"没有解析对\t{row.printed}\t{row.parsed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
