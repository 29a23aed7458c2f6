"""Codebooks: what is read, and that every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.coding.codebook import codes, load_codebook, load_codebooks, read_codebook, walk
from pipeline.core.config import configs_dir
from pipeline.core.errors import PipelineError

GOOD = """
codebook: mini
name: 小编码本
version: 1.10
definition: 试验
source: 自编
groups:
  people: [人才, 博士]
codes:
  - code: supply
    name: 供给
    definition: 直接给
    terms: [财政投入]
    children:
      - code: talent
        name: 人才
        definition: 引人
        terms:
          - 引才
          - {term: 引进, weight: 0.5, near: [$people], not: [引进外资]}
"""


def read(text: str) -> tuple[str, ...]:
    with pytest.raises(PipelineError) as caught:
        read_codebook(text, "mini.yaml")
    return caught.value.mistakes


def test_terms_are_read_plain_and_with_their_company() -> None:
    book = read_codebook(GOOD, "mini.yaml")
    plain, full = book.codes[0].children[0].terms
    assert (plain.term, plain.weight, plain.near, plain.unless) == ("引才", 1.0, (), ())
    assert (full.term, full.weight, full.near, full.unless) == ("引进", 0.5, ("$people",), ("引进外资",))
    assert book.version == "1.10"


def test_codes_are_listed_flat_with_their_paths() -> None:
    rows = codes(read_codebook(GOOD, "mini.yaml"))
    assert [(r.code, r.code_path, r.parent) for r in rows] == [
        ("supply", "supply", None),
        ("talent", "supply/talent", "supply"),
    ]
    assert (rows[1].codebook, rows[1].name, rows[1].definition, rows[1].source) == (
        "mini",
        "人才",
        "引人",
        "小编码本 1.10：试验 出处：自编",
    )


def test_three_mistakes_of_three_kinds_are_listed_at_once() -> None:
    text = (
        GOOD.replace("weight: 0.5", "wieght: 0.5")
        .replace("code: talent", "code: supply")
        .replace("name: 供给", "name: 供给\n    name: 二")
    )
    assert read(text) == (
        "mini.yaml:12: 键“name”出现了两次（第一次在第 11 行），请删去一个",
        "mini.yaml:16: 代码“supply”重复（第一次在第 10 行），请改名或合并",
        "mini.yaml:21: codes.0.children.0.terms.1.wieght: 不认识的键“wieght”，是否应为“weight”？",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 1.10\n", "", "mini.yaml:2: version: 缺少必填的键"),
        ("[$people]", "[$pepole]", "mini.yaml:20: near 用到的词组“$pepole”没有定义，可用的有：$people"),
        ("- 引才", "- 引进", "mini.yaml:20: 词“引进”在同一代码下出现了两次，请删去一个"),
        ("- 引才", "- 引", "mini.yaml:19: codes.0.children.0.terms.0: 至少要 2 个字，实为“引”"),
        ("weight: 0.5", "weight: 重", "mini.yaml:20: codes.0.children.0.terms.1.weight: 应为数字，实为“重”"),
        (
            "[引进外资]",
            "引进外资",
            "mini.yaml:20: codes.0.children.0.terms.1.not: 应为列表（一行一个“- ”，或写在 [ ] 里）",
        ),
        ("code: talent", "code: a b", r"mini.yaml:15: codes.0.children.0.code: 写法应合 ^[\w\-]+$，实为“a b”"),
    ],
)
def test_mistake_with_its_line(old: str, new: str, expected: str) -> None:
    assert read(GOOD.replace(old, new)) == (expected,)


@pytest.mark.parametrize(
    "text", ["", "- a\n", "codes: x\n", "codes: [x, [y]]\n", "codes:\n  - code: [a]\n    terms: {a: b}\n"]
)
def test_any_yaml_gives_mistakes_not_a_traceback(text: str) -> None:
    assert all(m.startswith("mini.yaml:") for m in read(text))


def test_digest_changes_with_the_content_only() -> None:
    book = read_codebook(GOOD, "mini.yaml")
    assert read_codebook("# note\n" + GOOD, "mini.yaml").digest == book.digest
    assert read_codebook(GOOD.replace("0.5", "0.6"), "mini.yaml").digest != book.digest


def test_books_are_loaded_by_name_and_path_in_order(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(GOOD, encoding="utf-8")
    books = load_codebooks([str(own), "triad"], configs_dir() / "codebooks")
    assert [book.codebook for book in books] == ["mini", "triad"]


def test_mistakes_of_all_books_are_told_together(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(GOOD.replace("    name: 供给\n", ""), encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        load_codebooks(["traid", str(own), "nothing-like-it", str(tmp_path / "gone.yaml")], configs_dir() / "codebooks")
    close, missing, unknown, gone = caught.value.mistakes
    assert close == "没有编码本“traid”，是否应为“triad”？"
    assert missing == "mine.yaml:10: codes.0.name: 缺少必填的键"
    assert "silian、silian_education、talent_ecology、triad、triple_helix、yinyuyongliu" in unknown
    assert "gone.yaml" in gone


def test_the_same_book_twice_is_refused() -> None:
    with pytest.raises(PipelineError, match="给出了 2 次"):
        load_codebooks(["triad", "triad"], configs_dir() / "codebooks")


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(PipelineError, match=r"gbk\.yaml: 编码本读不出来"):
        load_codebook(path)


def test_walk_yields_parents_first() -> None:
    book = read_codebook(GOOD, "mini.yaml")
    assert [[code.code for code in path] for path in walk(book.codes)] == [["supply"], ["supply", "talent"]]
