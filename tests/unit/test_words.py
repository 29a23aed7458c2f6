from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.core.config import SegmentSettings, configs_dir
from pipeline.core.errors import PipelineError
from pipeline.segment import with_hanlp
from pipeline.segment.engine import need, restore
from pipeline.segment.words import SEGMENTERS, LexiconSegmenter, load_segmenter, load_terms

WORST = [
    "",
    "人",
    "。",
    " ",
    "\n\n",
    "\u3000",
    "Latin only text 3.5%",
    "🙂👍🏽",
    "人" * 5000,
    "（" * 500,
    "\u0301a\u200b",
    "\x00",
]


def settings(engine: str = "jieba", *, model: str = "") -> SegmentSettings:
    return SegmentSettings.model_validate(
        {"engine": engine, "hanlp_model": model, "lexicons": ("policy_terms.tsv",), "stop_words": ()}
    )


def load(engine: str) -> LexiconSegmenter:
    if engine in ("rjieba", "spacy"):
        pytest.importorskip(engine)
    return load_segmenter(settings(engine), configs_dir())


@pytest.mark.parametrize("engine", ["jieba", "rjieba", "spacy"])
@pytest.mark.parametrize("text", WORST)
def test_worst_cases_are_lossless(engine: str, text: str) -> None:
    words = load(engine).words(text)
    assert "".join(words) == text
    assert all(words)


@pytest.mark.parametrize("engine", ["jieba", "rjieba", "spacy"])
@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("围绕以产才融合促发展", "产才融合"),
        ("打通人才引育用留全链条", "引育用留"),
        ("对首台（套）装备给予保险补偿", "首台（套）"),
        ("高新技术企业贷款贴息", "高新技术企业"),
        ("企事业单位招聘", "企事业单位"),
    ],
)
def test_terms_come_out_whole_longest_first(engine: str, text: str, term: str) -> None:
    assert term in load(engine).words(text)


def test_jieba_invents_no_words() -> None:
    # with HMM jieba makes 「用留全」 of what the lexicon leaves over
    assert load("jieba").words("人才引育用留全链条") == ["人才", "引育用留", "全", "链条"]


def test_rjieba_cuts_as_jieba_does() -> None:
    text = "对新引进的高层次人才，按其实际缴纳房租的一半给予补贴，每人每月不超过三千元。"
    assert load("rjieba").words(text) == load("jieba").words(text)


def test_digest_names_engine_and_lexicon(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("某某新词\t自定\n", encoding="utf-8")
    with_own = settings().model_copy(update={"lexicons": ("policy_terms.tsv", str(own))})
    digests = {load("jieba").digest, load("rjieba").digest, load_segmenter(with_own, configs_dir()).digest}
    assert len(digests) == 3
    assert load("jieba").digest == load("jieba").digest
    assert "某某新词" in load_segmenter(with_own, configs_dir()).words("这是某某新词了")


def test_every_engine_resolves_by_name() -> None:
    for target in SEGMENTERS.values():
        module, function = target.split(":")
        assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_missing_extra_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)  # what import does for a module that isn't there
    with pytest.raises(PipelineError, match=r"pip install 'cewen\[fast\]'"):
        load_segmenter(settings("rjieba"), configs_dir())
    with pytest.raises(PipelineError, match=r"没有|用不了"):
        need("no_such_module_here", engine="hanlp", extra="hanlp")


def test_missing_lexicons_are_all_named() -> None:
    wrong = settings().model_copy(update={"lexicons": ("none_a.tsv", "none_b.tsv")})
    with pytest.raises(PipelineError) as caught:
        load_segmenter(wrong, configs_dir())
    assert [name in caught.value.mistakes[i] for i, name in enumerate(("none_a.tsv", "none_b.tsv"))] == [True, True]


def test_bad_terms_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text("# 说明\n人\t人才\ne\u0301e\t其他\n", encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        load_terms((str(path),), tmp_path)
    assert [":2: " in caught.value.mistakes[0], ":3: " in caught.value.mistakes[1]] == [True, True]
    path.write_bytes("人才引进\t人才\n".encode("gb18030"))
    with pytest.raises(PipelineError, match="UTF-8"):
        load_terms((str(path),), tmp_path)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("甲 乙", ["甲", "乙"], ["甲", " ", "乙"]),
        (" 甲乙 ", ["甲乙"], [" ", "甲乙", " "]),
        ("甲\uff21乙", ["甲", "A", "乙"], ["甲", "\uff21", "乙"]),
        ("甲乙", [], ["甲乙"]),
        ("", [], []),
    ],
)
def test_restore_puts_back_what_an_engine_dropped(text: str, words: list[str], expected: list[str]) -> None:
    assert restore(text, words) == expected


class Multi:
    tasks = ("lem", "tok/fine")

    def __call__(self, text: str, tasks: str) -> dict[str, list[str]]:
        return {tasks: text.split()}


def test_hanlp_takes_tokenizers_and_multi_task_models() -> None:
    plain = with_hanlp.engine_of(str.split, version="1")
    assert plain.cut("甲 乙丙") == ["甲", " ", "乙丙"]
    assert plain.cut(" ") == [" "]
    spans = with_hanlp.engine_of(lambda text: [["甲", 0, 1], ["乙", 1, 2]], version="1")
    assert spans.cut("甲乙") == ["甲", "乙"]
    assert with_hanlp.engine_of(Multi(), version="1").cut("甲 乙") == ["甲", " ", "乙"]
    with pytest.raises(PipelineError, match="tok"):
        with_hanlp.engine_of(SimpleNamespace(tasks=("ner",)), version="1")


def test_hanlp_without_a_model_says_what_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[str] = []
    monkeypatch.setitem(sys.modules, "hanlp", SimpleNamespace(load=lambda path: loaded.append(path) or str.split))
    monkeypatch.setattr(with_hanlp, "version", lambda name: "2")
    with pytest.raises(PipelineError, match="hanlp_model"):
        with_hanlp.load(settings("hanlp"))
    with pytest.raises(PipelineError, match=r"meta\.json"):
        with_hanlp.load(settings("hanlp", model=str(tmp_path)))
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    first = with_hanlp.load(settings("hanlp", model=str(tmp_path)))
    (tmp_path / "config.json").write_text('{"a": 1}', encoding="utf-8")
    assert with_hanlp.load(settings("hanlp", model=str(tmp_path))).version != first.version
    assert loaded == [str(tmp_path)] * 2


def test_jieba_is_quiet_and_leaves_no_file_behind(tmp_path: Path) -> None:
    code = (
        "from pipeline.core.config import configs_dir, load_config\n"
        "from pipeline.segment.words import load_segmenter\n"
        "print(load_segmenter(load_config().segment, configs_dir()).words('柔性引才好'))"
    )
    home = {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **home}, capture_output=True, encoding="utf-8", check=True
    )
    assert ran.stdout.strip() == "['柔性引才', '好']"
    assert ran.stderr == ""
    assert list(tmp_path.iterdir()) == []
