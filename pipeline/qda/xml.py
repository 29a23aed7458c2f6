"""XML as text, written piece by piece: a project of a million codings never stands in memory as a tree."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from pipeline.qda.texts import visible

_NAMESPACE = uuid.UUID("6f1f3c1e-2b0d-5c55-9d6a-0c3e5a7e9c11")
_SPECIAL = re.compile('[&<>"\t\n\r\x7f-\x9f]')
HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def guid(*parts: object) -> str:
    """Return a GUID in upper case that depends on ``parts`` alone (version 5, RFC 9562)."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, parts)))).upper()


def escaped(text: str) -> str:
    """Return ``text`` for an attribute or an element; line ends and tabs as references, so that they stay."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", visible(text))


def attributes(**values: str | None) -> str:
    """Return `` name="value"`` of each value that isn't None."""
    return "".join(f' {name}="{escaped(value)}"' for name, value in values.items() if value is not None)


def element(tag: str, inside: str = "", /, **values: str | None) -> str:
    """Return an element; ``inside`` is XML already."""
    start = f"<{tag}{attributes(**values)}"
    return f"{start}>{inside}</{tag}>" if inside else f"{start}/>"


def text_element(name: str, text: str) -> str:
    """Return an element that holds text; nothing for an empty text."""
    return f"<{name}>{escaped(text)}</{name}>" if text else ""


def wrapped(name: str, inside: Iterator[str]) -> Iterator[str]:
    """Yield an element around pieces; nothing when there are none, as REFI-QDA allows no empty container."""
    first = next(inside, None)
    if first is not None:
        yield f"<{name}>\n{first}"
        yield from inside
        yield f"</{name}>\n"
