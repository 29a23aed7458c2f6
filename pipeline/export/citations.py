"""The documents of a run as bibliographies: BibTeX, and CSL-JSON (the format of citeproc, Zotero and pandoc).

Issuers are the authors, as institutions; kinds of entries by ``configs/citations.toml``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.core.config import configs_dir
from pipeline.core.files import completed
from pipeline.core.strict import build, read_toml
from pipeline.table.cells import printable, rows
from pipeline.table.query import copies
from pipeline.table.schema import TABLES
from pipeline.table.words import unwrap

_FILE = "citations.toml"
_DOCUMENTS = next(table for table in TABLES if table.name == "documents")
_COLUMNS = (
    "doc_id",
    "status",
    "source_name",
    "title",
    "doc_number",
    "issuer",
    "issue_date",
    "year",
    "doc_kind",
    "region",
)
# BibTeX counts braces even behind a backslash, so these must be commands.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "$&#%_"},
}


class _Kind(BaseModel):
    """What a document is in both formats."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bibtex: str
    csl: str


class _Named(_Kind):
    """What documents of some 文种 are."""

    names: tuple[str, ...]


class Kinds(BaseModel):
    """``configs/citations.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: _Kind
    without_issuer: _Kind
    kind: tuple[_Named, ...] = ()

    def of(self, doc_kind: str | None, *, issued: bool) -> _Kind:
        """Return what a document is, by its 文种 and whether an issuer is known."""
        named = next((one for one in self.kind if doc_kind in one.names), None)
        return named or (self.default if issued else self.without_issuer)


@dataclass(frozen=True, slots=True)
class Cited:
    """A document as it is cited; ``date``: year, month and day as far as they are known. Texts are on one line."""

    key: str
    kind: _Kind
    title: str
    issuers: tuple[str, ...]
    date: tuple[int, ...]
    number: str | None
    doc_kind: str | None
    region: str | None
    source_name: str


def load_kinds() -> Kinds:
    """Return the kinds of entries. Raises PipelineError with every mistake in the file."""
    data, lines = read_toml((configs_dir() / _FILE).read_text(encoding="utf-8"), _FILE)
    return build(Kinds, data, lines, _FILE)


def cited(out: Path) -> Iterator[Cited]:
    """Yield the documents of a finished run that were read, copies once. Raises PipelineError when there are none."""
    left_out, kinds = copies(out), load_kinds()
    for values in rows(out, _DOCUMENTS, names=_COLUMNS):
        row = dict(zip(_COLUMNS, values, strict=True))
        if row["status"] == "failed" or row["doc_id"] in left_out:
            continue
        issuers = tuple(name for part in (row["issuer"] or "").split("；") if (name := _line(part)))
        date = _date(row["issue_date"], row["year"])
        yield Cited(
            key=f"cewen{date[0] if date else ''}-{re.sub('[^0-9A-Za-z]+', '-', row['doc_id'])}",
            kind=kinds.of(row["doc_kind"], issued=bool(issuers)),
            title=_line(row["title"] or row["source_name"]),
            issuers=issuers,
            date=date,
            number=_line(row["doc_number"] or "") or None,
            doc_kind=row["doc_kind"],
            region=row["region"],
            source_name=_line(row["source_name"]),
        )


def _line(text: str) -> str:
    """Return ``text`` on one line without control characters."""
    return unwrap(printable(text)).replace("\t", " ")


def _date(text: str | None, year: int | None) -> tuple[int, ...]:
    """Return year, month and day of an ISO date as precise as it is, else the year."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text or "")
    parts = tuple(int(part) for part in found.groups() if part) if found else ()
    return parts or ((year,) if year else ())


def export_bibtex(out: Path, target: Path) -> tuple[str, ...]:
    """Write the documents of a finished run to ``target`` as BibTeX in UTF-8; return what to tell."""
    found = [_entry(one) for one in cited(out)]
    _write(target, "\n".join(found))
    return (_told(len(found)),)


def _entry(one: Cited) -> str:
    """Return one BibTeX entry."""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in one.issuers),
        "title": f"{{{_tex(one.title)}}}",
        "institution": _tex(one.issuers[0]) if one.issuers and one.kind.bibtex == "techreport" else "",
        "type": _tex(one.doc_kind or ""),
        "number": _tex(one.number or ""),
        "year": f"{one.date[0]:04d}" if one.date else "",
        "month": str(one.date[1]) if len(one.date) > 1 else "",
        "date": _iso(one.date),
        "langid": "chinese",
        "note": _tex(f"文件：{one.source_name}"),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{one.kind.bibtex}{{{one.key},\n{lines}}}\n"


def _iso(date: tuple[int, ...]) -> str:
    """Return a date as ISO text."""
    return "-".join(f"{part:04d}" if at == 0 else f"{part:02d}" for at, part in enumerate(date))


def _tex(text: str) -> str:
    """Return ``text`` with TeX's special characters as commands."""
    return "".join(_TEX.get(char, char) for char in text)


def export_csl(out: Path, target: Path) -> tuple[str, ...]:
    """Write the documents of a finished run to ``target`` as CSL-JSON; return what to tell."""
    found = [_item(one) for one in cited(out)]
    _write(target, json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return (_told(len(found)),)


def _item(one: Cited) -> Mapping[str, Any]:
    """Return one CSL-JSON item; what isn't known is left out."""
    found = {
        "id": one.key,
        "type": one.kind.csl,
        "title": one.title,
        "author": [{"literal": name} for name in one.issuers],
        "publisher": one.issuers[0] if one.issuers else "",
        "issued": {"date-parts": [list(one.date)]} if one.date else "",
        "number": one.number,
        "genre": one.doc_kind,
        "jurisdiction": one.region,
        "language": "zh-CN",
        "note": f"文件：{one.source_name}",
    }
    return {name: value for name, value in found.items() if value}


def _write(target: Path, text: str) -> None:
    """Write a text; it appears only once it is complete."""
    with completed(target) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")


def _told(count: int) -> str:
    """Return how many documents there are."""
    return f"题录 {count} 条（读不出的文件和内容重复的文件不计）"
