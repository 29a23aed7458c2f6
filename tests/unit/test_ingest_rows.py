"""Tables with one document a row, whatever file they stand in, and tables that are one document."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline.clean.steps import clean
from pipeline.core.config import load_config
from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.layers import Member, RawText
from pipeline.ingest.formats import read_source
from pipeline.ingest.grid import Room

TITLE, BODY = "关于支持人才引进的通知", "一、对新引进的博士给予一次性安家补助40万元。\n二、分三年拨付。"
HEAD = "标题,发文字号,发文机关,成文日期,备注,正文"
ROW = f'{TITLE},台政办发〔2023〕12号,台州市人民政府办公室,2023-05-06,共3页,"{BODY}"'


def read(name: str, content: str | bytes, limit: int = 100_000, **rows: Any) -> RawText:
    data = content.encode() if isinstance(content, str) else content
    settings = load_config(None, {"rows": rows}).rows
    return read_source(Source(name, name, "0" * 64, len(data)), data, max_chars=limit, rows=settings)


def given(member: Member) -> dict[str, str]:
    return {found.field: member.raw.text[found.start : found.end] for found in member.raw.given}


def codes(raw: RawText) -> list[str]:
    return [doubt.code for doubt in raw.doubts]


def test_a_row_is_a_document_with_title_heads_and_body():
    raw = read("a.csv", f"{HEAD}\n{ROW}\n")
    (member,) = raw.members
    assert (raw.text, member.id, member.raw.title) == ("", "1", TITLE)
    assert member.raw.text == (
        f"{TITLE}\n发文字号：台政办发〔2023〕12号\n发文机关：台州市人民政府办公室\n"
        f"成文日期：2023-05-06\n备注：共3页\n{BODY}"
    )
    assert given(member) == {
        "title": TITLE,
        "doc_number": "台政办发〔2023〕12号",
        "issuer": "台州市人民政府办公室",
        "issue_date": "2023-05-06",
    }
    body = member.raw.text.index(BODY)
    assert [(b.kind, b.start, b.end) for b in member.raw.blocks] == [
        ("paragraph", 0, body - 1),
        ("paragraph", body, len(member.raw.text)),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_encodings_are_found(separator: str, encoding: str):
    text = f"{HEAD}\n{ROW}\n{ROW}\n".replace(",", separator)
    raw = read("a.csv", text.encode(encoding))
    assert [member.id for member in raw.members] == ["1", "2"]
    assert raw.members[1].raw.text.endswith(BODY)


def test_line_breaks_of_every_kind():
    for ending in ("\r\n", "\r", "\n"):
        raw = read("a.csv", f"{HEAD}\n{ROW}\n".replace("\n", ending))
        assert raw.members[0].raw.text.endswith(BODY)


def test_quotes_within_quotes():
    raw = read("a.csv", '标题,正文\n甲,"所称""补助"",是指一次性补助3万元"\n')
    assert raw.members[0].raw.text == '甲\n所称"补助",是指一次性补助3万元'


def test_a_quote_never_closed_costs_only_its_row():
    raw = read("a.csv", '标题,正文\n甲,"没有闭合\n乙,补助三万元\n丙,补助五万元\n')
    assert [member.raw.text for member in raw.members] == ['甲\n"没有闭合', "乙\n补助三万元", "丙\n补助五万元"]
    assert codes(raw) == ["ingest.bad-row"]


def test_a_last_row_of_several_lines_is_closed():
    raw = read("a.csv", '正文,标题\n"补助三万元，\n分三年",甲\n')
    assert raw.doubts == ()
    assert raw.members[0].raw.text == "甲\n补助三万元，\n分三年"


def test_ids_are_unique_readable_and_harmless():
    ids = ["A-1", "A-1", "../../etc/passwd", "甲 乙\t#1", "", "x" * 200, "\u202egpj.exe"]
    raw = read("a.jsonl", "\n".join(json.dumps({"id": one, "text": "补助三万元"}) for one in ids))
    assert [member.id for member in raw.members] == [
        "A-1", "A-1-2", "etc_passwd", "甲_乙_1", "5", "x" * 80, "gpj.exe",
    ]  # fmt: skip


def test_an_id_taken_by_a_row_number():
    raw = read("a.csv", "id,正文\n2,补助三万元\n,补助五万元\n2,补助六万元\n")
    assert [member.id for member in raw.members] == ["2", "2-2", "2-3"]


@pytest.mark.parametrize(
    ("head", "field"),
    [("文号", "doc_number"), ("发布机构", "issuer"), ("发布日期", "issue_date"), ("主送机关", "addressee"),
     ("施行日期", "effective_date"), ("有效期至", "expiry"), ("地区", "region"), (" 发文 字号*（必填） ", "doc_number"),
     ("Issue_Date", "issue_date"), ("政策名称", "title")],
)  # fmt: skip
def test_heads_are_known(head: str, field: str):
    raw = read("a.csv", f"{head},全文\n某值,补助三万元\n")
    assert given(raw.members[0]) == {field: "某值"}


def test_several_columns_of_regions():
    raw = read("a.csv", "省,市,正文\n浙江省,台州市,补助三万元\n")
    assert [raw.members[0].raw.text[g.start : g.end] for g in raw.members[0].raw.given] == ["浙江省", "台州市"]


def test_the_users_own_heads():
    table = "名目,说明,办法\n甲,无,补助3万元\n"
    assert read("a.csv", table).members == ()
    assert read("a.csv", table, text=["办法"], title=["名目"]).members[0].raw.text == "甲\n说明：无\n补助3万元"
    assert read("a.csv", table, documents="rows").members[0].raw.text == "名目：甲\n说明：无\n办法：补助3万元"
    assert read("a.csv", f"{HEAD}\n{ROW}\n", documents="table").members == ()


def test_rows_of_cells_are_documents_when_one_holds_running_text():
    condition = "在本市就业并连续缴纳社会保险满六个月，且年龄在三十五周岁以下的博士。"
    raw = read("a.csv", f"名称,补贴内容,条件\n生活补贴,10万元,{condition}\n租房补贴,每月800元,{condition}\n")
    assert raw.members[1].raw.text == f"租房补贴\n补贴内容：每月800元\n条件：{condition}"


def test_a_body_without_a_telling_head_is_found_by_its_length():
    raw = read("a.csv", f"k,v\n1,{BODY.replace(chr(10), '') * 20}\n2,{BODY.replace(chr(10), '') * 30}\n")
    assert raw.members[0].raw.text.startswith("k：1\n一、对新引进")


def test_a_table_of_figures_is_one_document():
    raw = read("a.csv", "年份,产值（亿元）,增长率%\n2020,5.3,4\n2021,6.1,5\n2022,7.4,6\n")
    assert (raw.members, codes(raw)) == ((), ["ingest.one-table"])
    assert raw.text == "年份\t产值（亿元）\t增长率%\n2020\t5.3\t4\n2021\t6.1\t5\n2022\t7.4\t6"
    assert [(b.table, b.row, b.column) for b in raw.blocks[:4]] == [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0)]
    assert all(b.kind == "cell" for b in raw.blocks)


def test_a_list_of_titles_is_one_document():
    assert read("a.csv", f"file,title,bytes\na.pdf,{TITLE},100\nb.pdf,{TITLE},200\n").members == ()


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xlsx", "a.dat"])
def test_a_table_is_known_by_its_heads_whatever_its_suffix(name: str):
    raw = read(name, f"标题\t发文字号\t正文\n甲\t1号\t{BODY.splitlines()[0]}\n")
    assert raw.members[0].raw.text == f"甲\n发文字号：1号\n{BODY.splitlines()[0]}"
    assert raw.media_type == "text/csv"


@pytest.mark.parametrize("text", ["标题，正文\n都是文字。\n", "标题,日期\n甲,乙\n", f"{TITLE}\n正文,标题,全文\n"])
def test_other_text_is_no_table(text: str):
    assert read("a.txt", text).text == text


def test_titles_above_the_heads_are_kept():
    raw = read("a.csv", f"各地政策汇总（截至2024年）,,\n标题,文号,正文\n甲,1号,{BODY.splitlines()[0]}\n")
    (member,) = raw.members
    assert (member.id, member.raw.text.split("\n")[:3]) == (
        "1",
        ["甲", "表题：各地政策汇总（截至2024年）", "文号：1号"],
    )


def test_a_table_without_heads():
    raw = read("a.csv", f"甲,{BODY.splitlines()[0]}\n乙,{BODY.splitlines()[0]}\n")
    assert [member.id for member in raw.members] == ["1", "2"]
    assert raw.members[0].raw.text.startswith("第1列：甲\n第2列：一、对新引进")


def test_an_empty_body_is_told():
    raw = read("a.csv", "标题,正文\n甲,\n乙,补助三万元\n丙,补助五万元\n")
    assert [codes(member.raw) for member in raw.members] == [["ingest.no-body"], [], []]
    assert raw.members[0].raw.text == "甲"


def test_a_row_too_long_is_left_out_and_told():
    raw = read("a.csv", f"标题,正文\n甲,{'补' * 300}\n乙,补助三万元\n", limit=200)
    assert [member.id for member in raw.members] == ["2"]
    assert codes(raw) == ["ingest.bad-row"]


def test_rows_beyond_the_limit_are_told():
    raw = read("a.csv", "正文\n" + "补助三万元\n" * 30, most_rows=10)
    assert (len(raw.members), codes(raw)) == (10, ["ingest.rows-cut"])


def test_more_cells_than_heads_are_kept():
    raw = read("a.csv", "标题,正文\n甲,补助三万元,另注\n")
    assert raw.members[0].raw.text == "甲\n第3列：另注\n补助三万元"


def test_cells_longer_than_the_usual_limit_in_many_threads():
    long = "补" * 300_000
    files = [f"标题,正文\n甲,{long}\n"] * 6 + ["标题,正文\n甲,补助三万元\n"] * 30
    with ThreadPoolExecutor(6) as threads:
        lengths = list(threads.map(lambda content: len(read("a.csv", content, 400_000).members[0].raw.text), files))
    assert lengths == [300_002] * 6 + [7] * 30


def test_a_mistake_of_csv_is_told_and_the_rest_read(monkeypatch: pytest.MonkeyPatch):
    def broken(text: str, delimiter: str, most: int | None = None) -> Iterator[tuple[list[str], int]]:
        yield from ((line.split(delimiter), at) for at, line in enumerate(text.split("\n")[:2], 1))
        raise csv.Error("new-line character seen in unquoted field")

    monkeypatch.setattr("pipeline.ingest.delimited._records", broken)
    raw = read("a.csv", "标题,正文\n甲,补助三万元\n乙,补助五万元\n")
    assert [member.raw.title for member in raw.members] == ["甲", "乙"]
    assert codes(raw) == ["ingest.bad-row"]


@pytest.mark.parametrize("content", ["a,b\n", ",,\n,,\n", "\n\n", '""\n'])
def test_tables_without_rows(content: str):
    if content == "a,b\n":
        assert read("a.csv", content).text == "a\tb"
        return
    with pytest.raises(UnreadableFile) as caught:
        read("a.csv", content)
    assert caught.value.code == "ingest.no-text"


def test_lines_of_json():
    lines = [{"id": "c1", "text": "补助三万元", "codes": {"a": ["b"]}, "n": 3.0, "on": True, "none": None}]
    raw = read("a.jsonl", "\n\n".join(json.dumps(one, ensure_ascii=False) for one in lines))
    assert raw.members[0].id == "c1"
    assert raw.members[0].raw.text == 'id：c1\ncodes：{"a": ["b"]}\nn：3\non：true\n补助三万元'


def test_bad_lines_of_json_are_told_with_their_numbers():
    raw = read("a.jsonl", '{"text": "补助三万元"}\n{oops\n[1]\n{"text": "补助五万元"}\n')
    assert [member.id for member in raw.members] == ["1", "4"]
    assert [(d.code, f"第 {n} 行" in d.message) for d, n in zip(raw.doubts, (2, 3), strict=True)] == [
        ("ingest.bad-row", True)
    ] * 2


def test_many_bad_lines_are_counted():
    raw = read("a.jsonl", '{"text": "补助三万元"}\n' + "{oops\n" * 5000)
    assert codes(raw) == ["ingest.bad-row"] * 20 + ["ingest.bad-rows"]
    assert "4980" in raw.doubts[-1].message


@pytest.mark.parametrize("wrapped", ["[{}]", '{{"total": 1, "data": [{}]}}'])
def test_arrays_of_objects(wrapped: str):
    record = json.dumps({"title": TITLE, "content": BODY}, indent=1)
    raw = read("a.json", wrapped.format(record))
    assert [member.raw.text for member in raw.members] == [f"{TITLE}\n{BODY}"]


def test_one_object_is_one_document():
    assert len(read("a.json", json.dumps({"title": TITLE, "text": BODY}, indent=2)).members) == 1


def test_all_arrays_of_objects_are_read_and_what_is_left_out_is_told():
    one, two = {"text": "补助三万元"}, {"text": "补助五万元"}
    content = {"total": 3, "通知": [one, two], "意见": [two], "空": []}
    raw = read("a.json", json.dumps(content, ensure_ascii=False))
    assert [member.id for member in raw.members] == ["通知!1", "通知!2", "意见!1"]
    assert codes(raw) == ["ingest.keys-left"]
    assert "1 个键" in raw.doubts[0].message
    assert "total" in raw.doubts[0].message


def test_an_array_of_objects_with_something_else_in_it():
    raw = read("a.json", '{"通知": [{"text": "补助三万元"}, "另"]}')
    assert ([m.id for m in raw.members], codes(raw)) == (["1"], ["ingest.bad-row"])


@pytest.mark.parametrize("wrapped", ["[{}]", "{}", '{{"data": [{}]}}'])
def test_equal_keys_lose_nothing_and_are_told(wrapped: str):
    raw = read("a.json", wrapped.format('{"正文": "补助一万元", "正文": "补助二万元", "more": {"a": 1, "a": 2}}'))
    assert raw.members[0].raw.text == 'more：{"a": [1, 2]}\n补助一万元\n补助二万元'
    assert codes(raw) == ["ingest.bad-row"]
    assert "正文、a" in raw.doubts[0].message


def test_equal_keys_of_arrays_are_told():
    raw = read("a.json", '{"通知": [{"text": "补助一万元"}], "通知": [{"text": "补助二万元"}]}')
    assert ([m.id for m in raw.members], codes(raw)) == (["1", "2"], ["ingest.bad-row"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"text": "补助三万元', "第 10 列起的字符串没有结束的引号"),
        ("{oops", "第 2 列处应是双引号括起的键"),
        ('{"a" 1}', "第 6 列处缺少冒号"),
        ('{"a": 1 "b": 2}', "第 9 列处缺少逗号"),
        ('{"a": }', "第 7 列处缺少值"),
        ('{"a": "\\x"}', "第 8 列处的转义写法不对"),
        ("{} {}", "第 4 列起有多余的内容"),
        ('{"a": ' + "1" * 5000 + "}", "位数过多"),
    ],
)
def test_what_is_wrong_with_json_is_told_in_chinese(line: str, words: str):
    raw = read("a.jsonl", '{"text": "补助五万元"}\n' + line)
    assert codes(raw) == ["ingest.bad-row"]
    assert words in raw.doubts[0].message
    assert "line" not in raw.doubts[0].message


def test_a_file_of_many_tables_has_no_more_rows_than_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.ingest.records.Room", lambda most: Room(most, rows=5))
    content = {key: [{"text": f"补助{n}万元"} for n in range(4)] for key in ("甲", "乙", "丙")}
    raw = read("a.json", json.dumps(content, ensure_ascii=False))
    assert [member.id for member in raw.members] == ["甲!1", "甲!2", "甲!3", "甲!4", "乙!1"]
    assert codes(raw) == ["ingest.rows-cut"] * 2


@pytest.mark.parametrize("content", ['{"a": ', "[1, 2", "nothing of json", '{"a":' * 100_000])
def test_json_that_is_none(content: str):
    with pytest.raises(UnreadableFile) as caught:
        read("a.json", content)
    assert caught.value.code == "ingest.damaged"


def test_json_is_known_by_its_content():
    raw = read("a.txt", '{"text": "补助三万元"}\n{"text": "补助五万元"}\n')
    assert (len(raw.members), codes(raw)) == (2, ["ingest.suffix"])


def test_the_cleaner_joins_no_column_to_the_body_but_mends_printed_lines():
    raw = read("a.csv", "编号2,正文\n414_33,万元以下的由区财政承担。\n")
    assert "\n万元以下" in clean(raw.members[0].raw).text
    cut = "对新引进的博士给予一次性安家补助，并对新引进的硕士给予\n一次性租房补贴，每月不超过800元，由市财政局承担。"
    raw = read("a.json", json.dumps([{"text": cut}]))
    assert raw.members[0].raw.blocks == ()


def test_many_rows():
    row = "对新引进的博士给予一次性安家补助40万元，分三年拨付。" * 4
    content = "标题,文号,发布日期,正文\n" + "".join(f"题{i},{i}号,2023-01-02,{row}\n" for i in range(20_000))
    data = content.encode()
    del content
    began = time.process_time()
    raw = read("a.csv", data, limit=3_000_000)
    assert time.process_time() - began < 30
    assert len(raw.members) == 20_000
    assert raw.members[-1].id == "20000"
