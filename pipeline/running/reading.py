"""Reads one file with all its documents in this process, without a store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.stage import Stage
from pipeline.running.inputs import InputFile, open_input, unreadable
from pipeline.running.worker import members


def documents(file: InputFile, stages: Sequence[Stage]) -> Iterator[Document]:
    """Yield the documents of one file with the layers of ``stages``: one, or those of a table, a digest.

    Raises PipelineError, in Chinese, when it can't be read.
    """
    name = file.path.rpartition("/")[2]
    try:
        try:
            stream, _ = open_input(file.file)
            with stream:
                content = stream.read()
        except OSError as error:
            raise unreadable(error, name) from error
        source = Source(name, file.path, hashlib.sha256(content).hexdigest(), len(content))
        doc = Document(source, content)
        for place, stage in enumerate(stages):
            doc = stage(doc)
            if found := list(members(doc, stage.gives)):
                for _, member in found:
                    yield _finished(member, stages[place + 1 :])
                return
    except UnreadableFile as error:
        detail: dict[str, Any] = {"name": name, **error.detail}
        raise PipelineError(issue("ingest", error.code, **detail).message) from error
    yield replace(doc, content=None)


def of_text(text: str, name: str, stages: Sequence[Stage]) -> Document:
    """Return a document over a plain text with the layers of ``stages``."""
    return _finished(Document.of_text(text, name), stages)


def _finished(doc: Document, stages: Sequence[Stage]) -> Document:
    """Return a document within a file with the layers it hasn't got yet."""
    for stage in stages:
        if getattr(doc, stage.gives) is None:
            doc = stage(doc)
    return doc
