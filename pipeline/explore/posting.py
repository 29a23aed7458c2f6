"""Forms that change something: taken only from the explorer's own pages, and only so long.

Every form carries a word the program made up when it started, which no page of another site can read; the browser
also tells where a request comes from.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

TOKEN = "token"
_LONGEST = 200_000
_FORM = "application/x-www-form-urlencoded"


def new_token() -> str:
    """Return a word to go with every form, new for each start of the program."""
    return secrets.token_urlsafe(32)


async def posted(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises HTTPException for one that is too long or not from a page of our own."""
    if not same_origin(request) or request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        raise HTTPException(403)
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST:
                raise HTTPException(413)
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    try:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200))
    except ValueError as error:
        raise HTTPException(400) from error
    if not hmac.compare_digest(fields.pop(TOKEN, "").encode(), str(request.app.state.token).encode()):
        raise HTTPException(403)
    return fields


def same_origin(request: Request) -> bool:
    """Tell whether a request says it comes from a page of this server; one that doesn't say is refused."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is not None and origin != f"http://{request.headers.get('host', '')}":
        return False
    if site is not None:
        return site == "same-origin"
    return origin is not None
