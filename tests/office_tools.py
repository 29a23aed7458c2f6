"""LibreOffice for tests that need a file only it can make; they skip where it isn't installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def convert(content: bytes, name: str, target: str) -> bytes:
    """Return ``content`` (a file called ``name``) as LibreOffice writes it in the format ``target`` (「xls」)."""
    assert OFFICE
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given = Path(folder) / name
        given.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [OFFICE, profile, "--headless", "--convert-to", target, "--outdir", folder, str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return given.with_suffix("." + target.partition(":")[0]).read_bytes()
