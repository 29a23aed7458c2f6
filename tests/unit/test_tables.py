"""The tables of a document: rows, heads, captions, and what stands over a cell."""

from __future__ import annotations

from pipeline.clean.steps import clean
from pipeline.core.document import Document, Source
from pipeline.core.layers import Block, RawText
from pipeline.core.tables import Table

SOURCE = Source("a.txt", "a.txt", "0" * 64, 1)


def tables(raw: RawText) -> list[Table]:
    return Document(SOURCE, raw=raw, text=clean(raw)).tables()


def words(table: Table) -> list[list[str]]:
    return [[cell.text.strip() for cell in row] for row in table.rows]


def test_lines_with_bars_and_lines_with_spaces():
    bars = "| 层次 | 标准 |\n| --- | --- |\n| A类 | 100万元 |\n\n"
    text = f"{bars}表 2 增速（%）\n\n年份 一产 二产\n\n2021 1.2 3.4\n\n2022 1.5 3.6\n"
    first, second = tables(RawText(text, "text/plain"))
    assert (words(first), first.heads, first.caption) == ([["层次", "标准"], ["A类", "100万元"]], 1, None)
    assert words(second) == [["年份", "一产", "二产"], ["2021", "1.2", "3.4"], ["2022", "1.5", "3.6"]]
    assert second.caption == "表2 增速（%）"
    assert second.path(2, second.rows[2][1]) == ("一产", "2022")


def test_cells_of_the_file_with_two_rows_of_heads():
    grid = [["地区", "2024年", ""], ["", "计划", "完成"], ["云州市", "30", "28"]]
    text, blocks = "", []
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if cell or column == 0:
                blocks.append(Block(len(text), len(text) + len(cell), "cell", table=0, row=row, column=column))
                text += cell
            text += "\t" if column < 2 else "\n"
    (table,) = tables(RawText(text, "text/html", blocks=tuple(blocks)))
    assert table.heads == 2
    assert table.path(2, table.rows[2][2]) == ("2024年", "完成", "云州市")
    assert (table.start, table.end) == (0, len(text) - 1)


def test_no_text_no_tables():
    assert Document(SOURCE).tables() == []
    assert tables(RawText("没有表格的一段话。", "text/plain")) == []


def test_cewen_show_keeps_columns_where_a_cell_reaches_down() -> None:
    from pipeline.cli.show import _tables

    grid = [("类别", "对象", "标准"), ("甲类", "博士", "40万元"), (None, "硕士", "10万元")]
    text, blocks = "", []
    for row, cells in enumerate(grid):
        text += "\n" if row else ""
        for column, cell in enumerate(cells):
            if cell is not None:
                text += "\t" if column and cells[0] else ""
                blocks.append(Block(len(text), len(text) + len(cell), "cell", table=0, row=row, column=column))
                text += cell
    raw = RawText(text, "text/html", blocks=tuple(blocks))
    (table,) = _tables(Document(SOURCE, raw=raw, text=clean(raw)))
    assert table["rows"][2] == ["", "硕士", "10万元"]
