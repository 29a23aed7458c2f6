"""Finds the article in a web page: the smallest element that holds nearly all running text outside links.

Chosen over trafilatura after a trial on 43 saved pages: trafilatura lost half the body of some, put the fragments laid
out by tables into one line, kept controls of the page, and gave no cells. This walk lost furniture and copies only.
"""

from __future__ import annotations

import re
from typing import Any

# fmt: off
DROPPED = frozenset((
    "script", "style", "noscript", "noframes", "template", "iframe", "object", "embed", "svg", "canvas", "video",
    "audio", "map", "select", "option", "button", "input", "textarea", "nav", "footer", "aside", "dialog",
    "marquee", "head", "title",
    "meta", "link",
))
# fmt: on
# share of the page's sentences that a child must hold for the search to go on in it, and what may be left outside
_HOLDS, _LEFT_OUT = 0.8, 25
# a page with fewer characters of sentences is a list or a form: then all text counts
_LEAST_SENTENCES = 120
_LINKS = 0.6
_SENTENCE = re.compile(r"[。；]|.{24}，|，.{24}", re.S)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|rar|zip|ofd)(?:$|\?)", re.I)
_FURNITURE = re.compile(
    r"\b(?:footer|breadcrumb|crumbs?|sidebar|share|toolbar|copyright|menu|navbar|pagination)\b", re.I
)
# fmt: off
_LEAVES = frozenset((
    "p", "tr", "td", "th", "table", "tbody", "span", "font", "h1", "h2", "h3", "h4", "ul", "ol", "li",
))
# fmt: on
# lines that belong to the page's controls, not to what is said
_CONTROL = re.compile(
    r"扫一扫.{0,8}(?:当前页|本页)|分享到?[:：]?|打印(?:本页)?|关闭(?:窗口|本页)?|收藏|返回顶部|相关(?:附件|新闻|稿件|链接)|"
    r"【?字(?:体|号)[大小]*[:：]?[\[【\s大中小\]】]*|\d*-?次|我要纠错|分享到[:：]?.{0,6}观看|[+\-×↺]"
)


def is_control(line: str) -> bool:
    """Tell whether a line is only a control of the page (share, print, font size)."""
    return _CONTROL.fullmatch(line.strip()) is not None


def article(root: Any) -> Any:
    """Return the element with the article, the body if none stands out. Takes out of the tree what can't be text."""
    body = root.find(".//body")
    body = root if body is None else body
    _take_out(body)
    scores = _scores(body, only_sentences=True)
    if scores[body] < _LEAST_SENTENCES:
        scores = _scores(body, only_sentences=False)
    node = body
    while True:
        best = max((child for child in node if isinstance(child.tag, str)), key=lambda c: scores[c], default=None)
        if best is None or best.tag in _LEAVES or not scores[best]:
            return _with_table(node)
        left_out = scores[node] - scores[best]
        if scores[best] < _HOLDS * scores[body] or left_out > _LEFT_OUT or _has_table(node, best):
            return _with_table(node)
        node = best


def _has_table(node: Any, best: Any) -> bool:
    """Tell whether a table with text stands in ``node`` beside ``best``."""
    tables = (t for child in node if child is not best and isinstance(child.tag, str) for t in child.iter("table"))
    return any(len("".join(table.text_content().split())) > _LEFT_OUT for table in tables)


def _with_table(node: Any) -> Any:
    """Return ``node``, widened to the table it's part of: a row can't be read alone."""
    while node.tag in ("tr", "tbody", "thead"):
        node = node.getparent()
    return node


def _take_out(body: Any) -> None:
    """Remove scripts, controls, comments and what's hidden, unless that is most of the page."""
    total = max(len(body.text_content()), 1)
    for node in list(body.iter()):
        if node is body or node.getparent() is None:
            continue
        if (
            not isinstance(node.tag, str)
            or node.tag in DROPPED
            or (_is_hidden(node) and len(node.text_content()) < total / 2)
        ):
            _drop(node)


def _is_hidden(node: Any) -> bool:
    """Tell whether an element itself says that it isn't shown."""
    return node.get("hidden") is not None or _HIDDEN.search(node.get("style") or "") is not None


def _drop(node: Any) -> None:
    """Remove an element but keep the text after it."""
    parent, tail = node.getparent(), node.tail
    if tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(node)


def _scores(body: Any, *, only_sentences: bool) -> dict[Any, int]:
    """Return the characters of text in each element, those of links left out; or only those in pieces of sentences."""
    scores: dict[Any, int] = {}
    for node in reversed([n for n in body.iter() if isinstance(n.tag, str)]):
        own = _weight(node.text, only_sentences)
        for child in node:
            own += scores.get(child, 0) + _weight(child.tail, only_sentences)
        scores[node] = 0 if node.tag == "a" else own
    return scores


def _weight(text: str | None, only_sentences: bool) -> int:
    """Return the length of a piece of text, 0 if it isn't part of a sentence and only those count."""
    stripped = (text or "").strip()
    if only_sentences and (len(stripped) < 10 or not _SENTENCE.search(stripped)):
        return 0
    return len(stripped)


def is_link_list(node: Any) -> bool:
    """Tell whether an element within the article is a list of links to elsewhere (related pages, shares, tabs).

    Links to files are attachments and stay; so does a paragraph with links in it.
    """
    if node.tag not in ("ul", "ol", "dl", "div", "section"):
        return False
    links = node.findall(".//a")
    if len(links) < 2 or any(_FILE.search(link.get("href") or "") for link in links):
        return bool(_FURNITURE.search(f"{node.get('class') or ''} {node.get('id') or ''}")) and not _runs(node)
    text = re.sub(r"\s+", "", node.text_content())
    linked = sum(len(re.sub(r"\s+", "", link.text_content())) for link in links)
    return linked >= _LINKS * len(text) and "。" not in text


def _runs(node: Any) -> bool:
    """Tell whether an element holds sentences."""
    return "。" in (node.text_content() or "")
