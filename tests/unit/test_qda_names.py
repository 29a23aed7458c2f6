# ruff: noqa: RUF001 - full-width forms are the subject here
"""Names that must be unique or fit a file system, and memos that are read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.errors import PipelineError
from pipeline.qda.memo import coder_name, is_machine, labelled, pairs, read_labelled, read_pairs, user_name
from pipeline.qda.names import attribute_names, code_names, source_names
from pipeline.qda.project import Paper
from pipeline.qda.scheme import load_scheme
from pipeline.table.schema import KINDS, ROLES


def test_sources_have_names_files_can_have() -> None:
    found = source_names(
        ["a/b.txt", 'c:\\d*?"<>|.txt', "A／B.TXT", "a/b.txt", "\x00\n", "", "长" * 300 + ".docx", "无点."]
    )
    assert found[:4] == ["a／b.txt", "c：＼d＊？＂＜＞｜.txt", "A／B（2）.TXT", "a／b（3）.txt"]
    assert found[4] == "�" and found[5] == "未命名" and found[7] == "无点"
    assert len(found[6].encode()) == 200 and found[6].endswith(".docx")
    assert len({name.casefold() for name in found}) == len(found)
    assert not any(char in name for name in found for char in '\\/:*?"<>|')


def test_a_code_name_that_repeats_gets_its_parents() -> None:
    paths = [
        ("工具",),
        ("工具", "环境型"),
        ("工具", "环境型", "其他"),
        ("工具", "需求型"),
        ("工具", "需求型", "其他"),
        ("链",),
        ("链", "需求型"),
        ("链", "需求型", "其他"),
        ("其他",),
    ]
    assert list(code_names(paths).values()) == [
        "工具",
        "环境型",
        "环境型—其他",
        "工具—需求型",
        "工具—需求型—其他",
        "链",
        "链—需求型",
        "链—需求型—其他",
        "其他",
    ]
    assert code_names([("甲—乙",), ("丙", "乙"), ("甲", "乙")]) == {
        ("甲—乙",): "甲—乙",
        ("丙", "乙"): "丙—乙",
        ("甲", "乙"): "甲—乙（2）",
    }


def test_pairs_come_back() -> None:
    memo = pairs([("把握", 0.5), ("规则", "a=b; c\n；d"), ("空", ""), ("无", None)])
    assert memo == "把握=0.5; 规则=a=b； c ；d"
    assert read_pairs(memo) == {"把握": "0.5", "规则": "a=b； c ；d"}
    assert read_pairs(f"写给人看的话\n{memo};\n把握=0.9") == {"把握": "0.5", "规则": "a=b； c ；d"}


def test_descriptions_come_back() -> None:
    memo = labelled({"定义": "一：二\n三", "纳入": "", "出处": "四"}) + "\n代码=a/b; 路径=甲/乙"
    assert read_labelled(memo) == {"定义": "一：二 三", "出处": "四"}
    assert read_labelled("定义：一\n续行\n编码本=a; 版本=1") == {"定义": "一\n续行"}
    assert read_labelled("没有标签") == {}


def test_machine_coders_are_told_from_people() -> None:
    assert (
        user_name("machine:terms@1.0") == "机器编码 terms@1.0"
        and coder_name("机器编码 terms@1.0") == "machine:terms@1.0"
    )
    assert user_name("王五") == coder_name("王五") == "王五"
    assert is_machine("机器编码") and not is_machine("机器编码员小王")


def test_attributes_are_in_the_documents_order() -> None:
    papers = [Paper("a", "", (), (("甲", 1), ("丁", 1))), Paper("b", "", (), (("乙", 1), ("丙", 1), ("丁", 1)))]
    assert attribute_names(papers) == ["乙", "丙", "甲", "丁"]


def test_the_scheme_names_every_kind_of_measure_and_tells_every_mistake(tmp_path: Path) -> None:
    scheme = load_scheme()
    assert len(scheme.names) == len(ROLES) * len(KINDS) == len(set(scheme.names.values()))
    assert scheme.names["benefit", "money"] == "资助金额" and scheme.names["benefit", "none"] == "支持举措"
    text = (configs_dir() / "exchange.toml").read_text(encoding="utf-8")
    text = text.replace('benefit = "资助"', "").replace('"benefit/none"', '"benefit/no"').replace('"year"', '"yaer"')
    (tmp_path / "exchange.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        load_scheme(tmp_path)
    assert [len(caught.value.mistakes), "缺少 benefit" in caught.value.mistakes[0]] == [3, True]
