"""The list of stages: every mistake in its data at once, and the doubts it adds itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.core.config import configs_dir, load_config
from pipeline.core.document import Document, Source
from pipeline.core.errors import PipelineError
from pipeline.core.layers import CleanText, Measure, RawText
from pipeline.core.offsets import Edit
from pipeline.running.stages import build
from pipeline.segment.bag import list_mistakes


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    (tmp_path / "short.tsv").write_text("人\t人才\n", encoding="utf-8")
    (tmp_path / "latin.tsv").write_bytes("人才引进\t人才\n".encode("gb18030"))
    (tmp_path / "stop.tsv").write_text("没有类别\n", encoding="utf-8")
    path = tmp_path / "project.toml"
    path.write_text(
        '[coding]\ncodebooks = ["no_such_book"]\n[segment]\nlexicons = ["short.tsv", "latin.tsv", "gone.tsv"]\n'
        'stop_words = ["stop.tsv", "gone_too.tsv"]\n',
        encoding="utf-8",
    )
    return path


LISTS = (
    "gone.tsv: 词表读不出来",
    "short.tsv:1: 词“人”太短",
    "latin.tsv: 词表不是 UTF-8",
    "gone_too.tsv",
    "stop.tsv:1:",
)


def test_word_lists_tell_all_their_mistakes_at_once(wrong: Path) -> None:
    found = list_mistakes(load_config(wrong).segment, configs_dir())
    assert len(found) == len(LISTS)
    assert all(any(part in mistake for mistake in found) for part in LISTS)
    assert list_mistakes(load_config().segment, configs_dir()) == []


def test_all_mistakes_of_all_data_are_listed_once(wrong: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        build(load_config(wrong))
    found = caught.value.mistakes
    assert len(found) == len(LISTS) + 1
    assert all(any(part in mistake for mistake in found) for part in (*LISTS, "没有编码本“no_such_book”"))


@pytest.mark.parametrize(
    ("low", "high", "doubted"),
    [
        ("1", None, False),
        ("9999999999999999", "9999999999999999.9999", False),
        ("1", "9999999999999999.99995", True),
        ("10000000000000000", None, True),
        ("-1E+16", None, True),
        ("1E+400", None, True),
        (None, "Infinity", True),
        (None, None, False),
    ],
)
def test_a_value_the_tables_cannot_hold_is_a_doubt_of_the_measures(
    low: str | None, high: str | None, doubted: bool
) -> None:
    (stage,) = (stage for stage in build(load_config()) if stage.name == "measures")
    assert stage.doubts is not None
    values = [None if value is None else Decimal(value) for value in (low, high)]
    measure = Measure(0, 2, 0, 2, "money", "r", values[0], values[1], "元")
    raw = RawText(" 九九", "text/plain")
    doc = Document(Source("a", "a", "", 0), raw=raw, text=CleanText("九九", (Edit(0, 1, "", "space"),)))
    found = [(one.code, one.stage, one.start, one.end, "九九" in one.message) for one in stage.doubts((measure,), doc)]
    assert found == ([("number.too-large", "measures", 1, 3, True)] if doubted else [])
