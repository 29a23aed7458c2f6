"""A bound on the memory that one page of a PDF may take, so that a hostile file can't take the machine's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST = 2 * 1024**3  # bytes; the largest page of real files seen takes a tenth of it
_STATM = Path("/proc/self/statm")


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let the process take at most two gigabytes more while the block runs; where the system can't, do nothing.

    pdfium ends its process when it gets no memory. In a run that's a worker, whose document is then reported as
    ``run.crashed``.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    most = taken + _MOST
    if before[0] != resource.RLIM_INFINITY and before[0] <= most:
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
