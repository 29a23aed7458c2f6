"""Reading TOML and YAML strictly: lines, keys given twice, unknown keys, wrong values."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from pipeline.core.errors import PipelineError
from pipeline.core.strict import Lines, build, digest, parse_yaml, read_toml


def read_yaml(text: str, name: str) -> tuple[Any, Lines]:
    data, lines, mistakes = parse_yaml(text, name)
    if mistakes:
        raise PipelineError(*mistakes)
    return data, lines


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    word: str
    weight: float = Field(default=1.0, gt=0)
    unless: tuple[str, ...] = Field(default=(), alias="not")


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    count: int = 0
    engine: Literal["jieba", "spacy"] = "jieba"
    limit: int | str | None = None
    parts: tuple[Part, ...] = ()


def mistakes(text: str) -> tuple[str, ...]:
    data, lines = read_yaml(text, "x.yaml")
    with pytest.raises(PipelineError) as caught:
        build(Whole, data, lines, "x.yaml")
    return caught.value.mistakes


def test_yaml_scalars_stay_text() -> None:
    data, _ = read_yaml("code: 0731\nyes: no\nversion: 1.10\nempty:\ndate: 2025-01-01\n", "x.yaml")
    assert data == {"code": "0731", "yes": "no", "version": "1.10", "empty": "", "date": "2025-01-01"}


def test_yaml_lines_of_nested_values() -> None:
    _, lines = read_yaml("name: a\nparts:\n  - word: b\n    weight: 1\n  - word: c\n", "x.yaml")
    assert lines[("parts", 0, "weight")] == 4
    assert lines[("parts", 1)] == 5
    assert lines[("parts", 1, "word")] == 5


def test_yaml_empty_text_is_an_empty_mapping() -> None:
    assert read_yaml("# nothing\n", "x.yaml")[0] == {}


def test_yaml_every_key_given_twice_is_named() -> None:
    with pytest.raises(PipelineError) as caught:
        read_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "x.yaml")
    assert caught.value.mistakes == (
        "x.yaml:4: 键“c”出现了两次（第一次在第 3 行），请删去一个",
        "x.yaml:5: 键“a”出现了两次（第一次在第 1 行），请删去一个",
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2\nb: 3\n", "x.yaml:2: YAML 写法有误"),
        ("a: &x [*x]\n", "x.yaml:1: 嵌套超过"),
        ("a: \x07", "x.yaml: YAML 读不出来"),
        ("[" * 5000, "x.yaml: 嵌套太深"),
    ],
)
def test_yaml_that_is_none_names_the_line(text: str, place: str) -> None:
    with pytest.raises(PipelineError) as caught:
        read_yaml(text, "x.yaml")
    assert caught.value.mistakes[0].startswith(place)


def test_yaml_aliases_of_aliases_end_soon() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 9):
        text += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"
    with pytest.raises(PipelineError, match=r"^x\.yaml:\d+: 展开 \* 引用后超过"):
        read_yaml(text, "x.yaml")


def test_yaml_keys_that_are_no_text_are_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        read_yaml("a: 1\n? [b, c]\n: 2\n{{x}}: 3\n", "x.yaml")
    assert [m.split("，")[0] for m in caught.value.mistakes] == ["x.yaml:2: 键应为文字", "x.yaml:4: 键应为文字"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count: 1\n", "x.yaml:1: name: 缺少必填的键"),
        ("name: a\ncuont: 1\n", "x.yaml:2: cuont: 不认识的键“cuont”，是否应为“count”？"),
        ("name: a\nzz: 1\n", "x.yaml:2: zz: 不认识的键“zz”，可用的有：name、count、engine、limit、parts"),
        ("name: a\ncount: many\n", "x.yaml:2: count: 应为整数，实为“many”"),
        ("name: a\nengine: hanlp\n", "x.yaml:2: engine: 应为 jieba、spacy 之一，实为“hanlp”"),
        ("name: a\nparts: b\n", "x.yaml:2: parts: 应为列表（一行一个“- ”，或写在 [ ] 里）"),
        ("name: a\nparts:\n  - word: b\n    weight: 0\n", "x.yaml:4: parts.0.weight: 应大于 0.0，实为“0”"),
        ("name: a\nparts:\n  - word: b\n    nto: [c]\n", "x.yaml:4: parts.0.nto: 不认识的键“nto”，是否应为“not”？"),
        ("name: a\nparts:\n  - word: b\n    q: c\n", "x.yaml:4: parts.0.q: 不认识的键“q”，可用的有：word、weight、not"),
        ("name: a\nparts:\n  - weight: 1\n", "x.yaml:3: parts.0.word: 缺少必填的键"),
        ("name: [a]\n", "x.yaml:1: name: 应为文字"),
        ("- a\n", "x.yaml:1: 应为键值表"),
    ],
)
def test_one_mistake_in_chinese_with_its_line(text: str, expected: str) -> None:
    assert mistakes(text) == (expected,)


def test_names_of_union_members_stay_out_of_the_path() -> None:
    assert all(m.startswith("x.yaml:2: limit: ") for m in mistakes("name: a\nlimit: [1]\n"))


def test_all_mistakes_at_once_in_the_order_of_the_file() -> None:
    found = mistakes("count: x\nparts:\n  - weight: -1\n    word: b\nextra: 1\n")
    assert [m.split(":")[1] for m in found] == ["1", "1", "3", "5"]


def test_toml_lines_of_tables_arrays_and_quoted_keys() -> None:
    text = (
        'name = "a"\n[run]\nworkers = 1\n[[rule]]\nid = "x"\n[rule.slots]\nitem = "y"\n[[rule]]\nid = "z"\n'
        '[rule.slots]\nitem = "w"\n[[rule.part]]\n"亿元" = 1\n[[rule.part]]\na.b = 2\n[units."平方.米"]\nf = 1\n'
    )
    data, lines = read_toml(text, "x.toml")
    assert data["rule"][1]["part"][1]["a"]["b"] == 2
    assert lines[("run", "workers")] == 3
    assert lines[("rule", 0, "slots", "item")] == 7
    assert lines[("rule", 1)] == 8
    assert lines[("rule", 1, "slots", "item")] == 11
    assert lines[("rule", 1, "part", 0, "亿元")] == 13
    assert lines[("rule", 1, "part", 1, "a", "b")] == 15
    assert lines[("units", "平方.米", "f")] == 17


def test_toml_mistake_names_file_and_line() -> None:
    with pytest.raises(PipelineError) as caught:
        read_toml("a = 1\na = 2\n", "x.toml")
    assert caught.value.mistakes[0].startswith("x.toml:2: TOML 写法有误")


def test_toml_wrong_value_in_the_second_entry_names_its_line() -> None:
    data, lines = read_toml('name = "a"\n[[parts]]\nword = "b"\n[[parts]]\nword = 3\n', "x.toml")
    with pytest.raises(PipelineError) as caught:
        build(Whole, data, lines, "x.toml")
    assert caught.value.mistakes == ("x.toml:5: parts.1.word: 应为文字",)


def test_digest_keeps_the_borders_of_its_parts() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("引才") == digest("引才".encode())
    assert len(digest("a")) == 16
