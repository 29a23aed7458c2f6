"""Exceptions that reach the user; each carries a Chinese message ready to print."""

from __future__ import annotations


class PipelineError(Exception):
    """Wrong option, config or codebook: nothing was run. ``mistakes`` lists every one found, in Chinese."""

    def __init__(self, *mistakes: str) -> None:
        """Keep all ``mistakes``; each names the file and line or path, what was expected and what to do."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class UnreadableFile(Exception):
    """One source can't be read; the run goes on without it. ``code`` is a key of ``issues.CODES``."""

    def __init__(self, code: str, **detail: object) -> None:
        """Keep the issue code and the values its message template needs."""
        super().__init__(code)
        self.code = code
        self.detail = detail
