"""What heads say of every document of the sample corpus, against its manifest, written by the documents' author."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import pipeline
from pipeline.core.layers import Head

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
# the manifest knows the province; these documents only cite it (「根据《广东省…》」, 「省委、省政府」), which doesn't
# say where they come from, so their city alone is right
PROVINCE_NOT_PRINTED = {"04", "05", "12", "14", "17", "19", "20", "21", "23", "24", "26", "27"}
# 发文字号 are kept as printed, the order's body included
ORDERS = {"06": "江苏省苏阳市人民政府令第18号"}


def manifest() -> list[dict[str, str]]:
    with (CORPORA / "sample.manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(row: dict[str, str]) -> Head:
    head = pipeline.read(CORPORA / "sample" / row["file"]).head
    assert head is not None
    return head


def test_the_manifest_lists_every_file() -> None:
    assert [row["file"] for row in manifest()] == sorted(path.name for path in (CORPORA / "sample").iterdir())


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"][:2])
def test_head(row: dict[str, str]) -> None:
    number, head = row["file"][:2], read(row)
    printed = head.doc_number.value if head.doc_number else ""
    assert head.title is not None and head.title.value == row["title"]
    assert printed == ORDERS.get(number, row["doc_number"]) and printed.endswith(row["doc_number"])
    assert (head.level, head.year) == (row["level"], int(row["year"]))
    assert head.region is not None
    if number in PROVINCE_NOT_PRINTED:
        assert row["region"].endswith(head.region) and head.region != row["region"]
    else:
        assert head.region == row["region"]
