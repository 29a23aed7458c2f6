"""Which encoding a file is in, told from its bytes alone."""

from __future__ import annotations

import pytest

from pipeline.core.errors import UnreadableFile
from pipeline.ingest.decode import decode

SHORT = "关于支持人才引进若干政策的通知"
LONG = "一、对新引进的博士给予“一次性”安家补助40万元，分三年拨付；硕士为10万元。\r\n二、本办法自发布之日起施行。\n" * 40
OLD_SHORT = "關於支持人才引進若干政策的通知"
OLD_LONG = (
    "一、對新引進的博士給予「一次性」安家補助40萬元，分三年撥付；碩士為10萬元。\r\n二、本辦法自發佈之日起施行。\n" * 40
)
WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("text", [SHORT, LONG, SHORT[:6]], ids=["short", "long", "six"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", *WIDE])
def test_simplified_text(encoding: str, text: str):
    assert decode(text.encode(encoding), "a", max_chars=10**6).text == text


@pytest.mark.parametrize("text", [OLD_SHORT, OLD_LONG], ids=["short", "long"])
@pytest.mark.parametrize("encoding", ["utf-8", "big5", "big5hkscs", "gb18030", *WIDE])
def test_traditional_text(encoding: str, text: str):
    found = decode(text.encode(encoding), "a", max_chars=10**6)
    assert found.text == text
    assert found.encoding.startswith("big5") == encoding.startswith("big5")


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs"])
def test_half_in_utf8(encoding: str):
    text = OLD_LONG[:400]
    found = decode(text.encode(encoding) + b"\n" + text.encode(), "a", max_chars=10**6)
    assert (found.text, found.guessed, found.replaced) == (f"{text}\n{text}", True, 0)


def test_one_line_in_another_encoding():
    text = LONG.encode() + LONG.split("\r\n", maxsplit=1)[0].encode("gb18030") + b"\n" + LONG.encode()
    found = decode(text, "a", max_chars=10**6)
    assert found.text == LONG + LONG.split("\r\n", maxsplit=1)[0] + "\n" + LONG
    assert found.guessed


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
def test_damage_costs_only_itself(encoding: str):
    text = OLD_LONG.encode(encoding)
    found = decode(text[:1001] + b"\xff" + text[1001:], "a", max_chars=10**6)
    assert found.text[:300] == OLD_LONG[:300]
    assert found.text[-300:] == OLD_LONG[-300:]
    assert found.replaced >= 1 or encoding != "utf-8"


def test_a_mark_that_lies():
    found = decode(b"\xff\xfe" + LONG.encode(), "a", max_chars=10**6)
    assert (found.text, found.encoding, found.guessed) == (LONG, "utf-8", True)


def test_a_declared_encoding_is_believed_only_when_it_fits():
    assert decode(SHORT.encode("gbk"), "a", max_chars=100, declared="big5").text == SHORT
    assert decode(SHORT.encode("gbk"), "a", max_chars=100, declared="utf-8").text == SHORT
    assert decode(SHORT.encode(), "a", max_chars=100, declared="gb2312").text == SHORT
    assert not decode(SHORT.encode("gbk"), "a", max_chars=100, declared="gb2312").guessed


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 500, bytes(range(256)) * 40, b"\x00\x00\x00\x07" * 99])
def test_what_is_no_text(content: bytes):
    with pytest.raises(UnreadableFile) as caught:
        decode(content, "a", max_chars=10**6)
    assert caught.value.code in ("ingest.binary", "ingest.encoding")
