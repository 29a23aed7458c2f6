"""Layers to bytes and back, and the frames in which parent and workers talk.

A layer is JSON by pydantic over the layer's own type, compressed: readable by anything, never pickle.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import IO, Any, NamedTuple, get_args, get_type_hints

from pydantic import TypeAdapter

from pipeline.core.document import Document
from pipeline.core.strict import digest

_LENGTHS = struct.Struct(">I")
_NOT_LAYERS = ("source", "content")


class Frame(NamedTuple):
    """One message between parent and worker: a JSON object and blobs that belong to it."""

    head: dict[str, Any]
    blobs: tuple[bytes, ...] = ()


@cache
def layer_types() -> dict[str, Any]:
    """Return the type of each layer of Document, without its ``None``."""
    types = {}
    for name, hint in get_type_hints(Document).items():
        if name not in _NOT_LAYERS:
            (types[name],) = (part for part in get_args(hint) if part is not NoneType)
    return types


@cache
def _adapter(layer: str) -> TypeAdapter[Any]:
    """Return pydantic's reader and writer of ``layer``."""
    return TypeAdapter(layer_types()[layer])


def shape(layer: str) -> str:
    """Return a digest of the layer's type: a field added or renamed makes stored values of the layer out of date."""
    return digest(json.dumps(_adapter(layer).json_schema(), sort_keys=True))


def encode(layer: str, value: Any) -> bytes:
    """Return ``value`` as bytes. Raises pydantic's error when it isn't of the layer's type, TypeError for None."""
    if value is None:
        raise TypeError(f"layer {layer!r} is None, which means 'not run'")
    return zlib.compress(_adapter(layer).dump_json(value, warnings="error"), 1)


def decode(layer: str, data: bytes) -> Any:
    """Return the layer that ``encode`` made ``data`` of."""
    return _adapter(layer).validate_json(zlib.decompress(data))


def write_frame(stream: IO[bytes], head: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one frame and flush. Raises OSError when the other side is gone."""
    text = json.dumps(head).encode("ascii")
    sizes = [len(text), *(len(blob) for blob in blobs)]
    stream.write(_LENGTHS.pack(len(sizes)) + b"".join(_LENGTHS.pack(size) for size in sizes) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """Return the next frame, ``None`` when the stream has ended, also in the middle of a frame."""
    if (count := _read_number(stream)) is None:
        return None
    sizes = []
    for _ in range(count):
        if (size := _read_number(stream)) is None:
            return None
        sizes.append(size)
    parts = []
    for size in sizes:
        if len(part := stream.read(size)) < size:
            return None
        parts.append(part)
    return Frame(json.loads(parts[0]), tuple(parts[1:]))


def _read_number(stream: IO[bytes]) -> int | None:
    """Return the next length, ``None`` at the end."""
    data = stream.read(_LENGTHS.size)
    return int(_LENGTHS.unpack(data)[0]) if len(data) == _LENGTHS.size else None
