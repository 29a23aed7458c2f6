"""``cewen topics`` on the sample corpus and on bad input, as a user runs it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli.main import invoke
from pipeline.running.topics import fit_again
from pipeline.topics.model import load

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpora" / "sample"
# files enough for five topics, so that one run of the module doesn't take long
FILES = sorted(path for path in SAMPLE.iterdir() if path.suffix in (".txt", ".md", ".html"))


def ask(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def topic_words(out: Path) -> dict[str, set[str]]:
    return {name: set(words.split("；")) for name, words in ask(out, "SELECT topic_id, top_terms FROM topics")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("topics")
    (folder / "in").mkdir()
    for path in FILES[:-3]:
        shutil.copy(path, folder / "in")
    assert invoke(["run", str(folder / "in"), "-o", str(folder / "out"), "--workers", "2"]) == 0
    return folder / "out"


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "out"))


def said(args: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert invoke(args) == code
    told = capsys.readouterr()
    return told.out, told.err


def test_list_and_show(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(said(["topics", "list", str(finished), "--format", "json"], capsys)[0])
    assert {one["topic_id"] for one in listed} == set(topic_words(finished))
    assert sum(one["share"] for one in listed) == pytest.approx(1, abs=1e-4)
    first = listed[0]
    table, words = said(["topics", "list", str(finished)], capsys)
    assert first["label"].split("·")[0] in table and f"共 {len(listed)} 个主题" in words
    shown = json.loads(said(["topics", "show", str(finished), "0", "--json"], capsys)[0])
    assert shown["topic_id"] == "t000" and len(shown["terms"]) == 20
    assert shown["documents"][0]["weight"] >= shown["documents"][-1]["weight"] > 0
    texts = dict(ask(finished, "SELECT doc_id, raw_text FROM documents"))
    assert shown["passages"]
    for one in shown["passages"]:
        assert texts[one["doc_id"]][one["start"] : one["end"]] == one["quote"]
        assert any(term["term"] in "".join(one["quote"].split()) for term in shown["terms"])
    page, _ = said(["topics", "show", str(finished), first["label"]], capsys)
    assert first["topic_id"] in page and "原文：" in page


def test_fitted_again_the_settings_hold_until_the_configuration_changes(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = json.loads((out / "run.json").read_text(encoding="utf-8"))["inputs"][0]["path"]
    before = topic_words(out)
    said(["topics", "fit", str(out), "--k", str(len(before) + 2), "--seed", "5"], capsys)
    after = topic_words(out)
    assert len(after) == len(before) + 2
    for name in before.keys() & after.keys():
        assert before[name] & after[name]
    assert len(before.keys() & after.keys()) >= len(before) - 1
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (manifest["config"]["topics"]["k"], manifest["seeds"]["topics"]) == (len(after), 5)
    assert len(list((out / "models").glob("topics-*.npz"))) == 1
    # the same run again writes nothing; with more documents the topics keep their settings and numbers
    folder = str(Path(source).parent)
    modified = (out / "knowledge.duckdb").stat().st_mtime_ns
    said(["run", folder, "-o", str(out)], capsys)
    assert (out / "knowledge.duckdb").stat().st_mtime_ns == modified
    said(["run", folder, *map(str, FILES[-3:]), "-o", str(out)], capsys)
    more = topic_words(out)
    assert len(more) == len(after)
    kept = [name for name in more.keys() & after.keys() if len(more[name] & after[name]) >= 8]
    assert len(kept) >= len(after) // 2
    for name in kept:
        rivals = {other: len(more[name] & after[other]) for other in after}
        assert rivals[name] == max(rivals.values())
    config = out.parent / "other.toml"
    config.write_text("[topics]\nk = 3\n", encoding="utf-8")
    said(["run", folder, *map(str, FILES[-3:]), "-o", str(out), "--config", str(config)], capsys)
    assert len(topic_words(out)) == 3
    assert not (out / "models" / "topics.json").exists()


def test_a_number_is_not_given_to_another_topic_after_refits(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen: dict[str, list[set[str]]] = {}
    first = (len(topic_words(out)), (out / "models").glob("topics-*.npz"))
    bytes_then = [path.read_bytes() for path in first[1]]
    for args in ([], ["--k", "3"], ["--k", "7"], ["--k", "4", "--model", "kmeans"], ["--k", "7", "--seed", "2"], []):
        said(["topics", "fit", str(out), *args], capsys)
        for name, words in topic_words(out).items():
            seen.setdefault(name, []).append(words)
    for name, words in seen.items():
        assert all(words[0] & later for later in words), name
    assert [path.read_bytes() for path in (out / "models").glob("topics-*.npz")] == bytes_then
    assert topic_words(out).keys() == {f"t{number:03d}" for number in range(first[0])}


def test_a_crash_before_the_new_tables_loses_no_model(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bool:
        raise RuntimeError("killed")

    before = topic_words(out)
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.running.runner._Job.publish", crash)
        with pytest.raises(RuntimeError, match="killed"):
            fit_again(out, {"k": 3})
    assert topic_words(out) == before
    assign = ["topics", "assign", str(out), "--text", "引进人才安家补助"]
    shown = json.loads(said([*assign, "--format", "json"], capsys)[0])
    assert {one["topic_id"] for one in shown} <= before.keys()
    said(["topics", "fit", str(out), "--k", "3"], capsys)
    assert len(topic_words(out)) == 3
    assert len(list((out / "models").glob("topics-*.npz"))) == 1
    said(assign, capsys)


def test_doubts_are_issues_of_the_run(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = "SELECT message FROM issues WHERE code = 'topics.small'"
    assert ask(out, small) == []
    said(["topics", "fit", str(out), "--k", "12"], capsys)
    [(message,)] = ask(out, small)
    assert "却分成 12 个主题" in message and "请把主题数减到" in message
    loose = ask(out, "SELECT message FROM issues WHERE code = 'topics.unstable'")
    assert len(loose) == 1 and re.search(r"t\d{3}（[^）]+）0\.\d\d", loose[0][0])
    listed = json.loads(said(["issues", str(out), "--code", "topics.small", "--json"], capsys)[0])
    assert message in json.dumps(listed, ensure_ascii=False)
    counts = json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]["issues"]
    assert counts["topics.small"] == counts["topics.unstable"] == 1


def test_fit_without_options_goes_back_to_the_configuration(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(topic_words(out))
    told = json.loads(said(["topics", "fit", str(out), "--k", "2", "--model", "lda", "--json"], capsys)[0])
    assert len(told["topics"]) == 2 and told["model"].startswith("lda-2@")
    said(["topics", "fit", str(out)], capsys)
    assert len(topic_words(out)) == count
    assert not (out / "models" / "topics.json").exists()


def test_assign_gives_other_texts_the_topics_of_the_run(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [(doc_id, path)] = ask(finished, "SELECT doc_id, source_path FROM documents ORDER BY doc_id LIMIT 1")
    (tmp_path / "坏.docx").write_bytes(b"")
    args = ["topics", "assign", str(finished), path, str(tmp_path / "坏.docx"), "--clauses", "--format", "json"]
    told, words = said(args, capsys, code=3)
    given = json.loads(told)
    weights = {one["topic_id"]: one["weight"] for one in given if one["start"] is None}
    known = dict(ask(finished, f"SELECT topic_id, weight FROM doc_topics WHERE doc_id = '{doc_id}'"))
    assert weights == pytest.approx(known)
    assert any(one["quote"] for one in given) and "坏.docx" in words
    target = tmp_path / "主题.csv"
    said(["topics", "assign", str(finished), "--text", "foo", "--text", "=1+1", "-o", str(target)], capsys)
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3


def test_the_page_is_whole_without_a_network_and_lets_nothing_in(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = out.parent / "主题.html"
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    page = target.read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in topic_words(out))
    assert page.count("<svg") == len(topic_words(out)) and "主题 × 年份" in page
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", page)
    said(["topics", "page", str(out), "-o", str(out.parent / "二.html")], capsys)
    assert (out.parent / "二.html").read_bytes() == target.read_bytes()


def test_seeded_by_a_codebook_on_clauses_and_its_page(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["topics", "fit", str(out), "--codebook", "yinyuyongliu", "--unit", "clause", "--k", "6", "--json"]
    told = json.loads(said(args, capsys)[0])
    assert told["model"].startswith("seeded-")
    assert re.search(r"用 \d+ 个条款建立", said([*args[:-1]], capsys)[1])
    settings = json.loads((out / "run.json").read_text(encoding="utf-8"))["config"]["topics"]
    assert (settings["model"], settings["unit"], settings["seeds"]) == ("seeded", "clause", ["yinyuyongliu"])
    target = out.parent / "主题.html"
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    page = target.read_text(encoding="utf-8")
    assert "稳定性" in page and re.search(r"用 \d+ 个条款建立", page)


def test_numbers_of_topics_are_compared_and_people_asked(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "主题.html"
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    assert "主题数的比较" not in target.read_text(encoding="utf-8")
    args = ["topics", "choose", str(out), "--k", "3，5", "--seeds", "1", "--samples", "1", "--format", "json"]
    told, words = said(args, capsys)
    rows = json.loads(told)
    assert [row["k"] for row in rows] == [3, 5] and "再自行选定" in words
    assert json.loads((out / "models" / "topic-choice.json").read_text(encoding="utf-8"))["sweep"]["rows"] == rows
    assert "<svg xmlns" in (out / "models" / "topic-choice.svg").read_text(encoding="utf-8")
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    page = target.read_text(encoding="utf-8")
    assert page.count("<svg") == len(topic_words(out)) + 1 and "主题数的比较" in page
    assert "内容有变化" not in page
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", page)
    kept = out / "models" / "topic-choice.json"
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text.replace(json.loads(text)["documents"], "another"), encoding="utf-8")
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    assert "内容有变化" in target.read_text(encoding="utf-8")
    for broken in ("", "{}", text.replace('"nmf"', '"<script>"'), text.replace('"rows": [', '"rows": [3, ')):
        kept.write_text(broken, encoding="utf-8")
        assert "topic-choice.json" in said(["topics", "page", str(out), "-o", str(target)], capsys, code=2)[1]
    kept.write_text(text, encoding="utf-8")
    said(["topics", "intrusion", str(out), "--to", str(tmp_path / "测验")], capsys)
    key, first, second = sorted((tmp_path / "测验").glob("*.xlsx"))
    assert "答案" in key.name
    filled = ["--filled", str(first), "--filled", str(second)]
    loaded: list[Path] = []
    monkeypatch.setattr("pipeline.running.topics.load", lambda path: loaded.append(path) or load(path))
    _, words = said(["topics", "intrusion", str(out), "--key", str(key), *filled], capsys)
    assert "还没有填写" in words and len(loaded) == 1
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    assert len(loaded) == 2


def test_groups_and_words_are_compared(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(said(["topics", "compare", str(finished), "--by", "层级", "--format", "json"], capsys)[0])
    for group in {row["group"] for row in rows}:
        assert sum(row["share"] for row in rows if row["group"] == group) == pytest.approx(1, abs=1e-4)
    words = json.loads(
        said(["topics", "keyness", str(finished), "--target", "年份=2023-", "--format", "json"], capsys)[0]
    )
    assert all(word["q"] <= 1 for word in words)
    chains = json.loads(said(["topics", "chains", str(finished), "--links", "--format", "json"], capsys)[0])
    texts = dict(ask(finished, "SELECT doc_id, raw_text FROM documents"))
    assert all(texts[one["doc_id"]][one["start"] : one["end"]] == one["quote"] for one in chains)
    target = tmp_path / "词网.graphml"
    said(["topics", "network", str(finished), "-o", str(target)], capsys)
    assert "<graphml" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["show", "OUT", "t999"], "没有主题“t999”"),
        (["show", "OUT", "<script>"], "没有主题“<script>”"),
        (["list", "NOWHERE"], "请先运行 cewen run"),
        (["show", "NOWHERE", "t000"], "请先运行 cewen run"),
        (["fit", "NOWHERE"], "请先运行 cewen run"),
        (["page", "NOWHERE", "-o", "x.html"], "请先运行 cewen run"),
        (["assign", "NOWHERE", "--text", "甲"], "请先运行 cewen run"),
        (["assign", "OUT"], "没有给出要分主题的文本"),
        (["assign", "OUT", "/nowhere/甲.txt"], "找不到输入"),
        (["page", "OUT", "-o", "x.docx"], ".html"),
        (["fit", "OUT", "--k", "x"], "整数"),
        (["fit", "OUT", "--model", "bert"], "nmf"),
        (["fit", "OUT", "--model", "nmf", "--codebook", "yinyuyongliu"], "--codebook"),
        (["fit", "OUT", "--codebook", "无此编码本"], "无此编码本"),
        (["choose", "OUT", "--k", "3,x,1"], "x、1"),
        (["choose", "OUT", "--k", "，"], "（空）"),
        (["intrusion", "OUT"], "--to"),
        (["compare", "OUT", "--by", "颜色"], "颜色"),
        (["keyness", "OUT", "--target", "年份=1901"], "1901"),
        (["network", "OUT", "--around", "无此词"], "无此词"),
        (["network", "OUT", "-o", "/nowhere/x.graphml"], "写不了"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(
    args: list[str], expected: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"OUT": str(finished), "NOWHERE": str(tmp_path / "无")}
    _, words = said(["topics", *(places.get(arg, arg) for arg in args)], capsys, code=2)
    assert expected in words
    assert not (tmp_path / "无").exists()


def test_a_run_without_topics_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    said(["run", str(FILES[0]), "-o", str(out), "--workers", "1"], capsys)
    for args in (["list", str(out)], ["page", str(out), "-o", str(tmp_path / "x.html")], ["fit", str(out)]):
        _, words = said(["topics", *args], capsys, code=2)
        assert "8 篇" in words, words
    assert not (tmp_path / "x.html").exists()
