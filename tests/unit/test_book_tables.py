"""Codebooks as tables: csv and xlsx are read like YAML, in Chinese or English, and every mistake has its place."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.books.check import check_book
from pipeline.books.load import load_book, load_books
from pipeline.books.write import codebook_to_xlsx, write_book
from pipeline.coding.codebook import Codebook, labels, walk
from pipeline.core.config import with_places
from pipeline.core.errors import PipelineError

FLAT = """代码,名称,上级,定义,纳入,例句,反例,词语,出处
support,住房支持,,为人才解决住房。,买房；租房,为人才提供住房支持。,加强保障房小区的物业管理。,住房支持（近：人才、博士）；住房*0.4,本项目自编
money,货币补贴,support,发钱。,,对博士给予购房补贴二十万元；租住公寓的，每月补贴房租五百元。,取消购房补贴申报中的材料。,购房补贴（非：购房补贴申报）、房租*０.5、补贴*0.5（近：房租）,
"""
ABOVE = "编码本,housing\n名称,人才住房\n版本,2.1\n定义,按住房支持归类。\n标题权重,0.3\n词组：people,人才、博士\n"


def write(tmp_path: Path, text: str, *, name: str = "book.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def mistakes(path: Path) -> tuple[str, ...]:
    with pytest.raises(PipelineError) as caught:
        load_book(path)
    return caught.value.mistakes


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_flat_table_is_a_codebook(tmp_path: Path) -> None:
    book = load_book(write(tmp_path, ABOVE + FLAT))
    assert (book.codebook, book.name, book.version, book.heading_weight) == ("housing", "人才住房", "2.1", 0.3)
    assert (book.definition, book.source, book.groups) == (
        "按住房支持归类。",
        "本项目自编",
        {"people": ("人才", "博士")},
    )
    (top,) = book.codes
    (money,) = top.children
    assert top.include == ("买房", "租房")
    assert [(t.term, t.weight, t.near, t.unless) for t in (*top.terms, *money.terms)] == [
        ("住房支持", 1.0, ("人才", "博士"), ()),
        ("住房", 0.4, (), ()),
        ("购房补贴", 1.0, (), ("购房补贴申报",)),
        ("房租", 0.5, (), ()),
        ("补贴", 0.5, ("房租",), ()),
    ]
    assert money.examples == ("对博士给予购房补贴二十万元", "租住公寓的，每月补贴房租五百元。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    expected = load_book(write(tmp_path, FLAT))
    path = write(tmp_path, FLAT.replace(",", delimiter), encoding=encoding)
    assert load_book(path) == expected


def test_english_heads_and_what_the_file_does_not_say(tmp_path: Path) -> None:
    text = "Code,Name,Parent,Definition,Counter examples,Terms\na,A,,first,,subsidy\nb,B,A,second,,housing\n"
    book = load_book(write(tmp_path, text, name="我的 编码本.csv"))
    assert (book.codebook, book.name, book.version, book.source) == ("我的_编码本", "我的 编码本", "1", "自编")
    assert [[code.code for code in path] for path in walk(book.codes)] == [["a"], ["a", "b"]]


def test_rows_without_a_code_go_on_and_sheets_add(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        编码本=[["标识", "mine"], ["版本", "1.10"]],
        代码=[["代码", "名称", "定义", "例句"], ["a", "甲", "第一", "给予补贴。"], [None, None, None, "发放补助。"]],
        词表=[
            ["代码", "词语", "权重", "须近", "非"],
            ["a", "补贴", None, "$g、企业", "补贴申报"],
            [None, "补助", 0.5, None, None],
        ],
        词组=[["词组", "词语"], ["g", "人才；博士"], [None, "硕士"]],
        写法=[["代码", "名称"], ["不", "读"]],
    )
    book = load_book(path)
    assert book.version == "1.10" and book.groups == {"g": ("人才", "博士", "硕士")}
    assert book.codes[0].examples == ("给予补贴。", "发放补助。")
    first, second = book.codes[0].terms
    assert (first.near, first.unless, second.weight) == (("$g", "企业"), ("补贴申报",), 0.5)


def test_numbers_in_cells_are_read_as_printed(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "b.xlsx", 表=[["代码", "名称", "定义", "版本"], [101, "甲", "第一", 2], [102, "乙", "二"]]
    )
    book = load_book(path)
    assert (book.version, [code.code for code in book.codes]) == ("2", ["101", "102"])


def test_mistakes_of_a_table_are_told_with_their_lines(tmp_path: Path) -> None:
    text = (
        "标题权重,很高\n词组：people,人才、博\n代码,名称,上级,定义,例句,反例,词语,色彩\n"
        "a,甲,,第一,,,补贴*0.5（近：$peple）；补贴；贴*9,\nb,乙,c,第二,今天晴。,今天晴。,房租*abc,\n"
        "c,丙,b,第三,,,人才（靠近：甲）,\na,丁,zz,第四,,,,\n,戊,,,,,,\n"
    )
    assert set(mistakes(write(tmp_path, text))) == {
        "book.csv:1: 标题权重：应为数字，实为“很高”",
        "book.csv:2: 词组 people：至少要 2 个字，实为“博”",
        "book.csv:3: 不认识的列“色彩”，可用的有：代码、名称、上级、定义、纳入、不纳入、别名、例句、反例、"
        "词语、权重、近、非、出处、版本、词组、备注",
        "book.csv:4: near 用到的词组“$peple”没有定义，可用的有：$people",
        "book.csv:4: 词“补贴”在同一代码下出现了两次，请删去一个",
        "book.csv:4: 词语：至少要 2 个字，实为“贴”",
        "book.csv:4: 权重：应不大于 5.0，实为“9”",
        "book.csv:5: 上级成环：b → c → b",
        "book.csv:5: 同一句既是例句又是反例，请删去一个：「今天晴。」",
        "book.csv:5: 权重：应为数字，实为“abc”",
        "book.csv:6: 看不懂词语“人才（靠近：甲）”，写法是 词*0.5（近：甲、乙；非：丙），本来就有的符号前加 \\",
        "book.csv:7: 不认识的上级“zz”，可用的有：a、b、c",
        "book.csv:7: 代码“a”重复（第一次在第 4 行），请改名或合并",
        "book.csv:8: 这一行没有代码，请在“代码”列填写",
    }


def test_mistakes_of_a_workbook_are_told_with_their_cells(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        代码=[["代码", "名称", "上级", "定义"], ["a", "甲", None, "第一"], ["b", "甲", "q", None]],
        词=[["代码", "词语", "权重", "近"], ["x", "补助"], ["b", "补贴", 7, "$g"], ["b", None, 2]],
    )
    assert mistakes(path) == (
        "book.xlsx:代码!C3: 不认识的上级“q”，可用的有：a、b",
        "book.xlsx:词!A2: 不认识的代码“x”，可用的有：a、b",
        "book.xlsx:词!C4: 有权重或条件，却没有词语",
        "book.xlsx:代码!B3: 名称“甲”与同级的另一代码相同（在 代码!B2），无法分辨，请改名",
        "book.xlsx:词!B3: near 用到的词组“$g”没有定义，编码本里还没有词组（groups）",
        "book.xlsx:代码!A3: 定义：没有填写",
        "book.xlsx:词!C3: 权重：应不大于 5.0，实为“7”",
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"", "a.csv:1: 编码本是空文件"),
        ("a.yaml", "\ufeff \n".encode(), "a.yaml:1: 编码本是空文件"),
        ("a.xlsx", b"", "a.xlsx:1: 编码本是空文件"),
        ("a.xlsx", b"no workbook", "a.xlsx: 编码本读不出来"),
        ("a.csv", "名称,定义\n甲,乙\n".encode(), "a.csv:1: 没有找到代码表"),
        ("a.csv", '代码,名称,定义\na,"甲,乙\nb,x,y\n'.encode(), "a.csv:2: csv 写法有误"),
        ("a.csv", "代码,名称,名称\na,甲,乙\n".encode(), "a.csv:1: 列“名称”出现了两次"),
        ("a.csv", "版本,1\n版本,2\n代码,名称,定义\na,甲,乙\n".encode(), "a.csv:2: “版本”出现了两次"),
        ("a.csv", "代码,名称,定义\na,甲,乙,多\n".encode(), "a.csv:2: 这一格在表头之外"),
        ("a.csv", "标题权,1\n代码,名称,定义\na,甲,乙\n".encode(), "a.csv:1: 不认识的键“标题权”，是否应为“标题权重”？"),
        ("a.csv", "代码,名称,定义,版本\na,甲,乙,1\nb,丙,丁,2\n".encode(), "a.csv:3: 版本“2”与前面的“1”不同"),
        ("a.csv", "代码,名称,定义\na,甲,乙\n".encode() * 40 + b"b,\xff,x\n", "a.csv:81: 有 1 处字节"),
        ("a.csv", "代码,名称,定义,词语\na,甲,乙,补贴（近：人才\n".encode(), "a.csv:2: 看不懂词语"),
    ],
)
def test_files_that_are_no_codebook(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert mistakes(path)[0].startswith(expected)


def test_lines_above_the_heads_that_say_nothing_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, "我的编码本,,\n制表人,张三,\n#,注,\n版本,3,\n代码,名称,定义\na,甲,乙\n")
    checked = check_book(str(path), 1.0)
    assert checked.mistakes == () and checked.book is not None and checked.book.version == "3"
    assert checked.hints[0].startswith("book.csv:2: 不认识的键“制表人”，可用的有：")


def test_merged_cells_and_hidden_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in (
        ["代码", "名称", "定义", "词语"],
        ["a", "甲", "一", "补贴"],
        [None, None, None, "补助"],
        ["b", "乙", "二", "奖励"],
    ):
        sheet.append(row)
    for column in "ABC":
        sheet.merge_cells(f"{column}2:{column}3")
    book.save(tmp_path / "m.xlsx")
    assert [term.term for term in load_book(tmp_path / "m.xlsx").codes[0].terms] == ["补贴", "补助"]
    sheet.row_dimensions[4].hidden = True
    book.save(tmp_path / "m.xlsx")
    assert mistakes(tmp_path / "m.xlsx") == (
        "m.xlsx:表: 有 1 行被隐藏（例如被筛选），没有读；请取消筛选和隐藏，或删去这些行",
    )


def test_a_file_that_is_not_there_or_of_another_kind(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "gone.xlsx") == (
        f"{tmp_path / 'gone.xlsx'}: 编码本读不出来（没有这个文件），请检查路径和权限",
    )
    assert "旧式 .xls 请另存为 .xlsx" in mistakes(tmp_path / "old.xls")[0]


def test_codes_may_not_be_nested_without_end(tmp_path: Path) -> None:
    rows = [f"c{n},名{n},{f'c{n - 1}' if n else ''},定义" for n in range(3000)]
    found = mistakes(write(tmp_path, "\n".join(["代码,名称,上级,定义", *rows])))
    assert found == ("book.csv:12: 代码超过 10 层（上级在第 11 行），请减少层次",)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".yaml"])
@pytest.mark.parametrize("name", ["instruments", "silian", "silian_education", "triple_helix"])
def test_a_shipped_book_is_written_and_read_back(tmp_path: Path, name: str, suffix: str) -> None:
    (book,) = load_books([name])
    write_book(book, tmp_path / f"b{suffix}")
    assert load_book(tmp_path / f"b{suffix}") == book
    assert load_books([str(tmp_path / f"b{suffix}")]) == (book,)


def test_equal_books_make_equal_files() -> None:
    (book,) = load_books(["layers"])
    assert codebook_to_xlsx(book) == codebook_to_xlsx(book)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (book,) = load_books(["layers"])
    with pytest.raises(PipelineError, match="只能导出为"):
        write_book(book, tmp_path / "b.docx")
    long = Codebook.model_validate(book.model_dump(by_alias=True) | {"definition": "长" * 40_000})
    with pytest.raises(PipelineError, match="超过 Excel 的 32767 个字"):
        write_book(long, tmp_path / "b.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_config_may_name_tables_without_a_folder(tmp_path: Path) -> None:
    own = {"coding": {"codebooks": ["silian", "mine.xlsx", "MINE.CSV", "sub/mine.yaml", "none.tsv"]}}
    found = with_places(own, tmp_path)["coding"]["codebooks"]
    assert found == [
        "silian",
        str(tmp_path / "mine.xlsx"),
        str(tmp_path / "MINE.CSV"),
        str(tmp_path / "sub" / "mine.yaml"),
        "none.tsv",
    ]


def test_labels_lead_to_codes(tmp_path: Path) -> None:
    text = "代码,名称,上级,定义,别名\na,甲,,一,第一、头名\nb,乙,,二,\nb1,其他,b,三,\na1,其他,a,四,\n"
    found = labels(load_book(write(tmp_path, text)))
    assert (found["头名"], found["乙/其他"], found["b/b1"], found["甲"], found["a1"]) == ("a", "b1", "b1", "a", "a1")
    assert "其他" not in found
