"""``cewen topics`` on a small run and on bad input, as a user runs it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import is_zipfile

import duckdb
import pyarrow.parquet as pq
import pytest
from topic_runs import DOCUMENTS, TopicRun

from pipeline.cli.main import invoke
from pipeline.ingest.xlsx import sheets_of
from pipeline.running.topics import fit_again
from pipeline.topics.model import load


def ask(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def topic_words(out: Path) -> dict[str, set[str]]:
    return {name: set(words.split("；")) for name, words in ask(out, "SELECT topic_id, top_terms FROM topics")}


@pytest.fixture(scope="module")
def finished(topic_run: TopicRun) -> Path:
    return topic_run.out


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
    assert shown["topic_id"] == "t000" and len(shown["terms"]) >= 10
    assert shown["documents"][0]["weight"] >= shown["documents"][-1]["weight"] > 0
    texts = dict(ask(finished, "SELECT doc_id, raw_text FROM documents"))
    assert shown["passages"]
    for one in shown["passages"]:
        assert texts[one["doc_id"]][one["start"] : one["end"]] == one["quote"]
        assert any(term["term"] in "".join(one["quote"].split()) for term in shown["terms"])
    page, _ = said(["topics", "show", str(finished), first["label"]], capsys)
    assert first["topic_id"] in page and "原文：" in page


def test_fitted_again_the_settings_hold_until_the_configuration_changes(
    out: Path, topic_run: TopicRun, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", str(topic_run.texts), "-o", str(out), "--workers", "1", "--config"]
    before = topic_words(out)
    said(["topics", "fit", str(out), "--k", str(len(before) + 1), "--seed", "5"], capsys)
    after = topic_words(out)
    assert len(after) == len(before) + 1
    for name in before.keys() & after.keys():
        assert before[name] & after[name]
    assert len(before.keys() & after.keys()) >= len(before) - 1
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (manifest["config"]["topics"]["k"], manifest["seeds"]["topics"]) == (len(after), 5)
    assert len(list((out / "models").glob("topics-*.npz"))) == 1
    # with more documents the topics keep their settings and numbers
    said([*run, str(topic_run.config), str(topic_run.more)], capsys)
    assert ask(out, "SELECT count(DISTINCT doc_id) FROM doc_topics") == [(DOCUMENTS + 3,)]
    more = topic_words(out)
    assert len(more) == len(after)
    kept = [name for name in more.keys() & after.keys() if len(more[name] & after[name]) >= 5]
    assert len(kept) >= len(after) // 2
    for name in kept:
        rivals = {other: len(more[name] & after[other]) for other in after}
        assert rivals[name] == max(rivals.values())
    # the settings no longer hold, and one text is too little for the configuration's own
    config = out.parent / "other.toml"
    config.write_text(topic_run.config.read_text(encoding="utf-8").replace("k = 3", "k = 2"), encoding="utf-8")
    text = str(topic_run.texts / "00.txt")
    said(["run", text, "-o", str(out), "--workers", "1", "--config", str(config)], capsys)
    assert not (out / "models" / "topics.json").exists()
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["config"]["topics"]["k"] == 2
    page = ["page", str(out), "-o", str(out.parent / "x.html")]
    for args in (["list", str(out)], page, ["fit", str(out)]):
        _, words = said(["topics", *args], capsys, code=2)
        assert "8 篇" in words, words
    assert not (out.parent / "x.html").exists()


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
    assign = ["topics", "assign", str(out), "--text", "引进高层次人才，发放安家补贴，建设人才公寓。"]
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


def test_assign_gives_other_texts_the_topics_of_the_run(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [(doc_id, path)] = ask(finished, "SELECT doc_id, source_path FROM documents WHERE source_name = '12.txt'")
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
    assert page.count('<svg class="years"') == len(topic_words(out)) and "主题 × 年份" in page
    rows = json.loads(said(["topics", "compare", str(out), "--format", "json"], capsys)[0])
    assert len(rows) == 2 * len(topic_words(out))
    for row in rows:  # the page draws what compare says
        told = f"{row['group']}：{row['share']:.0%}（{row['low']:.0%}–{row['high']:.0%}），{row['documents']} 篇"
        assert f"<title>{told}</title>" in page
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", page)
    said(["topics", "page", str(out), "-o", str(out.parent / "二.html")], capsys)
    assert (out.parent / "二.html").read_bytes() == target.read_bytes()


def test_seeded_by_a_codebook_on_clauses_and_back_to_the_configuration(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["topics", "fit", str(out), "--codebook", "yinyuyongliu", "--unit", "clause", "--k", "4"]
    _, words = said(args, capsys)
    assert re.search(r"用 \d+ 个条款建立", words)
    settings = json.loads((out / "run.json").read_text(encoding="utf-8"))["config"]["topics"]
    assert (settings["model"], settings["unit"], settings["seeds"]) == ("seeded", "clause", ["yinyuyongliu"])
    target = out.parent / "主题.html"
    said(["topics", "page", str(out), "-o", str(target)], capsys)
    page = target.read_text(encoding="utf-8")
    assert "稳定性" in page and re.search(r"用 \d+ 个条款建立", page)
    told = json.loads(said(["topics", "fit", str(out), "--json"], capsys)[0])
    assert told["model"].startswith("nmf-3@") and len(topic_words(out)) == 3
    assert not (out / "models" / "topics.json").exists()


def test_numbers_of_topics_are_compared_and_people_asked(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "主题.html"
    page = ["topics", "page", str(out), "-o", str(target)]
    said(page, capsys)
    assert "主题数的比较" not in target.read_text(encoding="utf-8")
    args = ["topics", "choose", str(out), "--k", "2，3", "--seeds", "1", "--samples", "1", "--format", "json"]
    told, words = said(args, capsys)
    rows = json.loads(told)
    assert [row["k"] for row in rows] == [2, 3] and "再自行选定" in words
    kept = out / "models" / "topic-choice.json"
    text = kept.read_text(encoding="utf-8")
    assert json.loads(text)["sweep"]["rows"] == rows
    assert "<svg xmlns" in (out / "models" / "topic-choice.svg").read_text(encoding="utf-8")
    said(page, capsys)
    html = target.read_text(encoding="utf-8")
    assert "主题数的比较" in html and "内容有变化" not in html
    assert not re.search(r"https?://(?!www\.w3\.org/)|<script|<link|<img|@import|url\(", html)
    kept.write_text(text.replace(json.loads(text)["documents"], "another"), encoding="utf-8")
    said(page, capsys)
    assert "内容有变化" in target.read_text(encoding="utf-8")
    for broken in ("", "{}", text.replace('"nmf"', '"<script>"'), text.replace('"rows": [', '"rows": [3, ')):
        kept.write_text(broken, encoding="utf-8")
        assert "topic-choice.json" in said(page, capsys, code=2)[1]


def test_word_intrusion_from_sheets_to_scores(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ["topics", "intrusion", str(finished), "--to", str(tmp_path / "测验")]
    said(make, capsys)
    key, first, second = sorted((tmp_path / "测验").glob("*.xlsx"))
    assert "答案" in key.name
    filled = ["--filled", str(first), "--filled", str(second)]
    loaded: list[Path] = []
    monkeypatch.setattr("pipeline.running.topics.load", lambda path: loaded.append(path) or load(path))
    _, words = said(["topics", "intrusion", str(finished), "--key", str(key), *filled], capsys)
    assert "还没有填写" in words and len(loaded) == 1
    first.write_bytes(b"filled")
    _, words = said(make, capsys, code=2)
    assert words.count("已经存在") == 3 and first.read_bytes() == b"filled"
    said([*make, "--force"], capsys)
    assert is_zipfile(first) and first.read_bytes() != second.read_bytes()
    run = str(finished / "run.json")
    _, words = said(["topics", "intrusion", str(finished), "--key", run, "--filled", str(first)], capsys, code=2)
    assert "run.json: 不是出题时写出的工作簿" in words


def test_groups_and_words_are_compared(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(said(["topics", "compare", str(finished), "--by", "层级", "--format", "json"], capsys)[0])
    for group in {row["group"] for row in rows}:
        assert sum(row["share"] for row in rows if row["group"] == group) == pytest.approx(1, abs=1e-4)
    asked = ["topics", "keyness", str(finished), "--target", "年份=2023-"]
    words = json.loads(said([*asked, "--format", "json"], capsys)[0])
    assert {"安家补贴", "农机"} <= {word["term"] for word in words}
    assert all(word["q"] <= 1 and word["low"] <= word["log_ratio"] <= word["high"] for word in words)
    said([*asked, "-o", str(tmp_path / "特征词.xlsx")], capsys)
    ((grid, _),) = sheets_of((tmp_path / "特征词.xlsx").read_bytes(), "特征词", max_chars=10**6, most_rows=10**4)
    heads, first = (line.cells for line in grid.lines[:2])
    assert [heads[n] for n in range(3)] == ["词", "属于", "频次"] and "下限" in heads.values()
    assert (first[0], float(first[2])) == (words[0]["term"], words[0]["target"])
    assert len(grid.lines) == len(words) + 1
    chains = json.loads(said(["topics", "chains", str(finished), "--links", "--format", "json"], capsys)[0])
    texts = dict(ask(finished, "SELECT doc_id, raw_text FROM documents"))
    assert {(one["a"], one["verb"], one["b"]) for one in chains} >= {("产业链", "部署", "创新链")}
    assert all(texts[one["doc_id"]][one["start"] : one["end"]] == one["quote"] for one in chains)


def test_a_network_is_the_same_in_every_format(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["topics", "network", str(finished)]
    whole = json.loads(said([*asked, "--format", "json"], capsys)[0])
    assert whole["edges"] and whole["nodes"]
    for suffix in ("json", "csv", "graphml", "parquet"):
        said([*asked, "-o", str(tmp_path / f"网.{suffix}")], capsys)
    assert json.loads((tmp_path / "网.json").read_text(encoding="utf-8")) == whole
    assert pq.read_table(tmp_path / "网.parquet").to_pylist() == whole["edges"]
    with (tmp_path / "网.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{name: str(value) for name, value in edge.items()} for edge in whole["edges"]]
    graph = ElementTree.parse(tmp_path / "网.graphml").getroot()
    space = "{http://graphml.graphdrawing.org/xmlns}"
    for name, lines in (("node", whole["nodes"]), ("edge", whole["edges"])):
        keys = {one.get("id"): one.get("attr.name") for one in graph.iter(f"{space}key") if one.get("for") == name}
        drawn = [
            {**{end: one.get(end) for end in ("source", "target") if one.get(end)}}
            | {keys[data.get("key")]: data.text for data in one.iter(f"{space}data")}
            for one in graph.iter(f"{space}{name}")
        ]
        assert drawn == [{field: str(value) for field, value in line.items()} for line in lines]


def test_a_table_without_rows_still_says_what_its_columns_are(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["topics", "chains", str(finished), "--links", "--where", "文件名称=无"]
    said(asked, capsys, code=2)
    asked = ["topics", "chains", str(finished), "--where", "标题=第0批"]
    assert said([*asked, "--format", "csv"], capsys)[0] == "a,to,b,sentences,documents,lack,verbs,years,levels\n"
    for suffix in ("csv", "xlsx", "json", "parquet"):
        said([*asked, "-o", str(tmp_path / f"空.{suffix}")], capsys)
    assert (tmp_path / "空.csv").read_text(encoding="utf-8-sig").startswith("a,to,b,sentences")
    schema = pq.read_schema(tmp_path / "空.parquet")
    assert (str(schema.field("a").type), str(schema.field("sentences").type)) == ("string", "int64")
    few = ["topics", "compare", str(finished), "--where", "标题=第0批", "-o", str(tmp_path / "少.parquet")]
    said(few, capsys)  # one document: no interval, no test, yet the columns are figures
    found = pq.read_table(tmp_path / "少.parquet")
    assert [str(found.schema.field(name).type) for name in ("low", "high", "p", "q")] == ["double"] * 4
    assert found.column("low").null_count == found.num_rows > 0


def test_every_clause_of_the_run_has_its_topics(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "各段.parquet"
    said(["topics", "assign", str(finished), "-o", str(target)], capsys)
    rows = pq.read_table(target).to_pylist()
    texts = dict(ask(finished, "SELECT doc_id, raw_text FROM documents"))
    assert {one["doc_id"] for one in rows} == set(texts)
    sums: dict[tuple[str, int], float] = {}
    for one in rows:
        assert texts[one["doc_id"]][one["start"] : one["end"]] == one["quote"]
        if one["topic_id"] is not None:
            place = one["doc_id"], one["start"]
            sums[place] = sums.get(place, 0.0) + one["weight"]
    assert len(sums) > 10 * len(texts) and all(total == pytest.approx(1, abs=0.1) for total in sums.values())
    named = {one["topic_id"] for one in rows if "人才公寓" in one["quote"]}
    other = {one["topic_id"] for one in rows if "灌溉" in one["quote"]}
    assert len(named) == len(other) == 1 and named != other
    later, words = said(["topics", "assign", str(finished), "--where", "年份=2024", "--format", "json"], capsys)
    assert "共 9 篇" in words and 0 < len(json.loads(later)) < len(rows)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["show", "OUT", "t999"], "没有主题“t999”，可用的有：t000"),
        (["choose", "OUT", "--k", ""], "--k 后面没有写主题数"),
        (["assign", "OUT", "--clauses"], "请去掉 --clauses"),
        (["assign", "OUT", "--text", "甲", "--where", "年份=2024"], "--where 用于结果自己的文档"),
        (["list", "OUT", "-o", "x.docx"], ".csv、.xlsx、.json、.parquet 之一结尾"),
        (["compare", "OUT", "--by", "年份=2024-2019"], "不是年份"),
        (["show", "OUT", "<script>"], "没有主题“<script>”"),
        (["list", "NOWHERE"], "请先运行 cewen run"),
        (["show", "NOWHERE", "t000"], "请先运行 cewen run"),
        (["fit", "NOWHERE"], "请先运行 cewen run"),
        (["page", "NOWHERE", "-o", "x.html"], "请先运行 cewen run"),
        (["assign", "NOWHERE", "--text", "甲"], "请先运行 cewen run"),
        (["assign", "OUT", "/nowhere/甲.txt"], "找不到输入"),
        (["page", "OUT", "-o", "x.docx"], ".html"),
        (["fit", "OUT", "--k", "x"], "整数"),
        (["fit", "OUT", "--model", "bert"], "nmf"),
        (["fit", "OUT", "--model", "nmf", "--codebook", "yinyuyongliu"], "--codebook"),
        (["fit", "OUT", "--codebook", "无此编码本"], "无此编码本"),
        (["choose", "OUT", "--k", "3,x,1"], "x、1"),
        (["choose", "OUT", "--k", "，"], "没有写主题数"),
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
