"""A made-up coded run with hard texts, and files as people and programs give them back. Not a test module."""

from __future__ import annotations

import random
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lxml import etree

from pipeline.coding.codebook import Codebook, read_codebook
from pipeline.core.document import Document, Source
from pipeline.core.layers import CleanText, Coding, Head, Measure, RawText
from pipeline.table.assemble import build_tables
from pipeline.table.build import Entry

NS = "urn:QDA-XML:project:1.0"
Q = f"{{{NS}}}"

BOOK = """
codebook: demo
name: 示例
version: "1"
definition: 只用于测试
source: 无
codes:
  - code: supply
    name: 供给型
    definition: 直接给要素
    children:
      - {code: supply_money, name: 资金投入, definition: 给钱}
      - {code: supply_other, name: 其他, definition: 其余}
  - code: demand
    name: 需求型
    definition: 创造市场
    children:
      - {code: demand_other, name: 其他, definition: 其余}
      - {code: demand_buy, name: 政府采购, definition: 采购}
  - {code: keep, name: 留, definition: 留住}
"""
SECOND = """
codebook: second
name: 另一本
version: "1"
definition: 只用于测试
source: 无
codes:
  - {code: platform, name: 平台, definition: 平台}
  - {code: service, name: 服务, definition: 服务}
"""
CODES = ("supply", "supply_money", "supply_other", "demand", "demand_other", "demand_buy", "keep")
REPEATED = "各地各部门要认真贯彻执行。"


def books() -> tuple[Codebook, ...]:
    return read_codebook(BOOK, "demo.yaml"), read_codebook(SECOND, "second.yaml")


def clauses(seed: int, count: int) -> list[str]:
    """Sentences, some with rare characters and emoji, some the same word for word."""
    rng = random.Random(seed)
    words = ["引进", "人才", "补贴", "𠮷林", "平台", "资金", "园区", "😀", "服务", "采购", "博士", "３０００元", "企业"]
    return [
        REPEATED if number % 4 == 3 else "".join(rng.choices(words, k=rng.randint(4, 9))) + f"第{number}项。"
        for number in range(count)
    ]


def texts() -> dict[str, str]:
    """Texts whose line ends and control characters differ."""
    return {
        "甲.txt": "".join(f"{one}\n" for one in clauses(1, 24)),
        "乙 𠮷.txt": "".join(f"　　{one}\r\n" for one in clauses(2, 24)),
        "丙.txt": "\x00".join(clauses(3, 24)) + "\r\n\r尾\x0b行\x0c页",
        "丁.pdf": "".join(f"{one}\r" if number % 2 else one for number, one in enumerate(clauses(4, 24))),
    }


def document(name: str, text: str, number: int) -> Document:
    """A document whose every clause has one, two or three codings, some of another codebook."""
    codings: list[Coding] = []
    measures: list[Measure] = []
    at = 0
    for place, clause in enumerate(clauses(number, 24)):
        start = text.index(clause, at)
        end = at = start + len(clause)
        codings.append(Coding(start, end, "demo", CODES[place % len(CODES)], "machine:terms@1", 0.5, "词"))
        if place % 3 == 0:
            codings.append(Coding(start, end, "demo", CODES[(place + 2) % len(CODES)], "machine:terms@1", 0.7, "二"))
        if place % 5 == 0:
            codings.append(Coding(start, end, "second", "platform", "machine:terms@1", 0.7, "平台"))
        if "３０００元" in clause:
            money = text.index("３０００元", start)
            value = Decimal(3000)
            span = (money, money + 5, start, end)
            measures.append(Measure(*span, "money", "money.x", value, value, "元", role="benefit", confidence=0.9))
    return Document(
        source=Source(name, f"in/{name}", f"{number:064x}", 10),
        raw=RawText(text, "text/plain"),
        text=CleanText(text, ()),
        head=Head(year=2024),
        outline=(),
        measures=tuple(measures),
        codings=tuple(codings),
    )


def entries() -> list[Entry]:
    made = [document(name, text, number) for number, (name, text) in enumerate(texts().items(), 1)]
    return [Entry(f"doc{number}", doc.source, "done", doc) for number, doc in enumerate(made, 1)]


def build(out: Path) -> Path:
    out.mkdir(exist_ok=True)
    build_tables(entries, out, codebooks=books())
    return out


@dataclass(slots=True)
class Spot:
    """A coding in a file being changed: positions as the file counts them."""

    source: str
    start: int
    end: int
    code: str
    user: str
    memo: str


@dataclass(slots=True)
class Qdpx:
    """A .qdpx taken apart: codes as (name, codable, depth), texts as they are in the files, codings."""

    origin: str
    users: list[str]
    codes: list[tuple[str, bool, int]]
    texts: dict[str, bytes]
    spots: list[Spot] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Qdpx:
        with zipfile.ZipFile(path) as archive:
            root = etree.fromstring(archive.read("project.qde"))
            users = {one.get("guid"): one.get("name") for one in root.iter(f"{Q}User")}
            names: dict[str, str] = {}
            codes = []
            for one in root.iter(f"{Q}Code"):
                depth = sum(1 for _ in one.iterancestors(f"{Q}Code"))
                codes.append((one.get("name"), one.get("isCodable") == "true", depth))
                names[one.get("guid")] = one.get("name")
            found = cls(root.get("origin"), list(users.values()), codes, {})
            for source in root.iter(f"{Q}TextSource"):
                name = source.get("name")
                member = source.get("plainTextPath").removeprefix("internal://")
                found.texts[name] = archive.read(f"sources/{member}")
                for one in source.iter(f"{Q}PlainTextSelection"):
                    coding = one.find(f"{Q}Coding")
                    code = names[coding.find(f"{Q}CodeRef").get("targetGUID")]
                    memo = one.findtext(f"{Q}Description") or ""
                    span = int(one.get("startPosition")), int(one.get("endPosition"))
                    found.spots.append(Spot(name, *span, code, users[coding.get("creatingUser")], memo))
        return found

    def write(self, path: Path, *, named: bool = True, quote: Callable[[Spot], str] | None = None) -> Path:
        """Write it with fresh GUIDs and no notes, links, cases or sets; names of codes are all there is to go by."""
        guids: dict[object, str] = {}

        def guid(key: object) -> str:
            return guids.setdefault(key, str(uuid.uuid4()))

        root = etree.Element(f"{Q}Project", nsmap={None: NS}, origin=self.origin, name="改过的项目")
        users = etree.SubElement(root, f"{Q}Users")
        for user in self.users:
            etree.SubElement(users, f"{Q}User", guid=guid(("u", user)), name=user)
        parents = [etree.SubElement(etree.SubElement(root, f"{Q}CodeBook"), f"{Q}Codes")]
        for name, codable, depth in self.codes:
            del parents[depth + 1 :]
            made = etree.SubElement(parents[depth], f"{Q}Code", guid=guid(("c", name)), name=name)
            made.set("isCodable", "true" if codable else "false")
            parents.append(made)
        sources = etree.SubElement(root, f"{Q}Sources")
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in self.texts.items():
                link = f"internal://{guid(('s', name))}.txt"
                source = etree.SubElement(sources, f"{Q}TextSource", guid=guid(("x", name)), name=name)
                source.set("plainTextPath", link)
                archive.writestr(f"Sources/{guid(('s', name))}.txt", content)
                for spot in (one for one in self.spots if one.source == name):
                    self._selection(source, spot, guid, quote if named else None)
            archive.writestr("project.qde", etree.tostring(root, xml_declaration=True, encoding="utf-8"))
        return path

    def _selection(
        self, source: etree._Element, spot: Spot, guid: Callable[[object], str], quote: Callable[[Spot], str] | None
    ) -> None:
        one = etree.SubElement(source, f"{Q}PlainTextSelection", guid=str(uuid.uuid4()))
        one.set("startPosition", str(spot.start))
        one.set("endPosition", str(spot.end))
        if quote is not None:
            one.set("name", quote(spot))
        coding = etree.SubElement(one, f"{Q}Coding", guid=str(uuid.uuid4()), creatingUser=guid(("u", spot.user)))
        etree.SubElement(coding, f"{Q}CodeRef", targetGUID=guid(("c", spot.code)))


@dataclass(frozen=True, slots=True)
class Did:
    """One change made: kind, document, the unique names of the machine's code and of the person's."""

    kind: str
    source: str
    old: str
    new: str


def change(
    given: Qdpx, rng: random.Random, *, length: Callable[[str, int, int], int], person: str = "张三"
) -> list[Did]:
    """Make 30 changes, six of each sort, in codings no two of which share a span; return what was done.

    ``length(source, start, end)`` is how many positions the character before ``end`` takes.
    """
    if person not in given.users:
        given.users.append(person)
    codable = [name for name, codable, _ in given.codes if codable]
    spans: dict[tuple[str, int, int], list[Spot]] = {}
    for spot in given.spots:
        spans.setdefault((spot.source, spot.start, spot.end), []).append(spot)
    picked = [rng.choice(spans[key]) for key in rng.sample(sorted(spans), 30)]
    done: list[Did] = []
    for number, spot in enumerate(picked):
        taken = {one.code for one in spans[spot.source, spot.start, spot.end]}
        other = rng.choice([code for code in codable if code not in taken])
        sort = ("deleted", "moved", "recoded", "new", "confirmed")[number % 5]
        old = "" if sort == "new" else spot.code
        new = {"deleted": "", "moved": spot.code, "recoded": other, "new": other, "confirmed": spot.code}[sort]
        if sort == "deleted":
            given.spots.remove(spot)
        elif sort == "moved":
            spot.end -= length(spot.source, spot.start, spot.end)
        elif sort == "recoded":
            spot.code = other
        elif sort == "new":
            given.spots.append(Spot(spot.source, spot.start, spot.end, other, person, ""))
        else:
            spot.user = person
        done.append(Did(sort, spot.source, old, new))
    return done


def as_done(changes: Sequence[dict[str, object]], names: dict[str, str]) -> list[Did]:
    """Return the changes an import lists, with the codes' unique names."""
    return [
        Did(
            str(one["kind"]),
            str(one["document"]),
            names.get(str(one["machine_code"]), ""),
            names.get(str(one["code"]), str(one["code"])),
        )
        for one in changes
    ]
