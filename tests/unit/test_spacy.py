"""The spaCy component: spans, their attributes, documents that can be written and read back."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

import pipeline
from pipeline import spacy_component

TEXT = "第一条  给予全日制博士每人每月2000元生活补贴，最高不超过40万元。\n\n到2025年引进30名、50名人才。 A  B"
JIEBA = {"nlp": {"tokenizer": {"segmenter": "jieba"}}}


def made(config: dict[str, Any] | None = None) -> Any:
    nlp = spacy.blank("zh", config=config or {})
    nlp.add_pipe("cewen_measures")
    return nlp


def seen(doc: Doc) -> list[tuple[Any, ...]]:
    """What can be seen of a document's measures."""
    return [
        (
            span.start_char,
            span.end_char,
            span.label_,
            span._.value_min,
            span._.value_max,
            span._.role,
            span._.evidence.text,
        )
        for span in doc.spans["measures"]
    ]


@pytest.fixture(scope="module")
def doc() -> Doc:
    return made()(TEXT)


@pytest.mark.parametrize("config", [{}, JIEBA])
@pytest.mark.parametrize("text", [TEXT, "", "没有数字。", " \n\t ", "补助\r\n50万元", "2000元"])
def test_the_spans_are_what_the_package_finds(text: str, config: dict[str, Any]) -> None:
    doc = made(config)(text)
    assert doc.text == text and doc._.measures == pipeline.extract_measures(text)
    for span, measure in zip(doc.spans["measures"], doc._.measures, strict=True):
        assert span.start_char <= measure.start < measure.end <= span.end_char and span.label_ == measure.kind


def test_the_slots_are_attributes(doc: Doc) -> None:
    first, second, *_ = doc.spans["measures"]
    assert (first.text, first._.value_min, first._.value_max, first._.unit) == ("2000元", 2000, 2000, "元")
    assert (first._.bound, first._.role, first._.per, first._.item) == ("exact", "benefit", ("人", "月"), "生活补贴")
    assert "博士" in first._.beneficiary and first._.time is None and 0 < first._.confidence <= 1
    assert (second._.bound, second._.value_min, second._.value_max) == ("max", None, Decimal(400000))
    assert isinstance(first._.evidence, Span) and first._.evidence.text.endswith("40万元。")
    assert [span._.time for span in doc.spans["measures"]][2:] == ["2025", "2025"]
    assert set(spacy_component.SLOTS) >= {"condition", "agency", "instrument", "action", "group", "fact", "rule"}
    for name in spacy_component.SLOTS:
        assert getattr(first._, name) == getattr(first._.measure, name)


def test_other_spans_have_no_record(doc: Doc) -> None:
    other = doc[0:2]
    assert (other._.measure, other._.role, other._.evidence) == (None, None, None)
    assert spacy.blank("zh")("2000元")._.measures == []


@pytest.mark.parametrize("config", [{}, JIEBA])
def test_documents_can_be_written_and_read_back(config: dict[str, Any]) -> None:
    nlp = made(config)
    doc = nlp(TEXT)
    boxed = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    other = spacy.blank("zh").vocab
    for again in (
        Doc(other).from_bytes(doc.to_bytes()),
        next(DocBin().from_bytes(boxed).get_docs(other)),
        pickle.loads(pickle.dumps(doc)),
        doc.copy(),
    ):
        assert seen(again) == seen(doc) and again._.measures == doc._.measures != []


def test_joined_documents_keep_their_measures(doc: Doc) -> None:
    joined = Doc.from_docs([doc, doc], ensure_whitespace=False)
    assert len(joined.spans["measures"]) == 2 * len(doc.spans["measures"])
    for span, measure in zip(joined.spans["measures"], joined._.measures, strict=True):
        assert joined.text[measure.start : measure.end] in span.text and span._.evidence.text in TEXT


def test_two_figures_in_one_token_are_told_apart() -> None:
    nlp = spacy.blank("zh")
    text = "分别给予100万元、50万元补助"
    doc = spacy_component.create(nlp, "x")(
        Doc(nlp.vocab, words=["分别给予", "100万元、50万元", "补助"], spaces=[False] * 3)
    )
    assert doc.text == text and [span.text for span in doc.spans["measures"]] == ["100万元、50万元"] * 2
    assert [span._.value_max for span in doc.spans["measures"]] == [1000000, 500000]
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert [span._.value_max for span in again.spans["measures"]] == [1000000, 500000]
    # a span of one's own over the same tokens shows the first
    assert Span(again, 1, 2, label="money")._.value_max == 1000000


def test_many_documents_and_a_saved_pipeline(tmp_path: Any) -> None:
    nlp = made()
    nlp.to_disk(tmp_path / "nlp")
    loaded = spacy.load(tmp_path / "nlp")
    texts = [TEXT, "", "补助50万元"]
    assert [len(doc.spans["measures"]) for doc in loaded.pipe(texts)] == [
        len(nlp(text).spans["measures"]) for text in texts
    ]


def test_attributes_of_other_packages_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Span.get_extension("item")
    Span.set_extension("item", default="theirs", force=True)
    try:
        spacy_component._register()
        doc = made()("给予安家补助50万元")
        [span] = doc.spans["measures"]
        assert span._.item == "theirs" and span._.measure.item == "安家补助"
    finally:
        Span.set_extension("item", getter=before[2], force=True)
