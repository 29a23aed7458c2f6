"""Serving the explorer on 127.0.0.1 until it is interrupted."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.explore.app import create_app

HOST = "127.0.0.1"
PORT = 8765
_GRACE = 1


def serve(out: Path, *, port: int = PORT, started: Callable[[str], None]) -> None:
    """Serve the run in ``out`` until Ctrl-C; ``started`` is told the address once connections are taken.

    ``port`` 0 takes any free one. Raises PipelineError when ``out`` holds no finished run or the port isn't free.
    """
    import uvicorn

    app = create_app(out)
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE
    )
    # the server raises Ctrl-C again once it has stopped
    with _listen(port) as listener, suppress(KeyboardInterrupt):
        started(f"http://{HOST}:{listener.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    """Return a listening socket on this machine only. Raises PipelineError when the port isn't free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two programs have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        advice = "请用 --port 换一个端口，例如 --port 0 由系统选一个空闲的"
        raise PipelineError(f"端口 {port} 用不了（{error.strerror}）。{advice}") from error
    return listener
