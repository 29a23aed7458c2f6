"""No input makes the work grow faster than the text: counted in calls, and in time for what a pattern does in one."""

from __future__ import annotations

import re
import sys
import time
import tomllib
from functools import cache
from types import FrameType
from typing import Any

import pytest
from extracting import lexicon, mentions
from hypothesis import given
from hypothesis import strategies as st
from test_extract_laws import texts

from pipeline.core.config import configs_dir

# fmt: off
REPEATED = [
    "9", "九", "A", "a", "半", "每", " ", "分别", "一万", "100万元、", "1、", "1:", "1+", "1-", "1.", "111,", "1万1",
    "（", "（[《“", "http://", "电话", "电话12345-", "2020—", "1月1日、", "百分之", "一分之", "1元1角", "1万元（含",
    "a\t1\t", "a\t1\n", "| 1 ", "单位：", "最高给予A类100万元、B类", "1多万", "五折", "负", "不超过", "1 万", "\n1",
    "X1-",
]
# fmt: on
SMALL, LARGE = 3_000, 18_000
# quadratic work would take 36 times as long; a busy machine and caches take some of the rest
MOST_TIME = 16


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Load the data before the clock of a test runs."""
    mentions("给予10万元补助。")
    patterns()


@cache
def patterns() -> list[re.Pattern[str]]:
    """Return the patterns of the regions as they stand in the data."""
    data = tomllib.loads((configs_dir() / "patterns" / "set_aside.toml").read_text(encoding="utf-8"))
    return [re.compile(region["pattern"]) for region in data["region"]]


def calls(text: str) -> int:
    """Return how many calls it takes to find the mentions of ``text``."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        mentions(text)
    finally:
        sys.setprofile(None)
    return count


def seconds(text: str) -> float:
    """Return the shorter time of two runs."""
    times = []
    for _ in range(2):
        began = time.process_time()
        mentions(text)
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize("piece", REPEATED)
def test_twice_the_text_takes_twice_the_calls(piece: str) -> None:
    lexicon()
    once, twice = (calls(piece * (n // len(piece))) for n in (SMALL, 2 * SMALL))
    assert twice <= 2.2 * once + 100


@pytest.mark.parametrize(
    ("piece", "end"), [*((piece, "。") for piece in REPEATED), ("a", "@"), ("A", "1"), ("9", "元"), ("九", "元")]
)
def test_patterns_take_time_in_proportion_to_the_text(piece: str, end: str) -> None:
    lexicon()
    short, long = (seconds(piece * (n // len(piece)) + end) for n in (SMALL, LARGE))
    assert long <= MOST_TIME * max(short, 0.002)


@pytest.mark.parametrize("text", ["9" * 10_000, "分别" * 500_000, "（" * 100_000, "九" * 100_000, " " * 1_000_000])
def test_what_holds_no_figures_takes_a_handful_of_calls(text: str) -> None:
    lexicon()
    assert calls(text) < 200


@given(texts)
def test_the_fast_search_for_regions_finds_what_the_patterns_find(text: str) -> None:
    for (name, finder), pattern in zip(lexicon().regions, patterns(), strict=True):
        found, at = [], 0
        while match := finder.search(text, at):
            found.append(match.span(1))
            at = match.end(1)
        assert found == [match.span() for match in pattern.finditer(text)], name


@given(
    st.text(
        alphabet="0123456789一二三十百千万亿零〇半点多余几.,，、—-至:：/（）()\t\n| 元个年%折成番负人以上", max_size=60
    )
)
def test_any_mix_of_numeral_characters_is_read_in_order_with_finite_values(text: str) -> None:
    end = 0
    for mention in mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
        for value in (mention.value_min, mention.value_max):
            assert value is None or value.is_finite()
