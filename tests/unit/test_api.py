from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import pipeline

TEXT = "云州市人才办法\r\n\r\n第一条　对Ａ类人才，给予１００ 万元安家补助，每人每月 2 000 元生活补贴。\r\n"


def test_offsets_lead_into_the_text_given_not_the_repaired_one() -> None:
    quotes = [TEXT[m.start : m.end] for m in pipeline.extract_measures(TEXT)]
    assert quotes == ["１００ 万元", "2 000 元"]
    for measure in pipeline.extract_measures(TEXT):
        assert measure.evidence_start <= measure.start < measure.end <= measure.evidence_end


@pytest.mark.parametrize("text", ["", " ", "\n", "没有数字。", "\ud800"])
def test_texts_without_measures(text: str) -> None:
    assert pipeline.extract_measures(text) == []


def test_read_gives_all_layers(tmp_path: Path) -> None:
    path = tmp_path / "办法.txt"
    path.write_text(TEXT, encoding="utf-8", newline="")
    doc = pipeline.read(path)
    assert doc.content is None
    assert doc.raw is not None and doc.raw.text == TEXT
    assert None not in (doc.text, doc.head, doc.outline, doc.sentences, doc.mentions, doc.measures, doc.codings)


def test_what_cannot_be_read_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(pipeline.PipelineError, match=r"无\.txt"):
        pipeline.read(tmp_path / "无.txt")
    (tmp_path / "空.txt").write_bytes(b"")
    with pytest.raises(pipeline.PipelineError, match="空文件"):
        pipeline.read(tmp_path / "空.txt")


def test_an_unknown_codebook_is_told() -> None:
    with pytest.raises(pipeline.PipelineError, match="nosuch"):
        pipeline.code("给予补助", "nosuch")


def test_open_refuses_a_folder_without_a_run(tmp_path: Path) -> None:
    with pytest.raises(pipeline.PipelineError, match=r"knowledge\.duckdb"):
        pipeline.open(tmp_path)


def test_public_names() -> None:
    verbs = {"read_all", "code", "extract_measures", "open", "read", "run"}
    assert set(pipeline.__all__) == verbs | {"Coding", "Document", "Knowledge", "Measure", "PipelineError"}
    importlib.import_module("pipeline.running.runner")
    assert callable(pipeline.run)


def test_the_spacy_component_puts_spans_on_a_doc() -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("zh")
    nlp.add_pipe("cewen_measures")
    doc = nlp("给予全日制博士最高40万元安家补助。")
    [span] = doc.spans["measures"]
    assert (span.text, span.label_, span._.measure.bound) == ("40万元", "money", "max")
