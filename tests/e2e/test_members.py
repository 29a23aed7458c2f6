"""Files that hold many documents: rows, the items of a digest, a zip. Each document has its own life in a run."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest

import pipeline
from pipeline.core.config import load_config
from pipeline.running.records import Records
from pipeline.running.report import RunReport
from pipeline.running.runner import Programs, run

TOYS = Path(__file__).resolve().parents[1] / "run_toys"
DIGEST = """云州人才动态汇编

本期共收三条。

云州：引进博士给补贴
【云州动态】【2024-3-1】近日，云州市印发办法，对新引进的博士给予30万元安家补助，分五年发放，由市财政局负责落实。

海岚建成三家工作站

【云州动态】【2024-3-4】近日，海岚市新建院士工作站3家，累计引进高层次人才201名，其中博士后30名，服务企业120家。
相关链接：https://example.org/a

【云州动态】【2024-3-9】苏阳办招聘会
苏阳市举办春季招聘会，提供岗位1200个，参会企业80家，现场达成意向300人，后续服务由市人社局负责。
"""


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(TOYS))
    monkeypatch.setenv("CEWEN_TOY_LOG", str(tmp_path / "calls.log"))


def go(tmp_path: Path) -> RunReport:
    """Run the toy stages over ``in``."""
    config = load_config(None, {"run": {"workers": 2, "time_limit": 20.0}})
    programs = Programs("run_toys:build", "run_toys_publish:publish")
    return run([tmp_path / "in"], tmp_path / "out", config=config, programs=programs)


def calls(tmp_path: Path) -> Counter[str]:
    log = tmp_path / "calls.log"
    found = Counter(log.read_text(encoding="utf-8").split()) if log.exists() else Counter()
    log.unlink(missing_ok=True)
    return found


def names(tmp_path: Path) -> list[tuple[str, str]]:
    with Records(tmp_path / "out") as records:
        return [(record.source.name, record.status) for record in records.rows()]


def write(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_text(text, encoding="utf-8")


def rows(out: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(out / "knowledge.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.usefixtures("toys")
def test_each_member_is_a_document_with_its_own_end(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "一")
    write(tmp_path, "b.csv", "many\n甲\n乙 raise\n丙 doubt")
    write(tmp_path, "c.txt", "三")
    report = go(tmp_path)
    done = {"a.txt": "done", "b.csv#甲": "done", "b.csv#乙": "failed", "b.csv#丙": "partial", "c.txt": "done"}
    assert names(tmp_path) == list(done.items())
    assert (report.total, report.done, report.partial, report.failed, report.computed) == (5, 3, 1, 1, 5)
    assert calls(tmp_path) == {"ingest": 3, "clean": 5, "head": 5, "sentences": 5, "bag": 4}
    again = go(tmp_path)
    assert (again.total, again.computed, again.written, calls(tmp_path)) == (5, 0, False, {})


@pytest.mark.usefixtures("toys")
def test_a_later_stage_alone_runs_again_over_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "b.csv", "many\n甲\n乙")
    go(tmp_path)
    calls(tmp_path)
    monkeypatch.setenv("CEWEN_TOY_SENTENCES", "2")
    assert go(tmp_path).computed == 2
    assert calls(tmp_path) == {"sentences": 2}


@pytest.mark.usefixtures("toys")
def test_a_changed_file_and_one_that_comes_before_it(tmp_path: Path) -> None:
    write(tmp_path, "b.csv", "many\n甲\n乙\n丙")
    go(tmp_path)
    write(tmp_path, "b.csv", "many\n甲\n丁 doubt")
    write(tmp_path, "a.csv", "many\n子\n丑")
    go(tmp_path)
    assert [name for name, _ in names(tmp_path)] == ["a.csv#子", "a.csv#丑", "b.csv#甲", "b.csv#丁"]
    calls(tmp_path)
    (tmp_path / "in" / "a.csv").unlink()
    report = go(tmp_path)
    assert names(tmp_path) == [("b.csv#甲", "done"), ("b.csv#丁", "partial")]
    assert (report.computed, calls(tmp_path)) == (0, {})
    write(tmp_path, "b.csv", "一篇")
    go(tmp_path)
    assert names(tmp_path) == [("b.csv", "done")]
    with Records(tmp_path / "out") as records:
        assert records.issue_counts() == {}


@pytest.mark.usefixtures("toys")
def test_the_same_file_twice_is_opened_once(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "many\n甲\n乙")
    write(tmp_path, "b.csv", "many\n甲\n乙")
    go(tmp_path)
    assert names(tmp_path) == [("a.csv#甲", "done"), ("a.csv#乙", "done"), ("b.csv", "partial")]


def test_a_digest_becomes_its_items_and_what_is_left(tmp_path: Path) -> None:
    write(tmp_path, "动态.txt", DIGEST)
    report = pipeline.run(tmp_path / "in", tmp_path / "out", workers=1)
    assert report.total == 4
    found = rows(
        tmp_path / "out", "SELECT source_name, title, issue_date, raw_text, clean_text, source_sha256 FROM documents"
    )
    assert [(name, date) for name, _, date, *_ in found] == [
        ("动态.txt#0", None),
        ("动态.txt#1", "2024-03-01"),
        ("动态.txt#2", "2024-03-04"),
        ("动态.txt#3", "2024-03-09"),
    ]
    assert [title for _, title, *_ in found[1:]] == ["云州：引进博士给补贴", "海岚建成三家工作站", "苏阳办招聘会"]
    assert {raw for *_, raw, _, _ in found} == {DIGEST}
    assert len({digest for *_, digest in found}) == 1
    assert [("博士" in str(text), "招聘会" in str(text)) for *_, text, _ in found[1:]] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    sql = (
        'SELECT source_name, quote, substring(raw_text, m."start" + 1, m."end" - m."start")'
        " FROM measures m JOIN documents USING (doc_id)"
    )
    quotes = rows(tmp_path / "out", sql)
    assert all(quote == text for _, quote, text in quotes)
    assert ("动态.txt#1", "30万元", "30万元") in quotes
    assert rows(tmp_path / "out", "SELECT sum(n_chars) FROM documents") == [(len(DIGEST),)]


def test_read_all_gives_what_a_run_gives(tmp_path: Path) -> None:
    write(tmp_path, "动态.txt", DIGEST)
    file = tmp_path / "in" / "动态.txt"
    documents = pipeline.read_all(file)
    assert [doc.source.name for doc in documents] == [f"动态.txt#{n}" for n in range(4)]
    assert all(doc.measures is not None and doc.codings is not None for doc in documents)
    with pytest.raises(pipeline.PipelineError, match="4 篇文档"):
        pipeline.read(file)


def test_a_zip_is_read_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "包.zip", "w") as packed:
        packed.writestr("政策/一.txt", "云州市人才政策\n对博士给予30万元补助。")
        packed.writestr("../../二.txt", "海岚市人才政策\n对硕士给予10万元补助。")
        packed.writestr("动态.txt", DIGEST)
        packed.writestr("__MACOSX/一.txt", "x")
    before = set(tmp_path.iterdir())
    report = pipeline.run(tmp_path / "in", tmp_path / "out", workers=2)
    paths = [path for (path,) in rows(tmp_path / "out", "SELECT source_path FROM documents")]
    assert [Path(str(path)).relative_to(tmp_path / "in").as_posix() for path in paths] == [
        "包.zip/政策/一.txt",
        "包.zip/二.txt",
        *(f"包.zip/动态.txt/#{n}" for n in range(4)),
    ]
    assert report.exit_code == 0
    assert set(tmp_path.iterdir()) - before == {tmp_path / "out"}
    assert pipeline.run(tmp_path / "in", tmp_path / "out", workers=2).computed == 0


def test_what_a_reader_doubts_of_a_row_belongs_to_the_row(tmp_path: Path) -> None:
    body = "对新引进的博士给予30万元安家补助，分五年发放，由市财政局负责落实。"
    lines = [
        f"A1,云州市人才办法,{body}",
        "A2,海岚市人才办法,",
        f"A3,苏阳市人才办法,<p>{body}</p><p>另行<b>通知</b>。</p>",
    ]
    write(tmp_path, "政策.csv", "\n".join(["编号,标题,正文", *lines]))
    pipeline.run(tmp_path / "in", tmp_path / "out", workers=1)
    found = rows(tmp_path / "out", "SELECT source_name, clean_text FROM documents")
    assert [name for name, _ in found] == ["政策.csv#A1", "政策.csv#A2", "政策.csv#A3"]
    assert str(found[2][1]).endswith(f"{body}\n另行通知。")
    told = "SELECT source_name, code FROM issues JOIN documents USING (doc_id) WHERE stage = 'ingest'"
    assert rows(tmp_path / "out", told) == [("政策.csv#A2", "ingest.no-body")]


def test_documents_hold_no_documents_and_files_may_be_called_like_them(tmp_path: Path) -> None:
    text = DIGEST.replace('"', "”")
    write(tmp_path, "a.csv", f'id,正文\n1,"{text}"\n2,对博士给予30万元补助，由市财政局负责落实，分五年发放。\n')
    write(tmp_path, "a.csv#1", "一份别的文件，对硕士给予10万元补助。")
    assert pipeline.run(tmp_path / "in", tmp_path / "out", workers=2).total == 3
    again = pipeline.run(tmp_path / "in", tmp_path / "out", workers=2)
    assert (again.total, again.computed) == (3, 0)
    assert len(pipeline.read_all(tmp_path / "in" / "a.csv")) == 2
