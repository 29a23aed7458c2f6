"""A damaged file of a trained coder is refused in Chinese, whatever is wrong with it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.coding.learned import load
from pipeline.core.config import models_dir
from pipeline.core.errors import PipelineError

SHIPPED = models_dir() / "coding" / "themes.codes"
Arrays = dict[str, Any]


def head(arrays: Arrays, **changed: object) -> None:
    found = json.loads(bytes(arrays["head"])) | changed
    arrays["head"] = np.frombuffer(json.dumps(found).encode(), np.uint8)


def with_context(arrays: Arrays) -> Arrays:
    head(arrays, format=2)
    arrays.update(headings=np.zeros(arrays["grams"].shape), chain=np.zeros((5, arrays["grams"].shape[1])))
    return arrays


def test_the_shipped_model_is_whole() -> None:
    assert load(SHIPPED).codes


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays: arrays.pop("keys1"),
        lambda arrays: arrays.pop("idf"),
        lambda arrays: arrays.update(more=np.zeros(3)),
        lambda arrays: arrays.update(grams=arrays["grams"][:-1]),
        lambda arrays: arrays.update(threshold=arrays["threshold"][:-1]),
        lambda arrays: arrays.update(slope=arrays["slope"] * np.nan),
        lambda arrays: arrays.update(idf=np.array(["a", "b"])),
        lambda arrays: arrays.update(keys1=np.array(["a", "b"])),
        lambda arrays: head(arrays, codes=None),
        lambda arrays: head(arrays, features=[["a"]]),
        lambda arrays: arrays.update(head=np.frombuffer(b"[]", np.uint8)),
        lambda arrays: head(arrays, format=2),
        lambda arrays: with_context(arrays).pop("chain"),
        lambda arrays: with_context(arrays).update(chain=np.zeros((4, arrays["grams"].shape[1]))),
    ],
)
def test_a_damaged_model_is_told(damage: Callable[[Arrays], object], tmp_path: Path) -> None:
    with np.load(SHIPPED, allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    damage(arrays)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    path = tmp_path / "坏.codes"
    path.write_bytes(stream.getvalue())
    with pytest.raises(PipelineError, match=r"坏\.codes.*已损坏"):
        load(path)


def test_any_wrong_byte_is_told_or_harmless(tmp_path: Path) -> None:
    content = SHIPPED.read_bytes()
    path = tmp_path / "坏.codes"
    places = [*range(12), *range(len(content) - 400, len(content), 3)]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 0x5A
        path.write_bytes(damaged)
        try:
            load(path)
        except PipelineError as error:
            assert "坏.codes" in str(error)
