from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.config import configs_dir, load_config
from pipeline.core.errors import PipelineError
from pipeline.core.layers import Bag, CleanText
from pipeline.segment.bag import StopWords, count_words, load_stop_words
from pipeline.segment.sentences import cut
from pipeline.segment.words import load_segmenter


def packaged() -> StopWords:
    return load_stop_words(load_config().segment.stop_words, configs_dir())


def bag(text: str) -> Bag:
    segmenter = load_segmenter(load_config().segment, configs_dir())
    clean = CleanText(text, ())
    return count_words(clean, cut(clean, (), segmenter=segmenter), stop_words=packaged())


def test_content_words_are_counted_and_sorted() -> None:
    found = bag("进一步加强柔性引才，推进产才融合。\n产才融合看柔性引才，产才融合。")
    assert dict(zip(found.words, found.counts, strict=True)) == {"柔性引才": 2, "产才融合": 3}
    assert list(found.words) == sorted(found.words)


@pytest.mark.parametrize(
    "text", ["", "，。", "的", "2024年3月5日 15.5% ABC abc", "🙂", "根据有关规定，进一步加强", "二十一", "第三十条"]
)
def test_nothing_to_count(text: str) -> None:
    assert bag(text) == Bag((), ())


@pytest.mark.parametrize(
    "word",
    ["杭州", "杭州市", "仙居", "市教育局", "某某县人民政府", "根据", "三十五", "5G", "A类人才", "人", "\uff21类人"],
)
def test_left_out(word: str) -> None:
    assert packaged().leave_out(word)


@pytest.mark.parametrize(
    "word", ["合作社", "首台（套）", "产业园区", "人才飞地", "职业教育", "高新区", "资源型城市", "揭榜挂帅"]
)
def test_kept(word: str) -> None:
    assert not packaged().leave_out(word)


def test_a_kept_word_wins_over_every_rule(tmp_path: Path) -> None:
    path = tmp_path / "stop.tsv"
    path.write_text("格局\t保留\n局\t后缀\n格局\t泛词\n一二三\t数字\n", encoding="utf-8")
    stop = load_stop_words((str(path),), tmp_path)
    assert [stop.leave_out(w) for w in ("格局", "公安局", "二三", "二三事")] == [False, True, True, False]


def test_a_row_without_a_category_is_named(tmp_path: Path) -> None:
    path = tmp_path / "stop.tsv"
    path.write_text("根据\n依照\t虚词\n\t虚词\n", encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        load_stop_words((str(path),), tmp_path)
    assert [":1: " in caught.value.mistakes[0], ":3: " in caught.value.mistakes[1]] == [True, True]
