"""Hostile web pages, tables and JSON: too deep, too wide, never closed, wrongly encoded."""

from __future__ import annotations

from hostile_office import LAUGHS, OUTSIDE, Hostile

WIDE = "<tr><td rowspan=99999999 colspan=99999999>一</td><td>二</td></tr>"
SENTENCE = "对新引进的博士给予一次性安家补助40万元，分三年拨付。"


def page(body: str, head: str = "", charset: str = "utf-8") -> bytes:
    return f'<!DOCTYPE html><html><head><meta charset="{charset}">{head}</head><body>{body}</body></html>'.encode()


TEXT: tuple[Hostile, ...] = (
    Hostile("deep.html", lambda: page("<div>" * 100_000 + SENTENCE)),
    Hostile("deep-tables.html", lambda: page("<table><tr><td>" * 30_000 + SENTENCE)),
    Hostile("outside-entity.html", lambda: f"{OUTSIDE}<html><body><p>{SENTENCE}&i;</p></body></html>".encode()),
    Hostile("laughs.html", lambda: f"{LAUGHS}<html><body><p>{SENTENCE}&i;</p></body></html>".encode()),
    Hostile("wide-cells.html", lambda: page(f"<table>{WIDE * 2000}</table><p>{SENTENCE}</p>"), told=False),
    Hostile(
        "attributes.html",
        lambda: page("<p " + " ".join(f"a{i}=x" for i in range(20_000)) + f">{SENTENCE}</p>"),
        told=False,
    ),
    Hostile("unclosed.html", lambda: page("<b><i><p>" * 20_000 + SENTENCE), told=False),
    Hostile("comments.html", lambda: page("<!--" * 300_000 + SENTENCE)),
    Hostile("utf7.html", lambda: page(f"<p>{SENTENCE}+ADw-script+AD4-</p>", charset="utf-7"), told=False),
    Hostile("nul.html", lambda: page(f"<p>{SENTENCE}</p>").replace("博士".encode(), b"\x00" * 60)),
    Hostile("half-utf16.html", lambda: b"\xff\xfe" + page(f"<p>{SENTENCE}</p>")),
    Hostile("deep.json", lambda: b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    Hostile("deep-objects.json", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    Hostile("deep-line.jsonl", lambda: f'{{"text": "{SENTENCE}"}}\n'.encode() + b'{"a":' * 100_000),
    Hostile("bad-lines.jsonl", lambda: f'{{"text": "{SENTENCE}"}}\n'.encode() + b"{oops\n" * 5000),
    Hostile("huge-number.json", lambda: b'[{"text": ' + b"9" * 1_000_000 + b"}]"),
    Hostile(
        "surrogates.json",
        lambda: f'[{{"id": "\\ud800/..\\\\..\\u0000", "text": "\\udfff{SENTENCE}"}}]'.encode(),
        told=False,
    ),
    Hostile("many-keys.json", lambda: ("[{" + ",".join(f'"k{i}": "值{i}"' for i in range(200_000)) + "}]").encode()),
    Hostile("wide.csv", lambda: b",".join(b"%d" % i for i in range(1_000_000)) + b"\n"),
    Hostile("huge-field.csv", lambda: f'标题,正文\n甲,"{"补助三万元。" * 700_000}"\n乙,{SENTENCE}\n'.encode()),
    Hostile("nul.csv", lambda: f"标题,正文\n甲,{SENTENCE}\x00\n".encode() + b"\x00" * 5000),
    Hostile("unclosed-quote.csv", lambda: ('标题,正文\n甲,"没有闭合\n' + f"乙,{SENTENCE}\n" * 3000).encode()),
    Hostile("commas.csv", lambda: b"," * 3_000_000),
    Hostile("quotes.csv", lambda: b'"' * 1_000_001),
    Hostile(
        "climbing-ids.csv",
        lambda: f"id,正文\n../../../climbed,{SENTENCE}\n/etc/passwd,{SENTENCE}\nCON:,{SENTENCE}\n".encode(),
        told=False,
    ),
    Hostile(
        "formula.csv", lambda: "id,正文\n=cmd|' /C calc'!A0,=HYPERLINK(http://a)\n2,补助三万元\n".encode(), told=False
    ),
)
