"""A small made-up run for the tests of tables, exports and commands. Not a test module."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipeline.coding.codebook import Codebook, read_codebook
from pipeline.core.document import Document, Source
from pipeline.core.issues import issue
from pipeline.core.layers import (
    Bag,
    Block,
    CleanText,
    Coding,
    Head,
    HeadField,
    Measure,
    RawText,
    Reference,
    Section,
    TopicMix,
)
from pipeline.core.offsets import Edit, apply
from pipeline.table.assemble import TableCounts, build_tables
from pipeline.table.build import Entry

RAW = (
    "岚川市人才办法\n岚政发〔2024〕3号\n一、引才\n对新引进的博士，每人每月给予生活\n补贴3000元，最高不超过50万元。\n"
    "二、落实\n根据《岚川市总体方案》（岚政发〔2023〕1号）执行。"
)
BREAK = RAW.index("活\n补") + 1

CODEBOOK = """
codebook: demo
name: 示例
version: "1"
definition: 只用于测试
source: 无
codes:
  - code: attract
    name: 引
    definition: 引进
    children:
      - code: attract-money
        name: 引才补贴
        definition: 给钱
  - code: keep
    name: 留
    definition: 留住
"""


def codebook() -> Codebook:
    return read_codebook(CODEBOOK, "demo.yaml")


def source(name: str, sha256: str) -> Source:
    return Source(name=name, path=f"in/{name}", sha256=sha256 * 64, size=10)


def field(text: str, value: str) -> HeadField:
    at = text.index(value)
    return HeadField(value, at, at + len(value))


def document() -> Document:
    """A document with every layer, a joined line, pages, two sections, two measures, two codings and one reference."""
    edits = (Edit(BREAK, BREAK + 1, "", "line"),)
    text = apply(RAW, edits)
    cut = RAW.index("二、")
    blocks = (
        Block(0, BREAK, "paragraph", page=1, box=(1.0, 2.0, 3.004, 4.0)),
        Block(BREAK + 1, cut, "paragraph", page=2, box=(5.0, 6.0, 7.0, 8.0)),
        Block(cut, len(RAW), "paragraph", page=2),
    )
    first, second = text.index("一、"), text.index("二、")
    sentence = text.index("对新引进"), text.index("。") + 1
    money, cap = text.index("3000元"), text.index("50万元")
    cited = text.index("《岚川市总体方案》")
    return Document(
        source=source("甲.pdf", "a"),
        raw=RawText(RAW, "application/pdf", n_pages=2, blocks=blocks),
        text=CleanText(text, edits),
        head=Head(
            title=field(text, "岚川市人才办法"),
            doc_number=field(text, "岚政发〔2024〕3号"),
            issuers=(HeadField("岚川市人民政府", 0, 3), HeadField("岚川市财政局", 0, 3)),
            issue_date=HeadField("2024", 0, 3),
            doc_kind="办法",
            level="市",
            region="浙江省岚川市",
            region_code="330000",
            year=2024,
        ),
        outline=(
            Section(0, None, 1, "一、", "引才", first, first + 4, second),
            Section(1, None, 1, "二、", "落实", second, second + 4, len(text)),
        ),
        references=(Reference(cited, cited + 9, "岚川市总体方案", "岚政发〔2023〕1号", "依据"),),
        bag=Bag(("人才", "补贴"), (1, 2)),
        measures=(
            Measure(
                money,
                money + 5,
                *sentence,
                "money",
                "money.per",
                Decimal(3000),
                Decimal(3000),
                "元",
                role="benefit",
                per=("人", "月"),
                item="生活补贴",
                beneficiary="博士",
                instrument="补贴",
                group=0,
                confidence=0.9,
            ),
            Measure(
                cap,
                cap + 4,
                *sentence,
                "money",
                "money.cap",
                None,
                Decimal(500000),
                "元",
                "max",
                "benefit",
                group=0,
                fact=1,
            ),
        ),
        codings=(
            Coding(*sentence, "demo", "keep", "machine:demo@1", 1.0, "补贴"),
            Coding(*sentence, "demo", "attract-money", "machine:demo@1", 1.5, "生活补贴"),
        ),
    )


def entries() -> list[Entry]:
    """One whole document, the document it cites, a copy of the first and a file that couldn't be read."""
    first = document()
    cited = Document(
        source=source("乙.txt", "b"),
        raw=RawText("岚川市总体方案\n", "text/plain"),
        text=CleanText("岚川市总体方案\n", ()),
        head=Head(title=HeadField("岚川市总体方案", 0, 7), doc_number=HeadField("岚政发［2023］1号", 0, 7), year=2023),
        outline=(),
        references=(),
        bag=Bag(("方案",), (1,)),
        measures=(),
        codings=(),
    )
    copy = source("甲（副本）.pdf", "a")
    broken = source("丙.pdf", "c")
    doubt = issue("segment", "clean.private-use", span=(RAW.index("3000"), RAW.index("3000") + 5), count=5)
    return [
        Entry(first.doc_id, first.source, "partial", first, (doubt,)),
        Entry(cited.doc_id, cited.source, "done", cited),
        Entry(
            first.doc_id + "-12345678",
            copy,
            "done",
            first,
            (issue("input", "input.duplicate", name=copy.name, first="甲.pdf"),),
            True,
        ),
        Entry(
            broken.doc_id, broken, "failed", None, (issue("ingest", "ingest.damaged", name="丙.pdf", detail="缺尾"),)
        ),
    ]


@dataclass(frozen=True, slots=True)
class FakeTopic:
    number: int
    label: str
    terms: tuple[tuple[str, float], ...]
    coherence: float | None


class FakeTopics:
    """Two topics; the weight of the second is the share of 「补贴」."""

    kind = "fake"
    digest = "0123"
    topics = (
        FakeTopic(0, "方案 总体", (("方案", 0.6), ("总体", 0.4)), 0.1234567),
        FakeTopic(1, "补贴 人才", (("补贴", 0.7), ("人才", 0.3)), None),
    )

    def assign_many(self, bags: list[Bag]) -> list[TopicMix]:
        return [TopicMix((1, 0), (0.75, 0.25)) if "补贴" in bag.words else TopicMix((0,), (1.0,)) for bag in bags]


def build(out: Path) -> TableCounts:
    """Write the sample run's tables into ``out``."""
    found = issue("topics", "topics.too-few", units="2 篇文档", least="8 篇文档")
    return build_tables(entries, out, codebooks=(codebook(),), topics=FakeTopics(), run_issues=(found,))
