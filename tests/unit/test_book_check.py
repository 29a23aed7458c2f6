"""``cewen codebook``: mistakes and hints apart, examples with their places, export of a book to go on with."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline import api
from pipeline.books.check import check_book
from pipeline.cli.main import invoke

HEAD = 'codebook: mine\nname: 我的\nversion: "1"\ndefinition: 定义\nsource: 无\n'
DOUBTFUL = (
    HEAD
    + """groups: {g: [人才]}
codes:
  - {code: a, name: 甲, definition: 一, examples: [给予补贴。, 给予补贴。], terms: [补贴, 奖励]}
  - code: b
    name: 乙
    definition: 二
    terms: [补贴, 奖励, {term: 资金, weight: 0.5}]
    children:
      - {code: b1, name: 甲, definition: 三, examples: [人编的一句。]}
"""
)


def write(tmp_path: Path, text: str, name: str = "mine.yaml") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_hints_are_no_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["codebook", "check", write(tmp_path, DOUBTFUL)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "提示：mine.yaml:6: 词组“g”没有用到",
        "提示：mine.yaml:8: 同一句写了两次：「给予补贴。」",
        "提示：mine.yaml:9: 代码“b”没有例句，词语改动后无从检查",
        "提示：mine.yaml:9: 2 个词在同级的“a”和“b”里权重相同，分不开二者：补贴、奖励",
        "提示：mine.yaml:14: 代码“b1”没有词语：程序不会给出它，只能由人来编，或由训练得来",
        "提示：mine.yaml:14: 名称“甲”不止一个代码在用，按名称导入时分辨不了",
        "mine：没有错误，3 个代码，3 个例句和反例都对。",
    ]


def test_mistakes_of_two_files_and_hints_are_told_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = write(
        tmp_path,
        HEAD
        + """colour: red
groups: {g: [$h], h: []}
codes:
  - code: a
    name: 甲
    definition: 一
    aliases: [乙]
    examples: [给予补贴。]
    counter_examples: [给予补贴。]
    terms: [补, {term: 奖励, weight: 0}]
  - {code: a, name: 甲, definition: x, exmaples: [x]}
  - {code: c, name: 乙, terms: 补贴}
""",
    )
    other = write(tmp_path, "代码,名称,定义,例句,词语\na,甲,一,今天晴。,补贴\n", "other.csv")
    assert invoke(["codebook", "check", bad, other]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("错误")] == [
        "错误：mine.yaml:6: colour: 不认识的键“colour”，可用的有：codebook、name、version、definition、source、"
        "heading_weight、groups、codes",
        "错误：mine.yaml:7: 词组“g”里不能再用词组“$h”，请写出其中的词",
        "错误：mine.yaml:7: 词组“h”是空的，请写上词语或删去",
        "错误：mine.yaml:12: 别名“乙”已经指另一个代码（在第 17 行），请只留一个",
        "错误：mine.yaml:13: 同一句既是例句又是反例，请删去一个：「给予补贴。」",
        "错误：mine.yaml:15: codes.0.terms.0: 至少要 2 个字，实为“补”",
        "错误：mine.yaml:15: codes.0.terms.1.weight: 应大于 0.0，实为“0”",
        "错误：mine.yaml:16: 代码“a”重复（第一次在第 9 行），请改名或合并",
        "错误：mine.yaml:16: 名称“甲”与同级的另一代码相同（在第 10 行），无法分辨，请改名",
        "错误：mine.yaml:16: codes.1.exmaples: 不认识的键“exmaples”，是否应为“examples”？",
        "错误：mine.yaml:17: codes.2.definition: 缺少必填的键",
        "错误：mine.yaml:17: codes.2.terms: 应为列表（一行一个“- ”，或写在 [ ] 里）",
        "错误：other.csv:2: 例句没有命中 a（甲）：「今天晴。」",
    ]
    assert "提示：mine.yaml: 例句和反例要等写法上的错误改好以后才检查" in lines


def test_failing_examples_of_a_workbook_are_told_with_their_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "代码"
    for row in (
        ["代码", "名称", "定义", "例句", "反例", "词语"],
        ["a", "甲", "一", "给予补贴。", "不给补贴。", "补贴"],
        [None, None, None, "今天晴。"],
    ):
        sheet.append(row)
    book.save(tmp_path / "mine.xlsx")
    checked = check_book(str(tmp_path / "mine.xlsx"), 1.0)
    assert checked.mistakes == (
        "mine.xlsx:代码!D3: 例句没有命中 a（甲）：「今天晴。」",
        "mine.xlsx:代码!E2: 反例命中 a（甲）（补贴×1）：「不给补贴。」",
    )


def test_a_book_is_exported_edited_and_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "四链.xlsx"
    assert invoke(["codebook", "export", "silian", str(target)]) == 0
    assert invoke(["codebook", "check", str(target)]) == 0
    assert invoke(["codebook", "export", "silian", str(target)]) == 2
    assert "已经存在" in capsys.readouterr().err
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["编码本", "代码", "词语", "词组", "写法"]
    book["编码本"]["B1"], book["编码本"]["B3"] = "silian_own", "1.1"
    book["词语"].append(["talent_chain", "候鸟专家"])
    book.save(target)
    found = api.code("鼓励候鸟专家前来。", target)
    assert [(one.codebook, one.code, one.coder) for one in found] == [
        ("silian_own", "talent_chain", "machine:terms@1.1"),
    ]
    assert invoke(["codebook", "show", str(target)]) == 0
    assert "候鸟专家" in capsys.readouterr().out


def test_list_says_what_runs_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["codebook", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert lines["silian"].rstrip().endswith("是") and not lines["layers"].rstrip().endswith("是")


def test_a_run_names_the_cell_of_a_mistake_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("给予补贴。", encoding="utf-8")
    write(tmp_path, '[coding]\ncodebooks = ["mine.xlsx"]\n', "project.toml")
    book = openpyxl.Workbook()
    for row in (["代码", "名称", "定义", "词语"], ["a", "甲", "一", "补"]):
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")
    config = str(tmp_path / "project.toml")
    assert invoke(["run", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), "--config", config]) == 2
    assert "错误：mine.xlsx:Sheet!D2: 词语：至少要 2 个字，实为“补”" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_run_with_a_workbook_keeps_its_version_and_definition(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("推动教育链与产业链衔接，拓宽融资渠道。", encoding="utf-8")
    assert invoke(["codebook", "export", "silian_education", str(tmp_path / "mine.xlsx")]) == 0
    write(tmp_path, '[coding]\ncodebooks = ["silian", "mine.xlsx"]\n[topics]\nenabled = false\n', "project.toml")
    report = api.run(tmp_path / "a.txt", tmp_path / "out", config=tmp_path / "project.toml", workers=1)
    assert report.exit_code == 0
    query = (
        "SELECT DISTINCT codebook, split_part(coder, '-', 1) AS coder, source"
        " FROM codings JOIN codes USING (codebook, code) ORDER BY 1"
    )
    rows = api.open(tmp_path / "out").query(query).to_pylist()
    assert [(row["codebook"], row["coder"]) for row in rows] == [
        ("silian", "machine:learned@1.1"),
        ("silian_education", "machine:terms@1.1"),
    ]
    assert rows[0]["source"].startswith("四链融合 1.1：") and rows[1]["source"].startswith("四链融合（教育链） 1.1：")
