"""A finished run whose names, titles, texts and codes try to get out of where they are shown. Not a test module."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipeline.coding.codebook import Codebook, read_codebook
from pipeline.core.document import Document, Source
from pipeline.core.issues import issue
from pipeline.core.layers import Block, CleanText, Coding, Head, HeadField, Measure, RawText, Reference, Section
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry

# each tries another door: tags, attributes, addresses, templates, formulas, paths, terminals, reading direction
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "</title></textarea></style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "../../../../etc/passwd",
    "..\\..\\boot.ini",
    "\x1b[2J\x1b]0;x\x07",
    "\u202e反向\u202d\u2066",
    "'; DROP TABLE measures; --",
    "%3Cscript%3E?a=1&b=2#c",
)
_BOOK = """
codebook: demo
name: '{name}'
version: "1"
definition: '<b>'
source: 无
codes:
  - {{code: bad, name: '{code}', definition: '<i>'}}
"""


def codebook() -> Codebook:
    return read_codebook(_BOOK.format(name="<script>本</script>", code='"><script>码</script>'), "demo.yaml")


def _entry(number: int, attack: str) -> Entry:
    """A document named, titled and filled with one attack, which is measured, coded and cited as well."""
    title = f"{attack}办法"
    raw = f"{title}\n一、{attack}\n对{attack}人才给予补贴5万元。\n根据《{attack}》执行。"
    quote, sentence = raw.index("5万元"), raw.index("对")
    end, cited = raw.index("。") + 1, raw.index("《")
    heading = raw.index("一、")
    source = Source(f"{attack}{number}.txt", f"in/{attack}{number}.txt", f"{number:02x}" * 32, 10)
    head = Head(
        title=HeadField(title, 0, len(title)),
        doc_number=HeadField(attack, 0, 1),
        issuers=(HeadField(attack, 0, 1),),
        doc_kind=attack,
        level=attack,
        region=attack,
        year=2024,
    )
    said = {"item": attack, "beneficiary": attack, "instrument": attack, "condition": attack, "agency": attack}
    measure = Measure(
        quote, quote + 3, sentence, end, "money", "money.plain", Decimal(50000), Decimal(50000), "元",
        role="benefit", confidence=0.5, **said,
    )  # fmt: skip
    document = Document(
        source=source,
        raw=RawText(raw, "text/plain", blocks=(Block(0, len(raw), "paragraph"),)),
        text=CleanText(raw, ()),
        head=head,
        outline=(Section(0, None, 1, "一、", attack, heading, heading + 2 + len(attack), len(raw)),),
        references=(Reference(cited, len(raw) - 3, attack, attack, "依据"),),
        bag=None,
        measures=(measure,),
        codings=(Coding(sentence, end, "demo", "bad", "<b>某人</b>", 1.0, attack),),
    )
    return Entry(
        document.doc_id, source, "partial", document, (issue("ingest", "ingest.damaged", name=attack, detail=attack),)
    )


def build(out: Path) -> None:
    """Write the run's tables into ``out``."""
    entries = [_entry(number, attack) for number, attack in enumerate(ATTACKS, 1)]
    build_tables(lambda: entries, out, codebooks=(codebook(),), topics=None, run_issues=())
