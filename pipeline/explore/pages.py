"""Pages and their twins: what a view returns, sent as HTML, as .json or as .csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.core.errors import PipelineError
from pipeline.explore.shown import FILTERS, inert
from pipeline.explore.store import Store
from pipeline.table.cells import as_json, csv_cell

FORMS = (".json", ".csv", "")
# name, label and address of each entry of the main navigation
NAVIGATION = (
    ("overview", "概览", "/"),
    ("documents", "文档", "/documents"),
    ("measures", "措施", "/measures"),
    ("codes", "编码", "/codes"),
    ("matrix", "交叉表", "/matrix"),
    ("compare", "比较", "/compare"),
    ("issues", "问题", "/issues"),
    ("review", "复核", "/review"),
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's table as CSV: file name without ending, headings, and the rows, read while they are sent."""

    name: str
    heads: Sequence[str]
    rows: Callable[[], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Page:
    """What a view found: for the template, for the JSON twin and for the CSV twin.

    ``section`` is the name of the entry in the main navigation this page belongs to.
    """

    title: str
    template: str
    sheet: Sheet
    data: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    section: str = ""
    status: int = 200


class Missing(PipelineError):
    """What was asked for isn't in the run: answered with 404."""


View = Callable[[Request, Store], Page]


def twin_routes(path: str, name: str, view: View) -> list[Route]:
    """Return the routes of a page and its twins: ``path``, ``path.json``, ``path.csv``; the twins' come first."""
    base = path if path != "/" else "/index"
    return [
        Route(path if not form else base + form, _endpoint(view, form), name=name + form, methods=["GET"])
        for form in FORMS
    ]


def _endpoint(view: View, form: str) -> Callable[[Request], Response]:
    """Return the endpoint that sends a view's page in one form; no coroutine, so Starlette runs it in a thread."""

    def endpoint(request: Request) -> Response:
        page = view(request, store_of(request))
        if form == ".json":
            return as_json_response(page.data, page.status)
        if form == ".csv" and page.status == 200:
            return _csv(page.sheet)
        return html(request, page.template, page.status, title=page.title, section=page.section, **page.values)

    return endpoint


def store_of(request: Request) -> Store:
    """Return the run a request is about."""
    store: Store = request.app.state.store
    return store


def html(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a rendered template; it knows the run's name, the request's path and its twins' addresses."""
    run = store_of(request).out.resolve().name
    text = ENVIRONMENT.get_template(template).render(request=request, run=run, twins=_twins(request), **values)
    return HTMLResponse(text, status)


def _twins(request: Request) -> dict[str, str]:
    """Return form → address of this page's twins, with the same questions."""
    path = "/index" if request.scope["path"] == "/" else request.scope["path"]
    asked = f"?{request.url.query}" if request.url.query else ""
    return {form[1:]: quote(path) + form + asked for form in FORMS if form}


def as_json_response(data: Any, status: int = 200) -> Response:
    """Return ``data`` as JSON."""
    text = json.dumps(data, ensure_ascii=False, indent=1, default=as_json)
    return Response(text, status, media_type="application/json; charset=utf-8")


def _csv(sheet: Sheet) -> Response:
    """Return a sheet as a CSV file to save, with a byte-order mark, sent as it is read."""
    name = quote(f"{inert(sheet.name)}.csv", safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"table.csv\"; filename*=UTF-8''{name}"}
    return StreamingResponse(_csv_text(sheet), media_type="text/csv; charset=utf-8", headers=headers)


def _csv_text(sheet: Sheet) -> Iterator[str]:
    """Yield the CSV text in pieces."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(sheet.heads)
    for number, row in enumerate(sheet.rows(), 1):
        writer.writerow([csv_cell(value) for value in row])
        if number % _BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _environment() -> Environment:
    """Return the templates' environment: everything escaped, an unknown name is an error, no control characters."""
    found = Environment(
        loader=PackageLoader("pipeline.explore"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_final,
    )
    found.filters.update(FILTERS)
    found.globals["navigation"] = NAVIGATION
    return found


def _final(value: Any) -> Any:
    """Return a value as templates print it: nothing for None, texts that control no terminal and turn nothing."""
    if value is None:
        return ""
    return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


ENVIRONMENT = _environment()
