"""The command ``cewen``: parses arguments, calls the package, prints. Importing it loads no heavy library."""

from __future__ import annotations

from pipeline.cli.main import cli, main

__all__ = ["cli", "main"]
