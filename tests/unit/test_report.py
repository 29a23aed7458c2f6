"""The report of a run: its sections, its numbers against SQL, inert, the same bytes; its command."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from base64 import b64encode
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import report_run
from lxml import etree, html
from report_run import table, words

import pipeline
from pipeline.cli.main import invoke
from pipeline.report.content import amount
from pipeline.report.gather import gather
from pipeline.report.manifest import read_made
from pipeline.report.render import render
from pipeline.running.agreeing import compare_coders
from pipeline.running.manifest import fitted_models
from pipeline.scoring.agreement_words import value_with_ends
from pipeline.table.corrections import Correction, add_corrections
from pipeline.table.matrices_axes import READ
from pipeline.table.people import Reading, keep
from pipeline.table.people_rows import add_people
from pipeline.table.query import connect
from pipeline.table.schema import KINDS, ROLES, CodingRow

TITLE = "云州市<b>人才</b>政策"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_run.make(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(out: Path) -> str:
    return render(gather(out, TITLE))


@pytest.fixture(scope="module")
def tree(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def rows(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with connect(out) as connection:
        return connection.execute(sql).fetchall()


# ---------------------------------------------------------------- what it says


def test_all_sections_are_there_and_linked(tree: html.HtmlElement) -> None:
    ids = [section.get("id") for section in tree.iter("section")]
    assert ids == ["corpus", "measures", "codings", "topics", "references", "methods", "limits", "reproduce"]
    assert [a.get("href") for a in tree.find(".//nav").iter("a")] == [f"#{one}" for one in ids]


def test_figures_and_tables_are_numbered_through(tree: html.HtmlElement) -> None:
    figures = [one.text_content() for one in tree.iterfind(".//figcaption/span")]
    tables = [one.text_content() for one in tree.iterfind(".//caption/span")]
    assert figures == [f"图 {n}" for n in range(1, len(figures) + 1)] and len(figures) >= 12
    assert tables == [f"表 {n}" for n in range(1, len(tables) + 1)] and len(tables) >= 8


def test_documents_are_counted_as_in_the_tables(out: Path, tree: html.HtmlElement) -> None:
    statuses = dict(rows(out, "SELECT status, count(*) FROM documents GROUP BY 1"))
    assert statuses["failed"] == 1 and statuses["partial"] >= 1
    told = words(tree, "corpus")
    done, partial = statuses["done"], statuses["partial"]
    assert f"共{sum(statuses.values())}份文档：完成{done}，部分完成（有警告）{partial}，失败1。" in told
    assert "其中1份与另一份内容完全相同" in told and "没有读到的1份" in told and "空.txt" in told
    n, chars = rows(
        out,
        "SELECT count(*), sum(n_chars) FROM documents WHERE status <> 'failed' AND source_name <> '又一份.txt'",
    )[0]
    assert f"以读入的{n}篇为准：共{chars:,}字" in told
    cards = {one.find("dt").text: one.find("dd").text for one in tree.iterfind(".//dl/div")}
    counts = {
        "读入文档": n,
        "字数": chars,
        "措施": rows(out, "SELECT count(*) FROM measures")[0][0],
        "编码": rows(out, "SELECT count(*) FROM codings")[0][0],
        "主题": rows(out, "SELECT count(*) FROM topics")[0][0],
        "引用": rows(out, 'SELECT count(*) FROM "references" WHERE target_doc_id IS DISTINCT FROM doc_id')[0][0],
    }
    assert cards == {name: f"{value:,}" for name, value in counts.items()}


def test_documents_by_year_and_level(out: Path, tree: html.HtmlElement) -> None:
    shown = table(tree, "各年文档数（按层级）")
    found = Counter(
        (str(year), level)
        for year, level in rows(
            out,
            "SELECT year, level FROM documents WHERE year IS NOT NULL AND status <> 'failed'"
            " AND source_name <> '又一份.txt'",
        )
    )
    for year, *cells in shown[1:]:
        assert [int(cell) for cell in cells[:-1]] == [found[year, level] for level in shown[0][1:-1]]
        assert int(cells[-1]) == sum(n for (one, _), n in found.items() if one == year)
    years = [int(row[0]) for row in shown[1:]]
    assert years == list(range(years[0], years[-1] + 1))


def test_kinds_and_roles(out: Path, tree: html.HtmlElement) -> None:
    found = Counter(rows(out, "SELECT kind, role FROM measures"))
    heads, *lines, sums = table(tree, "措施：类型 × 作用")
    codes = {word: code for code, word in ROLES.items()}
    kinds = {word: code for code, word in KINDS.items()}
    for kind, *cells in lines:
        counted = [found[kinds[kind], codes[role]] for role in heads[1:-2]]
        assert [int(cell.replace(",", "")) for cell in cells[:-1]] == [*counted, sum(counted)]
    assert int(sums[-2].replace(",", "")) == found.total()


def test_amounts_count_each_fact_once(out: Path, tree: html.HtmlElement) -> None:
    facts: dict[str, float] = {}
    bases: dict[str, str | None] = {}
    for measure, fact, low, high, per in rows(
        out,
        "SELECT measure_id, fact_id, value_min, value_max, per FROM measures"
        " WHERE kind = 'money' AND role = 'benefit' AND unit = '元' ORDER BY rowid",
    ):
        value = high if high is not None else low
        if value is not None and value > 0:
            key = fact or measure
            facts[key] = max(float(value), facts.get(key, 0.0))
            bases.setdefault(key, per)
    told = words(tree, "measures")
    assert f"写明金额的优惠支持{len(facts)}条（同一事实计一次），中位数{amount(median(facts.values()))}" in told
    by_value = {row[0]: int(row[1]) for row in table(tree, "优惠支持的金额")[1:]}
    assert sum(by_value.values()) == len(facts)
    assert by_value["100万元 至不到 500万元"] == sum(1_000_000 <= one < 5_000_000 for one in facts.values())
    groups: dict[str | None, list[float]] = defaultdict(list)
    for key, value in facts.items():
        groups[bases[key]].append(value)
    by_basis = {row[0]: row[1:] for row in table(tree, "优惠支持的金额，按计量基准")[1:]}
    assert by_basis["（没有写明）"][0] == str(len(groups[None]))
    assert by_basis["人/月"][3] == amount(median(groups["人/月"]))


def test_largest_benefits_are_quoted_from_their_place(out: Path, tree: html.HtmlElement) -> None:
    items = tree.findall(".//ol[@class='quotes']/li")
    values = [
        float(row[0])
        for row in rows(
            out,
            "SELECT coalesce(value_max, value_min) AS v FROM measures WHERE kind = 'money' AND role = 'benefit'"
            " AND unit = '元' AND v IS NOT NULL AND confidence >= 0.4 ORDER BY v DESC",
        )
    ]
    assert len(items) == 10 and items[0].find("strong").text.startswith(amount(values[0]))
    texts = dict(rows(out, "SELECT source_name, raw_text FROM documents"))
    for item in items:
        note = item.find("span").text_content()
        [name] = [one for one in texts if re.sub("[\x1b\u202e]", "", one) in note]
        start, end = map(int, re.search(r"第 (\d+)–(\d+) 字", note).groups())
        assert item.find(".//mark").text == texts[name][start:end].replace("\n", "")


def test_codes_equal_the_matrix(out: Path, tree: html.HtmlElement) -> None:
    shown = {row[0].strip("　"): row[1:] for row in table(tree, "引育用留：各代码")[1:]}
    expected = rows(
        out,
        'SELECT n.name, count(DISTINCT (c.doc_id, c.start, c."end")), count(DISTINCT c.doc_id) FROM codings c'
        " JOIN codes n ON n.codebook = c.codebook AND n.code = c.code WHERE c.codebook = 'yinyuyongliu' GROUP BY 1",
    )
    assert {name: [str(n), str(docs)] for name, n, docs in expected} == {k: v[:2] for k, v in shown.items()}
    years = table(tree, "引育用留 × 年份（编码处数）")
    dated = rows(
        out,
        'SELECT count(DISTINCT (c.doc_id, c.start, c."end", c.code)) FROM codings c JOIN documents d'
        " ON d.doc_id = c.doc_id WHERE c.codebook = 'yinyuyongliu' AND d.year IS NOT NULL",
    )
    assert sum(int(cell) for row in years[1:] for cell in row[1:]) == dated[0][0]
    undated, nowhere = rows(
        out, f"SELECT count(*) - count(year), count(*) - count(region) FROM documents WHERE {READ}"
    )[0]
    said = words(tree, "codings")
    for what, missing in (("年份", undated), ("地区", nowhere)):
        assert (f"没有写明{what}的{missing}篇不在图中" in said) is bool(missing)


def test_most_cited_and_relations(out: Path, tree: html.HtmlElement) -> None:
    shown = table(tree, "被引最多的文件")
    by_title = {row[0]: row for row in shown[1:]}
    assert by_title["公司法"][-2:] == ["3", "3"]
    assert by_title["关于<i>支持</i>人才的意见"][1] == "云政发〔2019〕8号"
    relations = Counter(
        row[0] for row in rows(out, 'SELECT relation FROM "references" WHERE target_doc_id IS DISTINCT FROM doc_id')
    )
    assert {row[0]: int(row[1]) for row in table(tree, "引用的关系")[1:]} == relations


def test_confidence_and_issues(out: Path, tree: html.HtmlElement) -> None:
    sure = [row[0] for row in rows(out, "SELECT confidence FROM measures")]
    tenths = Counter(min(int(one * 10 + 1e-9), 9) for one in sure)
    assert [int(row[1]) for row in table(tree, "措施的把握")[1:]] == [tenths[place] for place in range(10)]
    issues = {
        code: (n, docs)
        for code, n, docs in rows(out, "SELECT code, count(*), count(DISTINCT doc_id) FROM issues GROUP BY 1")
    }
    assert {row[1]: (int(row[2]), int(row[3])) for row in table(tree, "问题")[1:]} == issues


def test_methods_name_versions_models_and_sources(out: Path, tree: html.HtmlElement) -> None:
    made = read_made(out)
    told = words(tree, "methods")
    assert f"策问（cewen）{made.version}" in told and f"jieba{made.libraries['jieba']}" in told
    for name, value in fitted_models(made.config).items():
        assert f"{name}（{value}）" in told
    sources = [one.text_content() for one in tree.get_element_by_id("methods").find("ol").iter("li")]
    cited = {int(one) for one in re.findall(r"\[(\d+)\]", told)}
    assert cited == set(range(1, len(sources) + 1))
    assert any("Lafferty" in one for one in sources) and not any("Krippendorff" in one for one in sources)


def test_reproduce_tells_command_hashes_and_seed(out: Path, tree: html.HtmlElement) -> None:
    told = tree.get_element_by_id("reproduce").text_content()
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert f"cewen run {manifest['given'][0]} -o 结果" in told
    for one in manifest["inputs"]:
        assert one["sha256"] in told
    assert str(manifest["seeds"]["topics"]) in told


def test_nothing_runs_and_nothing_is_fetched(page: str, tree: html.HtmlElement) -> None:
    tags = {str(one.tag) for one in tree.iter() if isinstance(one.tag, str)}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "link", "base", "input", "video", "i", "b"}
    for one in tree.iter():
        for key, value in one.attrib.items():
            assert not key.lower().startswith("on"), key
            assert key not in ("src", "style", "srcset", "action")
            if key == "href":
                assert value.startswith("#")
            assert not re.search(r"https?://", value.replace("http://www.w3.org/2000/svg", ""))
    policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    hashed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'"
    assert "url(" not in style and "@import" not in style


def test_hostile_words_are_words(page: str, tree: html.HtmlElement) -> None:
    told = tree.text_content()
    assert "<script>alert(1)</script>" in told and "<img src=x onerror=alert(1)>.txt" in told
    assert "{{7*7}}" in told and not re.search("[\x1b\u202e]", page)
    assert tree.find(".//h1").text == TITLE == tree.find(".//title").text


def test_ids_are_unique_and_tables_have_heads(tree: html.HtmlElement) -> None:
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in tree.iter("table"):
        wide = {len(row) for row in one.iter("tr")}
        assert len(wide) == 1 and one.find("thead") is not None
    for one in tree.iter("svg"):
        assert one.get("aria-label") and one.find("title") is not None and one.find("desc") is not None


# ---------------------------------------------------------------- small and odd runs


@pytest.mark.parametrize("texts", [[], ["关于天气的说明\n\n今天天气很好。\n"], ["给予10万元奖励。\n"]])
def test_tiny_corpora_have_no_empty_charts(texts: list[str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, text in enumerate(texts):
        (tmp_path / "in" / f"{number}.txt").write_text(text, encoding="utf-8")
    pipeline.run(tmp_path / "in", tmp_path / "out", workers=1)
    found = gather(tmp_path / "out", "小")
    assert invoke(["report", str(tmp_path / "out"), "--title", "小"]) == 0
    written = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert written == render(found)
    tree = html.document_fromstring(written)
    assert not found.figures and not list(tree.iter("figure"))
    assert all(len(list(one.iter("tr"))) > 1 for one in tree.iter("table"))
    told = words(tree, "corpus")
    assert ("没有读到文件" in told) == (not texts)
    assert ("没有一篇写明年份" in told) == bool(texts)


def test_two_coders_bring_the_section_on_agreement(out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    columns = (
        'coding_id, doc_id, codebook, code, code_path, start, "end", quote, coder, score, rule, created, page, boxes'
    )
    machine = [CodingRow(*row) for row in rows(copy, f"SELECT {columns} FROM codings WHERE codebook = 'silian'")]
    given = tuple(replace(row, coder="张三<b>", score=None, rule=None) for n, row in enumerate(machine) if n % 5)
    ids = tuple(row[0] for row in rows(copy, "SELECT doc_id FROM documents ORDER BY rowid"))
    keep(copy, Reading("张三.qdpx", "2025-01-01", ("张三<b>",), ids, (), given))
    add_people(copy)
    tree = html.document_fromstring(render(gather(copy, "两人")))
    [pair] = compare_coders(copy, (), "clause", ()).found.pairs
    alpha = value_with_ends(pair.total.figures["alpha"])
    assert alpha in words(tree, "agreement") and f"Krippendorffα{alpha}" in words(tree, "methods")
    assert "只数机器编码" in words(tree, "codings") and "张三<b>" in tree.text_content()
    assert any("Krippendorff" in one.text_content() for one in tree.get_element_by_id("methods").find("ol").iter("li"))
    shown = {row[0].strip("　"): row[1] for row in table(tree, "四链融合：各代码")[1:]}
    assert sum(map(int, shown.values())) == len(machine)


def test_corrections_are_applied_and_told(out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    first, second = rows(
        copy, "SELECT measure_id, doc_id, role FROM measures WHERE kind = 'money' AND role = 'benefit' LIMIT 2"
    )
    before = gather(copy, "").measures
    add_corrections(
        copy,
        [
            Correction(first[0], first[1], "rejected", "", "", "", "张三", "2026-01-01T00:00:00Z"),
            Correction(second[0], second[1], "corrected", "role", "benefit", "target", "张三", "2026-01-01T00:00:00Z"),
        ],
    )
    found = gather(copy, "改过")
    assert (found.measures.total, found.measures.benefits) == (before.total - 1, before.benefits - 2)
    tree = html.document_fromstring(render(found))
    assert "改正1条、剔除1条（张三）" in words(tree, "measures")
    assert "确认0条、改正1条，另剔除1条（张三）" in words(tree, "methods")


def test_settings_of_ones_own_are_told(out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    data = json.loads((copy / "run.json").read_text(encoding="utf-8"))
    data["config"]["topics"]["k"] = 7
    data["config"]["run"]["workers"] = 3
    data["given"] = ["我的 文件"]
    del data["models"]
    (copy / "run.json").write_text(json.dumps(data), encoding="utf-8")
    made = read_made(copy)
    assert made.toml == "[topics]\nk = 7"
    assert made.command == "cewen run '我的 文件' -o 结果 --config project.toml"
    assert made.digests["config"] != read_made(out).digests["config"]
    tree = html.document_fromstring(render(gather(copy, "改")))
    assert "主题数定为7" in words(tree, "methods") and "没有得分可引" in words(tree, "methods")
    assert "0.995" not in words(tree, "methods")


def run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = invoke(["report", *args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_command_writes_the_same_bytes_and_figures(
    out: Path, page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, folder = tmp_path / "报告.html", tmp_path / "图"
    code, printed, told = run([str(out), "-o", str(target), "--title", TITLE, "--figures", str(folder)], capsys)
    assert (code, printed) == (0, "") and str(target) in told
    assert target.read_bytes() == page.encode()
    files = sorted(folder.iterdir())
    assert len(files) == page.count("<figure") and files[0].name == "01_documents_year.svg"
    for content in map(Path.read_bytes, files):
        assert etree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
        assert b"http://" not in content.replace(b"http://www.w3.org/2000/svg", b"")


def test_refusals(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    for args, reason in (
        ([str(tmp_path / "没有")], "cewen run"),
        ([str(out), "-o", str(tmp_path / "a.pdf")], "应以 .html 结尾"),
        ([str(out), "-o", str(tmp_path / "没有" / "a.html")], "目录是否存在"),
        ([str(out), "-o", str(tmp_path / "a.html"), "--figures", str(tmp_path / "文件")], "要的是目录"),
        ([str(out), "--figure-format", "svg"], "只与 --figures"),
        ([str(out), "--figures", str(tmp_path / "图"), "--figure-format", "gif"], "gif"),
    ):
        code, printed, told = run(args, capsys)
        assert (code, printed) == (2, "") and reason in told, args
    assert sorted(path.name for path in tmp_path.iterdir()) == ["文件"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"config": {}}'])
def test_a_damaged_run_json_is_refused(
    content: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    (copy / "run.json").write_text(content, encoding="utf-8")
    code, _, told = run([str(copy)], capsys)
    assert code == 2 and "再运行一次 cewen run" in told
