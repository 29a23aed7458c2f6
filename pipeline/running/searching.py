"""Full-text search with words as the run cut them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.config import configs_dir
from pipeline.core.offsets import OffsetMap
from pipeline.running.records import Record, Records
from pipeline.running.topic_settings import config_of
from pipeline.segment.words import load_segmenter
from pipeline.table import search as full_text
from pipeline.table.query import SECONDS
from pipeline.table.search import SearchFilters

if TYPE_CHECKING:
    import pyarrow as pa


def search(
    out: Path,
    asked: str,
    filters: SearchFilters | None = None,
    *,
    whole: bool = False,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pa.Table:
    """Return the sentences of the run in ``out`` that fit ``asked`` (``table.search.parse``), with its columns.

    A word not in quotes is found as it stands, and where it isn't, as the words the run's segmenter cuts it into.
    ``whole`` keeps only what begins and ends where a word of the run does: 「人才」 in 「引进 人才」, not in 「人才网」
    where that is one word. Raises PipelineError for mistakes in ``asked`` or ``filters``, or after ``seconds``.
    """
    full_text.parse(asked)  # mistakes are told before dictionaries are loaded

    def cut(text: str) -> Sequence[str]:
        return _segmenter(out).words(text) if len(text) > 2 else [text]

    wanted = full_text.parse(asked, cut)
    if not whole:
        return full_text.search(out, wanted, filters, limit=limit, seconds=seconds)
    with Records(out) as records:
        return full_text.search(out, wanted, filters, keep=_Words(records).ends, limit=limit, seconds=seconds)


class _Segmenter:
    """The segmenter of a run, loaded when first used."""

    def __init__(self, out: Path) -> None:
        """Remember the run."""
        self._out = out

    @cached_property
    def words(self) -> full_text.Cut:
        """What cuts a text as the run did."""
        return load_segmenter(config_of(self._out).segment, configs_dir()).words


@lru_cache(maxsize=1)
def _segmenter(out: Path) -> _Segmenter:
    """Return the segmenter of a run."""
    return _Segmenter(out)


class _Words:
    """Where the words of a run's documents begin and end; the last document read is kept."""

    def __init__(self, records: Records) -> None:
        """Remember where documents are read from."""
        self._records = records
        self._doc_id = ""
        self._offsets = OffsetMap(())
        self._ends: frozenset[int] = frozenset()

    @cached_property
    def _by_id(self) -> dict[str, Record]:
        """The run's documents."""
        return {record.doc_id: record for record in self._records.rows()}

    def ends(self, doc_id: str, start: int, end: int) -> bool:
        """Tell whether a raw span begins and ends where words do."""
        if doc_id != self._doc_id:
            document = self._records.document(self._by_id[doc_id], ("text", "sentences"))
            self._doc_id = doc_id
            self._offsets = document.text.offsets() if document.text else OffsetMap(())
            sentences = document.sentences or ()
            self._ends = frozenset(at for one in sentences for at in (one.start, *one.words))
        low, high = self._offsets.from_source(start, end)
        return low in self._ends and high in self._ends
