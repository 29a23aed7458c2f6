"""A chart as SVG that may stand in a page: no style attributes, no ids, nothing that runs or is fetched.

Words stay words. The same chart gives the same bytes. Colours and fonts are presentation attributes, so that a page's
style sheet may override them (``.chart-ink``, ``.chart-soft`` …), and a strict content security policy lets them be.
"""

from __future__ import annotations

import io
import re

from lxml import etree

from pipeline.charts.drawing import Box, Chart, Shape
from pipeline.charts.paint import FAMILY, painted, painting

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_MEASURE = "DejaVu Sans"  # comes with matplotlib: words have the same place on every machine
_MARK = "shape-"
_NUMBER = re.compile(r"-?\d+\.\d+")
_DROPPED = ("font-family", "stroke-dashoffset", "font-style", "font-stretch", "font-variant")


def svg(chart: Chart, *, standalone: bool = False) -> str:
    """Return the chart as an ``<svg>`` element, or with ``standalone`` as the text of a file."""
    buffer = io.BytesIO()
    with painting():
        figure = painted(chart, _MEASURE, name=lambda place: f"{_MARK}{place}")
        figure.patch.set_visible(standalone)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = etree.fromstring(buffer.getvalue(), etree.XMLParser(resolve_entities=False, no_network=True))
    drawn = _shapes(root, chart)
    fresh = etree.Element(f"{_SVG}svg", nsmap={None: _SVG[1:-1]})
    for key, value in _root(chart).items():
        fresh.set(key, value)
    etree.SubElement(fresh, f"{_SVG}title").text = chart.title
    etree.SubElement(fresh, f"{_SVG}desc").text = chart.desc
    if standalone:
        etree.SubElement(fresh, f"{_SVG}rect", width="100%", height="100%", fill="#ffffff")
    for one in drawn:
        fresh.append(one)
    _one_stop(fresh)
    text = etree.tostring(fresh, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n' if standalone else text


def _root(chart: Chart) -> dict[str, str]:
    """Return the attributes of the whole; with links in it, it must not be read as one picture."""
    linked = any(getattr(shape, "link", "") for shape in chart.shapes)
    return {
        "class": "chart",
        "role": "group" if linked else "img",
        "aria-label": chart.title,
        "viewBox": f"0 0 {chart.width:g} {chart.height:g}",
        "width": f"{chart.width:g}",
        "height": f"{chart.height:g}",
        "font-family": FAMILY,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }


def _shapes(root: etree._Element, chart: Chart) -> list[etree._Element]:
    """Return what was drawn of each shape, in order, as plain elements."""
    found = []
    for group in root.iter(f"{_SVG}g"):
        name = group.get("id", "")
        if name.startswith(_MARK):
            shape = chart.shapes[int(name.removeprefix(_MARK))]
            found += [_plain(child, shape) for child in group]
    return found


def _plain(element: etree._Element, shape: Shape) -> etree._Element:
    """Return an element with attributes for styles, places to a hundredth, and the shape's tip as its title."""
    fresh = etree.Element(element.tag)
    for key, value in element.attrib.items():
        if key == _HREF:
            fresh.set("href", value)
        elif key == "style":
            _set_style(fresh, value)
        elif key in ("d", "x", "y"):
            fresh.set(key, " ".join(_NUMBER.sub(lambda n: f"{float(n[0]):.2f}".rstrip("0").rstrip("."), value).split()))
    fresh.text = (element.text or "").strip() if len(element) else element.text
    for child in element:
        fresh.append(_plain(child, shape))
    if element.tag != f"{_SVG}a":
        kind = "mark" if isinstance(shape, Box) else shape.kind
        fresh.set("class", f"chart-{kind}")
        if shape.tip:
            title = etree.Element(f"{_SVG}title")
            title.text = shape.tip
            title.tail, fresh.text = fresh.text, None
            fresh.insert(0, title)
    return fresh


def _set_style(element: etree._Element, style: str) -> None:
    """Set the declarations of a style attribute as attributes."""
    for one in style.split(";"):
        key, _, value = one.partition(":")
        if key.strip() and key.strip() not in _DROPPED:
            element.set(key.strip(), value.strip())


def _one_stop(root: etree._Element) -> None:
    """Let the keyboard stop once at neighbouring links to one page: a bar and its name."""
    before = None
    for link in root.iter(f"{_SVG}a"):
        if link.get("href") == before:
            link.set("tabindex", "-1")
            link.set("aria-hidden", "true")
        before = link.get("href")
