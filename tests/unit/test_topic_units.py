from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.config import TopicUnit, configs_dir, load_config
from pipeline.core.document import Document, Source
from pipeline.core.layers import Bag, CleanText, Section
from pipeline.running.bags import clause_stop_words, cut_bags, stop_words_of
from pipeline.segment.bag import count_words, load_stop_words
from pipeline.segment.sentences import cut
from pipeline.segment.words import load_segmenter

TEXT = "关于人才的意见\n一、引进人才\n对博士发放安家补助。\n对硕士发放租房补贴。\n二、发展产业\n支持光伏企业。\n"


def document() -> Document:
    clean = CleanText(TEXT, ())
    first, second = TEXT.index("一、"), TEXT.index("二、")
    outline = (
        Section(0, None, 1, "一、", "引进人才", first, TEXT.index("对博士"), second),
        Section(1, None, 1, "二、", "发展产业", second, TEXT.index("支持"), len(TEXT)),
    )
    sentences = cut(clean, outline, segmenter=load_segmenter(load_config().segment, configs_dir()))
    return replace(Document(Source("", "", "", 0)), text=clean, outline=outline, sentences=sentences)


@pytest.mark.parametrize(("unit", "bags"), [("document", 1), ("section", 3), ("clause", 4)])
def test_units_share_out_the_words_of_the_document(unit: TopicUnit, bags: int) -> None:
    stop_words = load_stop_words(load_config().segment.stop_words, configs_dir())
    found = list(cut_bags(document(), unit, stop_words))
    assert len(found) == bags
    assert any("光伏" in bag.words and "博士" not in bag.words for bag in found) == (unit != "document")
    assert any("博士" in bag.words and "硕士" in bag.words for bag in found) == (unit != "clause")


@pytest.mark.parametrize("unit", ["document", "section", "clause"])
def test_no_text_gives_no_bags(unit: TopicUnit) -> None:
    stop_words = load_stop_words((), configs_dir())
    assert list(cut_bags(Document(Source("", "", "", 0)), unit, stop_words)) == []


@pytest.mark.parametrize("unit", ["document", "section", "clause"])
def test_text_without_words_gives_a_bag_without_words(unit: TopicUnit) -> None:
    clean = CleanText("？！、\n", ())
    sentences = cut(clean, (), segmenter=load_segmenter(load_config().segment, configs_dir()))
    document = replace(Document(Source("", "", "", 0)), text=clean, outline=(), sentences=sentences)
    assert list(cut_bags(document, unit, load_stop_words((), configs_dir()))) == [Bag((), ())]


def test_words_of_official_style_count_in_clauses_only() -> None:
    config = load_config()
    clause, whole = clause_stop_words(config), stop_words_of(config)
    assert whole.leave_out("推进") and not clause.leave_out("推进")
    assert clause.leave_out("因为") and clause.leave_out("浙江省")  # neither function words nor places
    none = config.model_copy(update={"topics": config.topics.model_copy(update={"clause_words": ()})})
    assert clause_stop_words(none) == whole
    kinds = config.topics.model_copy(update={"document_words": ("公文", "泛词")})
    assert not stop_words_of(config.model_copy(update={"topics": kinds})).leave_out("推进")


def test_pairs_stand_side_by_side_in_one_sentence() -> None:
    clean = CleanText("科技创新，创新平台。平台的科技", ())
    segmenter = load_segmenter(load_config().segment.model_copy(update={"lexicons": ()}), configs_dir())
    bag = count_words(clean, cut(clean, (), segmenter=segmenter), stop_words=load_stop_words((), configs_dir()))
    pairs = {(bag.words[a], bag.words[b]): n for a, b, n in bag.pairs}
    assert pairs == {("科技", "创新"): 1, ("创新", "平台"): 1}
