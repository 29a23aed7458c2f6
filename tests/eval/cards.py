"""The cards of a government's policy guide against the fields the government itself printed on them.

    python tests/eval/cards.py            the shares that are right, and every difference

Cards are matched by their titles (the reference has lost the second lines of some), values compared without white
space and with one width of characters. ``cells`` counts the cells of all other labels
that hold exactly what the reference has, which also shows text that has strayed from one cell into another. The
reference was cut from the same file by another program.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from pipeline.clean.steps import clean
from pipeline.core.config import configs_dir
from pipeline.core.document import Source
from pipeline.core.layers import CleanText, Head, RawText
from pipeline.ingest.formats import read_source
from pipeline.structure.head import read_head
from pipeline.structure.parts import REST, cut, find_parts, load_part_rules
from pipeline.structure.rules import load_head_rules

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PDF = DATA / "binary" / "pdf002_beijing_industry_policy_guide_2024_p1-165.pdf"
CARDS = DATA / "labelled" / "beijing_policy_cards" / "cards.csv"
_OTHERS = ("依据文件", "工具分类", "服务内容", "条件要求", "服务流程", "办理流程", "时间/频度", "联络方式")


def documents(path: Path) -> Iterator[tuple[RawText, CleanText, Head]]:
    """Yield raw text, clean text and head of each card of a file."""
    content = path.read_bytes()
    raw = read_source(Source(path.name, path.name, "0" * 64, len(content)), content, max_chars=10**7)
    text = clean(raw)
    rules = load_head_rules(configs_dir())
    parts = find_parts(raw, text, rules=load_part_rules(configs_dir()))
    for name, own_raw, own_text in cut(raw, text, parts):
        if name != REST:
            source = Source(path.name, path.name, "0" * 64, 1).member(name)
            yield own_raw, own_text, read_head(source, own_raw, own_text, rules=rules)


def cells(raw: RawText, text: CleanText) -> dict[str, str]:
    """Return label → content of a card's rows, as cleaned, without white space."""
    found: dict[str, str] = {}
    spans = text.offsets()
    blocks = [block for block in raw.blocks if block.kind == "cell"]
    for label, content in pairwise(blocks):
        if (label.table, label.row) == (content.table, content.row):
            name, value = (squeeze(text.text[slice(*spans.from_source(b.start, b.end))]) for b in (label, content))
            found.setdefault(name, value)
    return found


def squeeze(text: str | None) -> str:
    """Return ``text`` in one width without white space; nothing for a stroke that says there is none."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or "")).strip("/")


def compare() -> tuple[Counter[str], Counter[str], list[str]]:
    """Return how many values are right and how many there are, by field, and the differences."""
    found = {squeeze(head.title.value if head.title else ""): (raw, text, head) for raw, text, head in documents(PDF)}
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[str] = []
    with CARDS.open(encoding="utf-8-sig", newline="") as file:
        for card in csv.DictReader(file):
            title = squeeze(card["title"])
            title = next((name for name in found if name.startswith(title)), title)
            total["title"] += 1
            if title not in found:
                wrong.append(f"p. {card['page']} no card {title}")
                for name in ("发文字号", "发布日期", "发文机构", "服务对象"):
                    total[name] += 1
                continue
            right["title"] += 1
            raw, text, head = found[title]
            for name, want, got in _values(card, head, cells(raw, text)):
                total[name] += 1
                right[name] += want == got
                if want != got:
                    wrong.append(f"p. {card['page']} {title[:20]} {name}: {_differing(want, got)}")
    return right, total, wrong


def _values(card: dict[str, str], head: Head, rows: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield field, wanted value and value found; the other cells are all called ``cells``."""
    number = head.doc_number.value if head.doc_number else ""
    yield "发文字号", _brackets(squeeze(card["发文字号"])), _brackets(number)
    yield "发布日期", card["发布日期"], head.issue_date.value if head.issue_date else ""
    yield (
        "发文机构",
        "；".join(sorted(_bodies(card["发文机构"]))),
        "；".join(sorted(squeeze(f.value) for f in head.issuers)),
    )
    yield "服务对象", squeeze(card["服务对象"]), rows.get("服务对象", "")
    for name in _OTHERS:
        if card[name]:
            yield "cells", squeeze(card[name]), rows.get(name, "")


def _differing(want: str, got: str) -> str:
    """Return both values from shortly before the first difference on."""
    same = next((n for n, (a, b) in enumerate(zip(want, got, strict=False)) if a != b), min(len(want), len(got)))
    at = max(0, same - 12)
    return f"{want[at : at + 60]!r} | {got[at : at + 60]!r}"


def _bodies(value: str) -> list[str]:
    """Return the bodies named in one cell."""
    return [squeeze(body) for body in re.split("[、，,；;\n]", value) if squeeze(body)]


def _brackets(number: str) -> str:
    """Return a 发文字号 with one kind of brackets."""
    return re.sub(r"[\[（(【]", "〔", re.sub(r"[\]）)】]", "〕", number))


def figures() -> dict[str, float]:
    """Return the share right of each field, for the gate."""
    right, total, _ = compare()
    names = {"发文字号": "doc_number", "发布日期": "issue_date", "发文机构": "issuer", "服务对象": "beneficiary"}
    return {names.get(name, name): right[name] / total[name] for name in total}


if __name__ == "__main__":
    hits, of, differences = compare()
    print(*differences, sep="\n")
    print(*(f"{name}: {hits[name]}/{of[name]} = {hits[name] / of[name]:.3f}" for name in of), sep="\n")
