"""The explorer as a Starlette application: its routes, and what is answered to mistakes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.core.errors import PipelineError
from pipeline.explore.asking import in_words
from pipeline.explore.codes import code_page, codes_page
from pipeline.explore.compare import compare_page
from pipeline.explore.corrections import corrections_page
from pipeline.explore.document import document_page
from pipeline.explore.documents import documents_page
from pipeline.explore.guard import HEADERS, Guard
from pipeline.explore.issues import issues_page
from pipeline.explore.matrix import matrix_page, quotes_page
from pipeline.explore.measures import measure_page, measures_page
from pipeline.explore.overview import overview_page
from pipeline.explore.pages import Missing, as_json_response, html, twin_routes
from pipeline.explore.posting import new_token
from pipeline.explore.printed import picture_file, printed_page
from pipeline.explore.review import answer, review_page
from pipeline.explore.store import Store

STATIC = Path(__file__).with_name("static")
_REASONS = {
    400: "没有收全",
    403: "没有采用：请从本页面上提交，页面旧了请先刷新",
    404: "没有这一页",
    405: "不能这样访问这一页",
    413: "没有采用：内容太长",
}


def routes() -> list[BaseRoute]:
    """Return all addresses of the explorer."""
    return [
        *twin_routes("/", "overview", overview_page),
        *twin_routes("/documents", "documents", documents_page),
        Route("/doc/{doc_id}/page/{page}.png", picture_file, name="picture"),
        *twin_routes("/doc/{doc_id}/page/{page}", "printed", printed_page),
        *twin_routes("/doc/{doc_id}", "document", document_page),
        *twin_routes("/measures", "measures", measures_page),
        *twin_routes("/measure/{measure_id}", "measure", measure_page),
        *twin_routes("/codes", "codes", codes_page),
        *twin_routes("/code", "code", code_page),
        *twin_routes("/matrix", "matrix", matrix_page),
        *twin_routes("/matrix/quotes", "quotes", quotes_page),
        *twin_routes("/compare", "compare", compare_page),
        *twin_routes("/issues", "issues", issues_page),
        *twin_routes("/review", "review", review_page),
        Route("/review", answer, name="answer", methods=["POST"]),
        *twin_routes("/corrections", "corrections", corrections_page),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def create_app(out: Path) -> Starlette:
    """Return the application over the finished run in ``out``. Raises PipelineError when there is none."""
    store = Store(out)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(
        routes=routes(),
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: _refused, PipelineError: _mistaken, Exception: _broken},
        lifespan=lifespan,
    )
    app.state.store = store
    app.state.token = new_token()
    return app


def _refused(request: Request, error: Exception) -> Response:
    """Answer an address that isn't there, or a method it doesn't take."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _answer(request, status, _REASONS.get(status, "出错了"), [])


def _mistaken(request: Request, error: Exception) -> Response:
    """Answer a question with mistakes, or after something that isn't in the run."""
    mistakes = in_words(error.mistakes) if isinstance(error, PipelineError) else [str(error)]
    if isinstance(error, Missing):
        return _answer(request, 404, "没有找到", mistakes)
    return _answer(request, 400, "这样问不了", mistakes)


def _broken(request: Request, _error: Exception) -> Response:
    """Answer where the program failed; the server goes on, and what happened is told where it was started.

    This answer doesn't pass the guard, so it brings the headers itself.
    """
    told = _answer(
        request, 500, "程序出错了", ["这是程序的缺陷。出错的经过写在启动 cewen explore 的窗口里，请报告给开发者"]
    )
    told.headers.update(HEADERS)
    return told


def _answer(request: Request, status: int, title: str, mistakes: list[str]) -> Response:
    """Return an error as a page, or as JSON where JSON was asked for."""
    if request.scope["path"].endswith(".json"):
        return as_json_response({"error": title, "mistakes": mistakes}, status)
    return html(request, "error.html", status, title=title, section="", mistakes=mistakes)
