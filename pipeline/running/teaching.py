"""A codebook's trained coder, learned from what people have coded in finished runs.

Each clause of what they read is a lesson: its text, what the terms say of it (headings included, as in a run) and the
codes people gave it. Where no model judges the codebook yet, clauses nobody read, up to ``MOST_UNREAD``, show what the
present coder gives by terms (``coding.taught``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.books.coders import load_coder, load_models
from pipeline.books.load import load_books
from pipeline.coding.apply import Coder, code, strengths
from pipeline.coding.around import Around, around, joined
from pipeline.coding.codebook import Codebook, walk
from pipeline.coding.learned import CodeId, CodeModel
from pipeline.coding.taught import LEAST_CLAUSES, LEAST_GIVEN, Clauses, Plan, Score, judged, learnable, teach
from pipeline.coding.terms import Terms, build_terms, gather
from pipeline.core.config import Config
from pipeline.core.errors import PipelineError
from pipeline.core.strict import digest
from pipeline.running.borders import clauses_of, sentences_of
from pipeline.running.records import Record, Records
from pipeline.scoring.votes import Votes, no_votes, read_votes

MOST_UNREAD = 3_000


@dataclass(frozen=True, slots=True)
class Taught:
    """What was learned: the model, each learned code's score, the codes left out with how often they were given.

    ``coders``: who taught, in how many documents and clauses; ``doubtful``: decisions people differ on or left as they
    were; ``unread``: clauses the present coder taught. ``unknown``: codes people gave that the codebook hasn't got.
    """

    model: CodeModel
    book: Codebook
    scores: tuple[Score, ...]
    left_out: tuple[tuple[CodeId, int], ...]
    coders: tuple[str, ...]
    documents: int
    read: int
    doubtful: int
    unread: int
    unknown: tuple[str, ...]


def learn_codes(
    codebook: str, outs: Sequence[Path], name: str, *, config: Config, coders: Sequence[str] = ()
) -> Taught:
    """Return the model ``name`` of ``codebook`` (a name or file), learned from people's codings in the runs ``outs``.

    ``coders`` keeps these people only. Raises PipelineError when a run or coder isn't there, or too little was coded.
    """
    (book,) = load_books([codebook])
    lines = {path[-1].code: [one.code for one in path] for path in walk(book.codes)}
    votes = {out: read_votes(out, book.codebook, lines, coders) for out in dict.fromkeys(outs)}
    people = tuple(sorted({name for some in votes.values() for name in some.coders}))
    if mistakes := [
        f"没有编码者“{name}”的编码，有编码的是：{'、'.join(people)}" for name in coders if name not in people
    ]:
        raise PipelineError(*mistakes)
    base = _base(book, config)
    gathered = _gather(votes, book, load_coder(config.coding, [codebook]), base)
    clauses = gathered.clauses()
    _refuse_too_few(book, people, int(clauses.read.sum()))
    columns = [k for k in learnable(clauses) if base is None or gathered.codes[k] in base.codes]
    often = (clauses.given & clauses.read[:, None] & (clauses.sure >= 1)).sum(0)
    if not columns:
        raise PipelineError(_too_rare(book, gathered.codes, [int(n) for n in often]))
    plan = Plan(tuple(gathered.codes[k] for k in columns), gathered.features, base)
    chosen = clauses.of_codes(columns)
    return Taught(
        model=teach(name, chosen, plan),
        book=book,
        scores=tuple(judged(chosen, plan)),
        left_out=tuple((one, int(often[k])) for k, one in enumerate(gathered.codes) if k not in columns),
        coders=people,
        documents=len({group for group, read in zip(clauses.groups, clauses.read, strict=True) if read}),
        read=int(clauses.read.sum()),
        doubtful=int((chosen.read[:, None] & (chosen.sure < 1)).sum()),
        unread=int((~clauses.read).sum()),
        unknown=tuple(sorted({one for some in votes.values() for one in some.unknown(lines)})),
    )


def _base(book: Codebook, config: Config) -> CodeModel | None:
    """Return the present model that has the say on codes of ``book``, or None."""
    models = load_models(config.coding.models)
    return next((model for model in reversed(models) if any(one == book.codebook for one, _ in model.codes)), None)


@dataclass(slots=True)
class _Gathered:
    """The clauses as they come in, document by document; see ``Clauses``."""

    codes: tuple[CodeId, ...]
    features: tuple[CodeId, ...]
    terms: Terms
    coder: Coder
    columns: list[int]
    texts: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    around: list[Around] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    parts: list[tuple[np.ndarray[Any, Any], ...]] = field(default_factory=list)

    def clauses(self) -> Clauses:
        """Return all of them."""
        wide = [np.concatenate(some) for some in zip(*self.parts, strict=True)] if self.parts else []
        if not wide:
            codes, features = np.zeros((0, len(self.codes))), np.zeros((0, len(self.features)))
            none = codes.astype(bool)
            wide = [features, features, np.zeros(0, bool), none, codes, none, none]
        strong, raw, read, given, sure, machine, doubted = wide
        surroundings = joined(self.around)
        parts = (read, given, sure, machine, doubted)
        return Clauses(tuple(self.texts), strong, raw, tuple(self.groups), surroundings, *parts)

    def add(self, record: Record, votes: Votes | None, records: Records) -> int:
        """Take in the clauses of one document; return how many. Without ``votes`` nobody read it."""
        document = records.document(record, ("text", "outline"))
        if document.text is None:
            return 0
        outline = document.outline or ()
        sentences = sentences_of(document.text, outline)
        text = document.text.text
        cut = [
            (unit, place)
            for unit, place in clauses_of(document.text, outline, sentences)
            if not self.coder.passes_over(text[unit.start : unit.end])
        ]
        if not cut:
            return 0
        units, places = [unit for unit, _ in cut], [place for _, place in cut]
        evidence = gather(text, outline, sentences, units, terms=self.terms)
        found = {
            (one.start, one.end, (one.codebook, one.code)): one.given
            for one in code(document.text, outline, sentences, coder=self.coder)
        }
        by_machine = [[found.get((unit.start, unit.end, one)) for one in self.codes] for unit in units]
        machine = np.array([[bool(one) for one in row] for row in by_machine])
        doubted = np.array([[one is not None and not one for one in row] for row in by_machine])
        voted = votes.on(record.doc_id, places, self.codes) if votes else no_votes(len(places), len(self.codes))
        self.parts.append((*strengths(units, evidence, self.columns), *voted, machine, doubted))
        self.texts += [text[unit.start : unit.end] for unit in units]
        self.groups += [self._group(record)] * len(units)
        self.around.append(around(units, outline))
        return len(units)

    def _group(self, record: Record) -> int:
        """Return the number of a document; files of the same content are one."""
        return self.numbers.setdefault(record.source.doc_id, len(self.numbers))


def _gather(votes: Mapping[Path, Votes], book: Codebook, coder: Coder, base: CodeModel | None) -> _Gathered:
    """Return the clauses of all documents people read, then, without a model to start from, those of others."""
    codes = tuple((book.codebook, path[-1].code) for path in walk(book.codes))
    names = dict.fromkeys(one for one, _ in base.features if one != book.codebook) if base else {}
    terms = build_terms((book, *load_books(list(names))))
    number = {(target.codebook, target.code): n for n, target in enumerate(terms.targets)}
    features = base.features if base else tuple(number)
    gathered = _Gathered(codes, features, terms, coder, [number[one] for one in features])
    others: dict[str, tuple[Path, Record]] = {}
    for out, some in votes.items():
        with Records(out) as records:
            for record in records.rows():
                if record.doc_id in some.read:
                    gathered.add(record, some, records)
                else:
                    others.setdefault(record.source.doc_id, (out, record))
    left = 0 if base else MOST_UNREAD
    for one in sorted(others.keys() - gathered.numbers.keys(), key=digest):
        if left <= 0:
            break
        out, record = others[one]
        with Records(out) as records:
            left -= gathered.add(record, None, records)
    return gathered


def _refuse_too_few(book: Codebook, people: Sequence[str], read: int) -> None:
    """Raise PipelineError when people read too little."""
    if read < LEAST_CLAUSES:
        who = f"（{'、'.join(people)}）" if people else ""
        raise PipelineError(
            f"按编码本“{book.codebook}”人工读过的只有 {read} 段{who}，至少要 {LEAST_CLAUSES} 段才能训练。请先用"
            " cewen import OUT 文件 --coder 人名 导入人工编码，或用 cewen agreement OUT --sample 200"
            f" --codebook {book.codebook} 表.xlsx 抽样，填好后用 --filled 表.xlsx 收回"
        )


def _too_rare(book: Codebook, codes: Sequence[CodeId], often: Sequence[int]) -> str:
    """Return the mistake that no code was given, and not given, often enough."""
    listed = "、".join(f"{code} {n}" for (_, code), n in zip(codes, often, strict=True) if n) or "都没有给出过"
    return (
        f"编码本“{book.codebook}”没有一个代码在读过的段落中给出、不给出各至少 {LEAST_GIVEN} 次，不能训练"
        f"（各给出段数：{listed}）。请再多编一些；稀少的代码可用 cewen agreement OUT --sample 200 --stratify 代码"
        " 表.xlsx 抽样，各代码就都抽得到"
    )
