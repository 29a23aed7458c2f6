"""The report as one HTML file, and its pictures as files.

No script, nothing loaded from anywhere: a content security policy forbids both and names the style sheet by its digest.
All text goes through Jinja2's escaping; only our own pictures are put in as they are.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.charts import png, svg
from pipeline.core.files import completed
from pipeline.report.content import Figure
from pipeline.report.gather import Report
from pipeline.table.cells import printable
from pipeline.table.words import unwrap

Picture = Literal["svg", "png"]
# a file's name must not turn round what stands after it
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEMPLATES = Path(__file__).parent / "templates"


def render(report: Report) -> str:
    """Return the report as HTML, the same for the same report."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    hashed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters["n"] = _number
    environment.filters["flow"] = lambda text: Markup(unwrap(str(text)))  # escaped by then
    figures, tables, places = count(1), count(1), [source.id for source in report.sources]
    page = environment.get_template("report.html.j2").render(
        r=report,
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{hashed}'",
        picture=lambda figure: Markup(svg(figure.chart)),
        next_figure=lambda: next(figures),
        next_table=lambda: next(tables),
        cite=lambda *names: "".join(f"[{places.index(name) + 1}]" for name in names if name in places),
    )
    return page + "\n"


def _finalized(value: object) -> object:
    """Return a value as it goes into the page: no control characters, no marks of direction; nothing for None."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _DIRECTION.sub("", printable(value))
    return "" if value is None else value


def _number(value: float) -> str:
    """Return a figure with separators: 12,345."""
    return f"{value:,.0f}"


def write_report(report: Report, target: Path) -> None:
    """Write the report to ``target``. Raises PipelineError when it can't be written."""
    with completed(target) as fresh:
        fresh.write_text(render(report), encoding="utf-8", newline="\n")


def write_figures(figures: Sequence[Figure], folder: Path, forms: Sequence[Picture]) -> list[Path]:
    """Write each picture into ``folder``, numbered as in the report, and return the files.

    Raises PipelineError when one can't be written, and for PNG when no Chinese font is installed.
    """
    written = []
    for place, figure in enumerate(figures, 1):
        name = f"{place:02d}_{re.sub(r'[^0-9A-Za-z_-]', '_', figure.key)}"
        for form in forms:
            target = folder / f"{name}.{form}"
            content = png(figure.chart) if form == "png" else svg(figure.chart, standalone=True).encode()
            with completed(target) as fresh:
                fresh.write_bytes(content)
            written.append(target)
    return written
