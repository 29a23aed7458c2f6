from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.config import SegmentSettings, configs_dir
from pipeline.core.layers import CleanText
from pipeline.core.strict import read_tsv
from pipeline.segment.bag import count_words, load_stop_words
from pipeline.segment.sentences import cut, spans
from pipeline.segment.words import LexiconSegmenter, load_segmenter

TERMS = [row[0] for row in read_tsv(configs_dir() / "lexicons" / "policy_terms.tsv")][::40]
PIECES = st.one_of(
    st.sampled_from(TERMS),
    st.sampled_from(list("。！？；，、：《》（）()“”‘’\"'\n\r\t \u3000.%0123456789人才奖励元")),
    st.text(max_size=4),
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@cache
def segmenter(engine: str) -> LexiconSegmenter:
    pytest.importorskip(engine)
    return load_segmenter(SegmentSettings(engine=engine, lexicons=("policy_terms.tsv",), stop_words=()), configs_dir())


@pytest.mark.parametrize("engine", ["jieba", "rjieba"])
@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_words_join_to_the_text(engine: str, text: str) -> None:
    words = segmenter(engine).words(text)
    assert "".join(words) == text
    assert "" not in words


@given(text=TEXTS, fixed=st.lists(st.integers(0, 60), max_size=5))
@settings(max_examples=300, deadline=None)
def test_every_character_but_white_space_is_in_one_sentence(text: str, fixed: list[int]) -> None:
    places = tuple(sorted(place for place in set(fixed) if place <= len(text)))
    found = list(spans(text, places))
    covered = [0] * len(text)
    for start, end in found:
        assert start < end
        assert text[start:end] == text[start:end].strip()
        assert not any(start < place < end for place in places)
        for i in range(start, end):
            covered[i] += 1
    assert found == sorted(found)
    assert all(n == 1 or (n == 0 and text[i].isspace()) for i, n in enumerate(covered))


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_words_of_sentences_lie_in_them_and_bags_count_them(text: str) -> None:
    clean = CleanText(text, ())
    sentences = cut(clean, (), segmenter=segmenter("rjieba"))
    for sentence in sentences:
        assert list(sentence.words) == sorted(set(sentence.words))
        assert sentence.start < sentence.words[0]
        assert sentence.words[-1] == sentence.end
    bag = count_words(clean, sentences, stop_words=load_stop_words((), configs_dir()))
    assert all(text.count(word) >= 1 and n >= 1 for word, n in zip(bag.words, bag.counts, strict=True))
