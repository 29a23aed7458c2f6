"""The topics of a run as one HTML file: no script, nothing loaded from anywhere, all text escaped.

A content security policy forbids scripts and requests, so that no title or term could bring either in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pipeline.core.files import completed
from pipeline.export.topic_chart import Point, years_chart
from pipeline.table.cells import printable
from pipeline.table.words import unwrap
from pipeline.topics.relevance import Relevant

_LEVELS = 8  # shades of a table's cells
_ROW, _LEFT, _RIGHT = 24, 132, 250  # a bar's height, where bars begin, how long the longest is
_TERM = 8  # characters of a term a bar has room for

_STYLE = """
:root{--ink:#1d2733;--soft:#5b6b7b;--line:#d9e0e7;--back:#f6f8fa;--card:#fff;--dark:#1f5f99;--pale:#bcd3e8}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);line-height:1.6;font-family:system-ui,-apple-system,"PingFang SC",
"Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","WenQuanYi Micro Hei",
SimHei,sans-serif}
main{max-width:1080px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;margin:.4em 0}h2{font-size:1.2rem;margin:1.6em 0 .6em}h3{font-size:1rem;margin:1em 0 .3em}
p{margin:.4em 0}.soft{color:var(--soft);font-size:.875rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{padding:5px 9px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
tr:last-child td{border-bottom:0}th{font-weight:600;color:var(--soft)}
th.t{position:sticky;left:0;background:var(--card);color:var(--ink);min-width:8em;max-width:13em}
a{color:var(--dark)}
section{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 16px 12px;margin:12px 0}
section h2{margin:.6em 0 .2em}.two{display:grid;grid-template-columns:minmax(0,400px) minmax(0,1fr);gap:0 24px}
svg{width:100%;max-width:400px;height:auto;display:block}svg text{font-size:13px;fill:var(--ink)}
.own{fill:var(--dark)}.all{fill:var(--pale)}
blockquote{margin:.5em 0;padding:.1em 0 .1em .8em;border-left:3px solid var(--pale);overflow-wrap:anywhere}
ul{margin:.2em 0;padding-left:1.2em;overflow-wrap:anywhere}
svg.years{max-width:520px}.years text{font-size:12px;fill:var(--soft)}.grid{stroke:var(--line)}
.band{fill:var(--pale);opacity:.6}.line,.whisker{stroke:var(--dark);stroke-width:2}.line.gap{stroke-dasharray:4 4}
.whisker{stroke:var(--pale);stroke-width:6}.few{fill:var(--card);stroke:var(--dark);stroke-width:1.5}
small{white-space:nowrap}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;vertical-align:-1px}
.h0{background:#fff}.h1{background:#eef4fa}.h2{background:#dbe9f5}.h3{background:#c3daee}.h4{background:#a5c7e5}
.h5{background:#80afd8}.h6{background:#5a94c8}.h7{background:#3679b5}.h6,.h7{color:#fff}
@media(max-width:720px){main{padding:10px}.two{display:block}section{padding:4px 12px 10px}.w{display:none}}
@media print{body{background:#fff}section{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A passage: what it says, in which file, under which heading, where."""

    quote: str
    source_name: str
    heading: str
    where: str


@dataclass(frozen=True, slots=True)
class TopicCard:
    """One topic; ``documents`` are name, title and weight; ``stability`` from 0 to 1 when it was looked at."""

    topic_id: str
    label: str
    share: float
    n_documents: int
    coherence: float | None
    bars: tuple[Relevant, ...]
    documents: tuple[tuple[str, str, float], ...]
    places: tuple[Place, ...]
    stability: float | None = None


@dataclass(frozen=True, slots=True)
class GroupShares:
    """The shares of each topic (its id) in groups of documents, in their order, and the q of whether they differ.

    ``years``: the groups are years, their labels numbers, drawn in each topic's card.
    """

    name: str
    points: dict[str, tuple[Point, ...]]
    q: dict[str, float | None]
    notes: tuple[str, ...] = ()
    years: bool = False


@dataclass(frozen=True, slots=True)
class TopicPage:
    """All the page shows; ``fitted``: so many of what (「588 篇文档」); ``notes`` are warnings in whole sentences.

    ``choice`` is the section of ``topic_choice`` about numbers of topics, "" for none.
    """

    model: str
    seed: int
    fitted: str
    n_documents: int
    topics: tuple[TopicCard, ...]
    groups: tuple[GroupShares, ...]
    notes: tuple[str, ...] = ()
    choice: str = ""


def write_page(page: TopicPage, target: Path) -> None:
    """Write the page to ``target``. Raises PipelineError when it can't be written."""
    with completed(target) as fresh:
        fresh.write_text(render(page), encoding="utf-8", newline="\n")


def render(page: TopicPage) -> str:
    """Return the page as HTML, the same for the same page."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: TopicPage) -> Iterator[str]:
    """Yield the page's lines."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>主题：{len(page.topics)} 个主题，{page.n_documents} 篇文档</title>"
    yield f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{len(page.topics)} 个主题，{page.n_documents} 篇文档</h1>"
    fitted = f"用 {_text(page.fitted)}建立，种子 {page.seed}"
    yield f'<p class="soft">模型 {_text(page.model)}，{fitted}。主题由词的共现得出，名称取权重最大的几个词；'
    yield "是不是一个有意义的主题，请对照原文判断。</p>"
    yield from (f"<p>{_text(note)}</p>" for note in page.notes)
    yield from _overview(page.topics)
    for topic in page.topics:
        yield from _card(topic, next((group for group in page.groups if group.years), None))
    for group in page.groups:
        yield from _group(group, page.topics)
    yield page.choice
    yield "</main>\n</body>\n</html>"


def _overview(topics: Sequence[TopicCard]) -> Iterator[str]:
    """Yield the list of topics."""
    stable = any(topic.stability is not None for topic in topics)
    heads = ["文档数", "占比", "一致性", *(["稳定性"] if stable else [])]
    yield '<div class="scroll"><table><thead><tr><th>主题</th>'
    yield "".join(f'<th class="n">{head}</th>' for head in heads) + '<th class="w">主题词</th></tr></thead><tbody>'
    for topic in topics:
        figures = [str(topic.n_documents), f"{topic.share:.1%}", _figure(topic.coherence)]
        figures += [_figure(topic.stability)] if stable else []
        link = f'<a href="#{_text(topic.topic_id)}">{_text(topic.topic_id)} {_text(topic.label)}</a>'
        words = "、".join(_text(bar.term) for bar in topic.bars)
        cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
        yield f'<tr><td>{link}</td>{cells}<td class="w">{words}</td></tr>'
    yield "</tbody></table></div>"
    if stable:
        yield '<p class="soft">稳定性：多次抽样其中的 80% 重建，主题词重合的平均（Jaccard），0 到 1。</p>'
    words = "文档数：以它为最大主题的文档。占比：在所有文档中的平均权重。一致性：NPMI，-1 到 1，越大主题词越常同现。"
    yield f'<p class="soft">{words}主题词按相关度排列（λ = 0.6）。</p>'


def _figure(value: float | None, digits: int = 2) -> str:
    """Return a figure with ``digits`` behind the point; – where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def _card(topic: TopicCard, years: GroupShares | None) -> Iterator[str]:
    """Yield one topic, with its shares by year if there are."""
    yield f'<section id="{_text(topic.topic_id)}"><h2>{_text(topic.topic_id)} {_text(topic.label)}</h2>'
    stability = "" if topic.stability is None else f"，稳定性 {topic.stability:.2f}"
    coherence = f"，一致性 {_figure(topic.coherence)}{stability}"
    yield f'<p class="soft">最大主题的文档 {topic.n_documents} 篇，占比 {topic.share:.1%}{coherence}</p>'
    yield '<div class="two"><div><h3>主题词</h3>'
    yield from _svg(topic)
    keys = ("own", "var(--dark)", "本主题中"), ("all", "var(--pale)", "全部主题中")
    legend = "　".join(f'<span class="key" style="background:{color}"></span> {name}' for _, color, name in keys)
    yield f'<p class="soft">{legend}（估计频次）</p>'
    yield "</div><div>"
    if years is not None:
        points = [(int(point.label), point) for point in years.points[topic.topic_id]]
        if drawing := list(years_chart(points, f"{printable(topic.topic_id)} 各年的占比")):
            yield "<h3>各年的占比</h3>"
            yield from drawing
            yield '<p class="soft">浅色为 95% 区间（按文档自助法）；空心圆的年份文档太少，没有区间。</p>'
    yield "<h3>文档</h3><ul>"
    for name, title, weight in topic.documents:
        yield f'<li>{_text(name)}　<span class="soft">{weight:.2f}　{_text(title)}</span></li>'
    yield "</ul></div></div><h3>原文</h3>"
    for place in topic.places:
        heading = f"　{_text(place.heading)}" if place.heading else ""
        where = f"{_text(place.source_name)}　{_text(place.where)}{heading}"
        yield f'<blockquote>{_text(place.quote)}<br><span class="soft">{where}</span></blockquote>'
    if not topic.places:
        yield '<p class="soft">没有长短合适、含有主题词的段落。</p>'
    yield "</section>"


def _svg(topic: TopicCard) -> Iterator[str]:
    """Yield the bars of a topic's words: how often in this topic, over how often in all."""
    longest = max((bar.overall for bar in topic.bars), default=0.0) or 1.0
    height = _ROW * len(topic.bars)
    label = f"{topic.topic_id} 的主题词"
    yield f'<svg viewBox="0 0 {_LEFT + _RIGHT + 4} {height}" role="img" aria-label="{_text(label)}">'
    for number, bar in enumerate(topic.bars):
        y = number * _ROW
        term = bar.term if len(bar.term) <= _TERM else bar.term[: _TERM - 1] + "…"
        told = f"{bar.term}：本主题占 {min(bar.here / bar.overall, 1):.0%}" if bar.overall else bar.term
        yield f"<g><title>{_text(told)}</title>"
        yield f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{_text(term)}</text>'
        for kind, value in (("all", bar.overall), ("own", bar.here)):
            wide = max(round(_RIGHT * value / longest, 1), 1.0)
            yield f'<rect class="{kind}" x="{_LEFT}" y="{y + 5}" width="{wide}" height="14" rx="2"/>'
        yield "</g>"
    yield "</svg>"


def _group(group: GroupShares, topics: Sequence[TopicCard]) -> Iterator[str]:
    """Yield the table of topics by group; nothing when there is no group or only one."""
    heads = next(iter(group.points.values()), ())
    if len(heads) < 2:
        return
    yield f'<h2>主题 × {_text(group.name)}</h2><div class="scroll"><table><thead><tr><th class="t">主题</th>'
    yield "".join(f'<th class="n">{_text(head.label)}<br>{head.documents} 篇</th>' for head in heads)
    yield '<th class="n">q</th></tr></thead><tbody>'
    most = max((point.share for points in group.points.values() for point in points), default=0.0) or 1.0
    for topic in topics:
        cells = "".join(_cell(point, most) for point in group.points[topic.topic_id])
        q = f'<td class="n">{_figure(group.q[topic.topic_id], 3)}</td>'
        yield f'<tr><th class="t">{_text(topic.topic_id)} {_text(topic.label)}</th>{cells}{q}</tr>'
    yield "</tbody></table></div>"
    yield f'<p class="soft">{_text("；".join(group.notes))}。</p>'


def _cell(point: Point, most: float) -> str:
    """Return the cell of a share with its interval, the darker the larger; one of few documents is set off."""
    shade = f"h{min(int(point.share / most * _LEVELS), _LEVELS - 1)}"
    if point.interval is None:
        return f'<td class="n {shade}"><i>{point.share:.0%}</i></td>'
    low, high = point.interval
    return f'<td class="n {shade}">{point.share:.0%}<br><small>{low:.0%}–{high:.0%}</small></td>'


def _text(value: str) -> str:
    """Return ``value`` on one line, safe inside HTML and its attributes."""
    return escape(unwrap(printable(value)), quote=True)
