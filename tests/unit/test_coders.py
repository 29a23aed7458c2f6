"""Coders by name, the same for every command."""

from __future__ import annotations

import pytest

from pipeline.core.errors import PipelineError
from pipeline.table.coders import find_coders

KNOWN = ["machine:learned@1-a", "machine:terms@1", "张三"]


@pytest.mark.parametrize("word", ["machine", "机器", "机器编码"])
def test_the_machine_has_three_words(word: str) -> None:
    assert find_coders([word, "张三", word], KNOWN) == KNOWN
    assert find_coders([word], ["machine", "张三"]) == ["machine"]


def test_one_version_is_named_as_it_stands_or_is_shown() -> None:
    assert find_coders(["机器编码 terms@1"], KNOWN) == find_coders(["machine:terms@1"], KNOWN) == ["machine:terms@1"]


def test_all_that_are_not_there_are_told() -> None:
    with pytest.raises(PipelineError) as caught:
        find_coders(["李四", "张"], KNOWN)
    assert caught.value.mistakes[1] == "结果中没有编码者“张”，是否应为“张三”？" and len(caught.value.mistakes) == 2
