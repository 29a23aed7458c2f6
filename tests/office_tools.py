"""LibreOffice for tests that need a file only it can make; they skip where it isn't installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def convert(content: bytes, name: str, target: str) -> bytes:
    """Return ``content`` (a file called ``name``) as LibreOffice writes it in the format ``target`` (「xls」)."""
    with converted(content, name, target) as folder:
        return (folder / name).with_suffix("." + target.partition(":")[0]).read_bytes()


def sheets(content: bytes, name: str) -> dict[str, list[list[str]]]:
    """Return sheet → the cells of a workbook as LibreOffice has them: values, not what is shown."""
    # comma, quotation mark, UTF-8, from line 1; no quotation marks about all texts, no formats; every sheet (-1)
    target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    with converted(content, name, target) as folder:
        stem = f"{Path(name).stem}-"
        return {
            path.stem.removeprefix(stem): list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"))))
            for path in folder.glob(f"{stem}*.csv")
        }


@contextmanager
def converted(content: bytes, name: str, target: str) -> Iterator[Path]:
    """Give the folder in which LibreOffice has converted ``content``."""
    assert OFFICE
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given = Path(folder) / name
        given.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [OFFICE, profile, "--headless", "--convert-to", target, "--outdir", folder, str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        yield Path(folder)
