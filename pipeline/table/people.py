"""What people have coded, kept in the output folder beside the machine's results: ``OUT/people/NAME.json``.

One file for each import. A run never deletes them: their codings are added to the machine's whenever the tables are
written. Offsets are into the raw text of the documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from pipeline.core.errors import PipelineError
from pipeline.core.strict import digest
from pipeline.table.schema import CodeRow, CodingRow

FOLDER = "people"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch ``[start, end)`` of a document's raw text that was read."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file brought: whose codings, and the documents its coders read, with codings or without.

    ``stretches``: in a document that has some only these were read (a sample), in any other the whole of it.
    ``codebooks`` are those it was coded by beside those of its codings: one of which nothing was given counts as used
    only when it stands here. ``codes`` are codes that no codebook of the run has. ``name`` is the file's name and
    names the reading.
    ``rejected`` are the ids of the machine's codings that were deleted, moved or recoded, ``left`` of those that were
    left as they were: nobody's decision.
    """

    name: str
    imported: str
    coders: tuple[str, ...]
    doc_ids: tuple[str, ...]
    codes: tuple[CodeRow, ...]
    codings: tuple[CodingRow, ...]
    rejected: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    codebooks: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether its codings are only what was done to the machine's, without those that were left as they were."""
        return bool(self.left)


_ADAPTER = TypeAdapter(Reading)


def coding_id(doc_id: str, start: int, end: int, codebook: str, code: str, coder: str) -> str:
    """Return the id of a person's coding; that of the machine's first one there when ``coder`` is empty."""
    key = f"{doc_id}:{start}-{end}:{codebook}.{code}"
    return f"{key}@{coder}" if coder else key


def readings(out: Path) -> tuple[Reading, ...]:
    """Return all readings of the run in ``out`` by name. Raises PipelineError for a file that isn't one."""
    found = []
    for path in sorted((out / FOLDER).glob("*.json")):
        try:
            found.append(_ADAPTER.validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise PipelineError(f"{path}: 人工编码的记录读不出来，请重新导入或删去这个文件") from error
    return tuple(found)


def keep(out: Path, reading: Reading) -> None:
    """Keep ``reading`` in place of an earlier one of its name."""
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    target = folder / f"{reading.name}.json"
    fresh = target.with_suffix(".tmp")
    fresh.write_bytes(_ADAPTER.dump_json(reading, indent=1))
    fresh.replace(target)


def state(out: Path) -> str:
    """Return a digest of all that people have coded."""
    paths = sorted((out / FOLDER).glob("*.json"))
    return digest(*(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths))


def coders(found: Sequence[Reading]) -> tuple[str, ...]:
    """Return the names of all coders, each once, in order."""
    return tuple(sorted({coder for reading in found for coder in reading.coders}))
