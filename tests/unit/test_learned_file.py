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
