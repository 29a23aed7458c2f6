"""A coded project as NVivo, MAXQDA, ATLAS.ti and QualCoder know it: what the writers write and the readers read.

Nothing here knows a file format. Positions are code points into ``Paper.text``, half-open.
"""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str, ...]  # the names of a code from the top: ("引育用留", "引")


@dataclass(frozen=True, slots=True)
class Theme:
    """A code of the project. ``codable`` is false for a folder; ``memo`` holds definition, include and exclude.

    ``name`` is what it's called where names must be unique (``pipeline.qda.names``); empty where the writer may choose.
    ``guid`` is that of the file it was read from, in lower case.
    """

    path: Path
    codable: bool
    memo: str = ""
    colour: str = ""
    name: str = ""
    guid: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A coding: ``theme`` given to ``[start, end)`` by ``coder``; ``memo`` holds the machine's reason.

    ``created`` is an ISO date and time with time zone, or empty. ``quote`` is what the file says the text is, which a
    file may cut short or leave out.
    """

    start: int
    end: int
    theme: Path
    coder: str
    quote: str = ""
    memo: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the project with its codings; ``attributes`` are (name, value) as the cases carry them.

    ``doc_id`` is the document of the run it was made from, empty when it isn't known.
    """

    name: str
    text: str
    marks: tuple[Mark, ...] = ()
    attributes: tuple[tuple[str, str | int], ...] = ()
    memo: str = ""
    doc_id: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project; ``origin`` is the program it was written by, ``created`` as in ``Mark``."""

    name: str
    papers: tuple[Paper, ...]
    themes: tuple[Theme, ...]
    coders: tuple[str, ...]
    memo: str = ""
    origin: str = ""
    created: str = ""
