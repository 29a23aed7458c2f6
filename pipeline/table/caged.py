"""One question of a person in a process of its own, with limits on time, memory and the size of the answer.

DuckDB stops between steps only: one call, such as ``levenshtein`` of two texts of a million characters, can't be
interrupted, and may take memory beside DuckDB's own limit. A process can be ended, and no question can bring down the
program that asked. Linux holds the process to ``MEMORY`` bytes; elsewhere only DuckDB's limit (1 GB) holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.permitted import check
from pipeline.table.query import connect, too_long, translated

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS, MOST_BYTES = 2_000_000, 1 << 30
MEMORY = 4 << 30
_REFUSED, _TOO_LONG = 2, 4
# what an interrupted question gets to stop by itself, and what starting a process may take on a busy machine
_TO_STOP, _TO_START = 2.0, 60.0
# no file for what memory has no room for
_MORE = {"max_temp_directory_size": "0KB"}
_BATCH_ROWS = 10_000
_CODE = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import pipeline.table.caged as c; c.main()"


def ask(out: Path, sql: str, *, limit: int | None, seconds: float) -> pa.Table:
    """Return the answer to ``sql`` over the run in ``out``, at most ``limit`` rows. Raises PipelineError as ``query``.

    The answer has at most ``MOST_ROWS`` rows and ``MOST_BYTES`` bytes.
    """
    import pyarrow as pa

    asked = json.dumps({"out": str(out.absolute()), "sql": sql, "limit": limit, "seconds": seconds})
    path = [str(Path(part).absolute()) for part in sys.path]
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CODE, json.dumps(path)],
            input=asked.encode(),
            capture_output=True,
            timeout=seconds + _TO_STOP + _TO_START,
            env=os.environ | {"PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PipelineError(too_long(seconds)) from error
    if done.returncode == _REFUSED:
        raise PipelineError(*json.loads(done.stderr))
    if done.returncode == _TOO_LONG:
        raise PipelineError(too_long(seconds))
    if done.returncode:
        last = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-1:]
        words = f"（{last[0][:200]}）" if last else ""
        raise PipelineError(f"查询用的内存过多或出了故障，查询进程已结束{words}。请加上条件或 LIMIT 再试")
    return pa.ipc.open_stream(pa.py_buffer(done.stdout)).read_all()


def main() -> None:
    """Answer the question on standard input with an Arrow stream on standard output, mistakes on standard error."""
    asked = json.loads(sys.stdin.buffer.read())
    _hold()
    over = threading.Timer(asked["seconds"] + _TO_STOP, os._exit, (_TOO_LONG,))
    over.daemon = True
    over.start()
    try:
        answer(asked, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except PipelineError as error:
        sys.stderr.buffer.write(json.dumps(error.mistakes).encode())
        sys.stderr.buffer.flush()
        os._exit(_REFUSED)
    os._exit(0)


def _hold() -> None:
    """Hold this process to ``MEMORY`` bytes, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def answer(asked: dict[str, Any], stream: IO[bytes]) -> None:
    """Write the answer to ``asked`` (out, sql, limit, seconds) as an Arrow stream. Raises PipelineError."""
    import pyarrow as pa

    sql, limit = asked["sql"], asked["limit"]
    with connect(Path(asked["out"]), **_MORE) as connection:
        check(connection, sql)
        with translated(connection, sql, asked["seconds"]):
            relation = connection.sql(sql)
            if limit is not None:
                relation = relation.limit(limit)
            rows = size = 0
            reader = relation.to_arrow_reader(_BATCH_ROWS)
            with pa.ipc.new_stream(stream, reader.schema) as writer:
                for batch in reader:
                    rows, size = rows + batch.num_rows, size + batch.nbytes
                    if rows > MOST_ROWS or size > MOST_BYTES:
                        raise PipelineError(
                            f"结果超过 {MOST_ROWS // 10_000} 万行或 {MOST_BYTES >> 30}GB，已停止。"
                            "请加上条件、汇总或 LIMIT；整张的表在结果目录的 tables 中（Parquet）"
                        )
                    writer.write_batch(batch)
