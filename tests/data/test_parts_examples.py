"""Each example and counter-example in configs/parts.toml."""

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.dates import find_dates
from pipeline.structure.parts import load_part_rules, read_part_file

FILE, RULES = read_part_file(configs_dir()), load_part_rules(configs_dir())
MARKS = dict(zip((mark.name for mark in FILE.mark), RULES.marks, strict=True))


def opens(name: str, text: str) -> bool:
    found = MARKS[name].match(text)
    return found is not None and any(date.full for date in find_dates(text, *found.span("date")))


@pytest.mark.parametrize(("name", "text"), [(mark.name, text) for mark in FILE.mark for text in mark.examples])
def test_examples(name: str, text: str) -> None:
    assert opens(name, text)


@pytest.mark.parametrize(("name", "text"), [(mark.name, text) for mark in FILE.mark for text in mark.counter])
def test_counter_examples(name: str, text: str) -> None:
    assert not opens(name, text)
