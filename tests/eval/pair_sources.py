"""Invented documents for ``pairs.py``: flat OpenDocument texts with columns, tables, lists, notes; and web pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{value}"'
    for name, value in (
        ("office", "office:1.0"), ("text", "text:1.0"), ("table", "table:1.0"), ("style", "style:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
    )
)  # fmt: skip
_STYLES = """<office:automatic-styles>
<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"
 fo:margin="2.5cm"/><style:header-style/><style:footer-style/></style:page-layout>
<style:style style:name="P" style:family="paragraph"><style:paragraph-properties fo:text-indent="0.85cm"/></style:style>
<style:style style:name="C" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="E" style:family="paragraph"><style:paragraph-properties fo:text-align="end"/></style:style>
<style:style style:name="two" style:family="section"><style:section-properties>
<style:columns fo:column-count="2" fo:column-gap="1cm"/></style:section-properties></style:style>
<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000"
 fo:padding="0.1cm"/></style:style>
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..."
 style:num-suffix="、"/><text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."/>
</text:list-style></office:automatic-styles>"""
_GIVERS = (
    "市财政局",
    "市人力资源和社会保障局",
    "市科学技术局",
    "各县（市、区）人民政府",
    "市经济和信息化局",
    "市教育局",
)
_WHOM = ("新引进的博士", "高新技术企业", "首次入规的工业企业", "省级重点实验室", "在校创业的大学生", "社区养老服务机构")
_DEEDS = ("给予一次性补助", "给予贷款贴息", "给予租金补贴", "给予研发后补助", "给予安家补助", "优先保障用地指标")


def sentences() -> Iterator[str]:
    """Yield invented sentences of policy prose, none twice."""
    for n in count(1):
        giver, whom, deed = _GIVERS[n % 6], _WHOM[n * 5 // 3 % 6], _DEEDS[n * 7 // 4 % 6]
        yield (
            f"对{whom}，经{giver}审核认定后{deed}，最高不超过{n * 3 % 97 + 3}万元，"
            f"其中第{n % 5 + 2}年起按{n % 60 + 20}%的比例逐年递减，由{_GIVERS[(n + 2) % 6]}会同有关部门在"
            f"{2021 + n % 9}年{n % 12 + 1}月底前制定实施细则{n}并向社会公布。"
        )


_TEXT = sentences()


def take(number: int) -> str:
    """Return the next sentences as one paragraph's text."""
    return "".join(next(_TEXT) for _ in range(number))


def p(text: str, style: str = "P") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def table(rows: list[list[str]], spans: dict[tuple[int, int], tuple[int, int]] | None = None) -> str:
    """Return a table; ``spans``: columns and rows of the merged cell that begins at row, column."""
    covered = {(r + i, c + j) for (r, c), (w, h) in (spans or {}).items() for i in range(h) for j in range(w) if i or j}
    parts = [f'<table:table><table:table-column table:number-columns-repeated="{max(map(len, rows))}"/>']
    for r, row in enumerate(rows):
        parts.append("<table:table-row>")
        for c, text in enumerate(row):
            width, height = (spans or {}).get((r, c), (1, 1))
            merged = f' table:number-columns-spanned="{width}" table:number-rows-spanned="{height}"'
            cell = f'<table:table-cell table:style-name="cell"{merged if width * height > 1 else ""}>'
            parts.append(
                "<table:covered-table-cell/>" if (r, c) in covered else f"{cell}{p(text, 'S')}</table:table-cell>"
            )
        parts.append("</table:table-row>")
    return "".join((*parts, "</table:table>"))


def fodt(body: str, header: str = "", footer: str = "") -> str:
    """Return a flat OpenDocument text."""
    head = f"<style:header>{p(header, 'C')}</style:header>" if header else ""
    foot = f"<style:footer>{p(footer, 'C')}</style:footer>" if footer else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{_STYLES}<office:master-styles>'
        f'<style:master-page style:name="Standard" style:page-layout-name="pm">{head}{foot}</style:master-page>'
        f"</office:master-styles><office:body><office:text>{body}</office:text></office:body></office:document>"
    )


def _notice(title: str, paragraphs: int, size: int = 3) -> str:
    return (
        p(title, "C")
        + p("各县（市、区）人民政府，市直各单位：", "S")
        + "".join(p(take(size)) for _ in range(paragraphs))
    )


_PAGE = "— <text:page-number/> —"
_NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
    + p("本条所称博士，是指取得国家承认的博士学位的人员。", "S")
    + "</text:note-body></text:note>"
)
_FIGURES = [
    ["指标", "单位", "2023年", "2025年"],
    ["研发经费", "亿元", "12.5", "18"],
    ["高新技术企业", "家", "320", "500"],
]


def documents() -> dict[str, str]:
    """Return ten flat OpenDocument texts by name."""
    items = "".join(f"<text:list-item>{p(take(1), 'S')}</text:list-item>" for _ in range(3))
    nested = "".join(
        f"<text:list-item>{p(take(1), 'S')}<text:list>{items}</text:list></text:list-item>" for _ in range(3)
    )
    long_rows = [["序号", "任务", "责任单位"], *([str(n), take(1)[:40], _GIVERS[n % 6]] for n in range(1, 41))]
    columns = f'<text:section text:style-name="two" text:name="s">{_notice("两栏", 6)}</text:section>'
    grants = [["类别", "标准", ""], ["博士", "一次性", "40万元"], ["", "每月", "3000元"], ["硕士", "一次性", "10万元"]]
    figures = p("R&amp;D投入强度≥2.5%，GDP增长6%左右（2025年）；PM2.5浓度下降至30μg/m³。", "S")
    signed = p("某市人民政府办公室", "E") + p("2024年3月5日", "E")
    return {
        "plain": fodt(_notice("关于支持人才引进的通知", 5)),
        "two-columns": fodt(_notice("简讯", 1) + columns),
        "table": fodt(_notice("主要指标", 2) + p("表1　主要指标", "C") + table(_FIGURES) + p(take(2))),
        "merged-cells": fodt(
            p(take(2)) + table(grants, {(0, 1): (2, 1), (1, 0): (1, 2)}) + p(take(2))
        ),
        "header-footer": fodt(_notice("关于印发实施方案的通知", 14), "某市人民政府公报", _PAGE),
        "numbered-list": fodt(p(take(1)) + f'<text:list text:style-name="L">{nested}</text:list>' + p(take(1))),
        "footnote": fodt(_notice("附注", 1) + p(take(1) + _NOTE) + p(take(2))),
        "long-table": fodt(_notice("任务分工", 1) + table(long_rows) + p(take(1)), "", _PAGE),
        "signed": fodt(_notice("关于公布名单的通知", 3) + signed + p("附件：1.名单　2.说明", "S")),
        "mixed": fodt(figures + _notice("ABC计划", 3) + table(_FIGURES)),
    }  # fmt: skip


def pages() -> dict[str, str]:
    """Return ten web pages by name, of articles alone and with the furniture of a site."""
    body = {
        "plain": "".join(f"<p>{take(2)}</p>" for _ in range(4)),
        "breaks": "<br>".join(f"　　{take(1)}" for _ in range(6)),
        "headings": "".join(f"<h2>{i}、部分</h2><p>{take(2)}</p>" for i in "一二三"),
        "divs": "".join(f"<div><span>{take(1)}</span><b>{take(1)}</b></div>" for _ in range(4)),
        "list": "<p>有关事项如下：</p><ul>" + "".join(f"<li>{take(1)}</li>" for _ in range(4)) + "</ul>",
        "table": f"<p>{take(2)}</p><table border=1><tr><th>指标<th>数值</tr><tr><td>经费<td>3亿元</tr></table>"
        f"<p>{take(2)}</p>",
        "merged": f"<p>{take(2)}</p><table><tr><td rowspan=2>博士<td>一次性<td>40万元</tr><tr><td>每月<td>3000元</tr>"
        f"</table><p>{take(1)}</p>",
        "layout": f"<table width=100%><tr><td><table><tr><td><p>{take(3)}</p><p>{take(3)}</p></td></tr></table>"
        "</td></tr></table>",
        "entities": f"<p>R&amp;D&nbsp;投入&ge;2.5%，&ldquo;十四五&rdquo;期间&mdash;&mdash;{take(2)}</p>"
        f"<pre>  一、{take(1)}\n  二、{take(1)}</pre>",
        "inline": f"<p>对<a href=x>博士</a>给予<strong>40</strong><em>万元</em>补助<sup>①</sup>，{take(2)}</p>"
        f"<p>{take(2)}</p>",
    }
    return {
        name: f"<!DOCTYPE html><html><head><meta charset=utf-8><title>关于{name}的通知</title></head>"
        f"<body><h1>关于{name}的通知</h1>{text}</body></html>"
        for name, text in body.items()
    }
