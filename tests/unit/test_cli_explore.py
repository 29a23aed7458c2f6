"""``cewen explore``: the address it tells, what it refuses, and that Ctrl-C ends it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from table_samples import build

from pipeline.cli.main import invoke

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore") / "结果"
    build(folder)
    return folder


@pytest.fixture
def started(out: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "pipeline", "explore", str(out), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    yield process
    guard.cancel()
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_it_serves_this_machine_until_ctrl_c(started: subprocess.Popen[str]) -> None:
    assert started.stderr is not None
    line = started.stderr.readline()
    found = re.fullmatch(r"请在浏览器中打开 (http://127\.0\.0\.1:\d+/)\n", line)
    assert found, line
    assert started.stderr.readline() == "按 Ctrl-C 停止。\n"
    with urlopen(found[1] + "measures.json") as answer:
        assert answer.status == 200
    started.send_signal(signal.SIGINT)
    told, said = started.communicate(timeout=30)
    assert started.returncode == 0
    assert (told, said) == ("", "已停止。\n")


def test_it_ends_soon_when_told_to_though_a_browser_keeps_a_connection(started: subprocess.Popen[str]) -> None:
    assert started.stderr is not None
    port = int(started.stderr.readline().rstrip("/\n").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as kept:
        kept.sendall(f"GET /issues.json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert kept.recv(4096).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        started.terminate()
        started.wait(timeout=30)
    assert time.monotonic() - began < 5


def test_a_busy_port(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert invoke(["explore", str(out), "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"端口 {port} 用不了" in told and "--port" in told


def test_no_finished_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["explore", str(tmp_path / "无")]) == 2
    assert "没有 knowledge.duckdb。请先运行 cewen run" in capsys.readouterr().err
    (tmp_path / "run.sqlite").write_bytes(b"")
    assert invoke(["explore", str(tmp_path)]) == 2
    assert "运行还没有完成" in capsys.readouterr().err
    (tmp_path / "knowledge.duckdb").write_bytes(b"broken")
    assert invoke(["explore", str(tmp_path)]) == 2
    assert "打不开" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "八千"])
def test_no_such_port(out: Path, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["explore", str(out), "--port", port]) == 2
    assert "--port" in capsys.readouterr().err
