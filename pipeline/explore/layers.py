"""What is marked in a document's text, as spans: headings, sentences of evidence, measures, codings, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from pipeline.explore.marking import Span
from pipeline.explore.shown import amount, document_link, inert, line, word

Rows = Sequence[Mapping[str, Any]]
# which spans are cut where two cross: the lower
_CODING, _EVIDENCE, _REFERENCE, _HEADING, _MEASURE = range(5)
# codebooks are told apart by this many styles
STYLES = 8
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Marks:
    """The rows of one part of a text."""

    sections: Rows
    measures: Rows
    codings: Rows
    references: Rows
    codebooks: Mapping[str, str]

    def spans(self, text: str, offset: int) -> list[Span]:
        """Return all spans of the part of the text that begins at ``offset``."""
        return [
            *_headings(self.sections, text, offset),
            *_evidence(self.measures),
            *_measures(self.measures),
            *_codings(self.codings, list(self.codebooks)),
            *_references(self.references),
        ]


def _headings(sections: Rows, text: str, offset: int) -> Iterator[Span]:
    """Yield the headings: each section's number and heading, as far as they stand at its start."""
    for row in sections:
        at = row["start"] - offset
        if 0 <= at < len(text):
            end = _end_of(row["number"] + row["heading"], text, at)
            level = str(min(row["level"] + 1, _DEEPEST))
            given = {"class": "h", "role": "heading", "aria-level": level}
            yield Span(row["start"], offset + end, _HEADING, "span", f"s-{row['section_id']}", given)


def _end_of(words: str, text: str, at: int) -> int:
    """Return where ``words`` end that begin at a place of the text; spaces and line ends don't count."""
    wanted = "".join(words.split())
    for char in wanted:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text) or text[at] != char:
            break
        at += 1
    return at


def _evidence(measures: Rows) -> Iterator[Span]:
    """Yield each sentence that is some measure's evidence once."""
    for start, end in dict.fromkeys((row["evidence_start"], row["evidence_end"]) for row in measures):
        yield Span(start, end, _EVIDENCE, "span", "", {"class": "e"})


def _measures(measures: Rows) -> Iterator[Span]:
    """Yield the measures, each followed by a link to its row."""
    for row in measures:
        told = " · ".join(
            inert(part)
            for part in (word(row["role"], "role"), amount(row), line(row["item"]), line(row["beneficiary"]))
            if part
        )
        given = {"class": f"m m-{row['role']}", "data-m": row["measure_id"], "title": told}
        yield Span(
            row["start"], row["end"], _MEASURE, "mark", f"m-{row['measure_id']}", given,
            _link("#" + quote(f"r-{row['measure_id']}"), "看这条措施的记录", "to"),
        )  # fmt: skip


def _codings(codings: Rows, codebooks: Sequence[str]) -> Iterator[Span]:
    """Yield the codings; the style says which codebook, the label which code, and people's are marked."""
    for row in codings:
        style = codebooks.index(row["codebook"]) % STYLES if row["codebook"] in codebooks else 0
        person = "" if row["coder"].startswith("machine:") else " p"
        label = inert(line(row["name"]))
        given = {"class": f"c c{style}{person}", "data-label": label, "title": f"{label}（{inert(row['coder'])}）"}
        yield Span(row["start"], row["end"], _CODING, "span", f"c-{row['coding_id']}", given)


def _references(references: Rows) -> Iterator[Span]:
    """Yield the references, each followed by a link to the document where it is one of the run."""
    for row in references:
        target = row["target_doc_id"]
        after = _link(document_link(target), "打开被引文档", "go") if target else ""
        given = {"class": "x", "title": word(row["relation"], "relation")}
        yield Span(row["start"], row["end"], _REFERENCE, "span", f"x-{row['reference_id']}", given, after)


def _link(address: str, words: str, kind: str) -> str:
    """Return a link without text, drawn by the style sheet, so that the text stays what it is."""
    return f'<a class="{kind}" href="{escape(address)}" aria-label="{words}"></a>'
