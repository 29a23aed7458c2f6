"""What every answer is checked against and sent with: who may ask, and what a page may load.

A page of another site whose name was made to lead here (DNS rebinding) gives itself away by its Host header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost"})
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NO_STORE = "no-store"


class Guard:
    """ASGI middleware: refuses foreign hosts and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif host_of(Headers(scope=scope).get("host", "")) in HOSTS:
            await self.app(scope, receive, _with_headers(send))
        else:
            refusal = PlainTextResponse("只接受本机地址（127.0.0.1）的访问。\n", status_code=421)
            await refusal(scope, receive, _with_headers(send))


def host_of(header: str) -> str:
    """Return the name in a Host header, without the port, in lower case."""
    name, colon, port = header.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() else header.strip().lower()


def _with_headers(send: Send) -> Send:
    """Return ``send`` with the headers added; pages aren't kept by the browser, static files may be."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", _NO_STORE)
        await send(message)

    return sending
