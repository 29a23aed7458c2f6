"""Reads one text from two kinds of file and prints how far the clean texts agree (a tool for people).

``python tests/eval/pairs.py [--show]``: ten invented texts as docx and pdf, ten pages as html and txt, made by
LibreOffice. Agreement is the share of characters that a comparison of the two clean texts (difflib, twice the matched
characters by all) finds equal, any run of white space counted as one space. ``--show`` prints where they differ.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pair_sources import documents, pages

from pipeline.clean.steps import clean
from pipeline.core.document import Source
from pipeline.ingest.formats import read_source

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def convert(files: list[Path], target: str, out: Path) -> None:
    """Let LibreOffice write ``files`` in the format ``target`` into ``out``."""
    assert OFFICE, "LibreOffice is not installed"
    profile = f"-env:UserInstallation={(out.parent / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", target, "--outdir", str(out), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def read(path: Path) -> str:
    """Return the clean text of a file, runs of white space as one space."""
    content = path.read_bytes()
    raw = read_source(Source(path.name, str(path), "0" * 64, len(content)), content, max_chars=10**6)
    return re.sub(r"\s+", " ", clean(raw).text).strip()


def compare(name: str, first: Path, second: Path, show: bool) -> float:
    """Print and return the agreement of two files."""
    one, two = read(first), read(second)
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    share = matcher.ratio()
    print(f"{name:16}{first.suffix[1:]:>5} {len(one):6}{second.suffix[1:]:>5} {len(two):6}  {share:.4f}")
    for kind, a, b, c, d in matcher.get_opcodes() if show else ():
        if kind != "equal":
            print(f"    {one[max(0, a - 8) : a]}[{one[a:b]!r} | {two[c:d]!r}]{two[d : d + 8]}")
    return share


def main() -> None:
    show = "--show" in sys.argv
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given, out = Path(folder) / "given", Path(folder) / "out"
        given.mkdir()
        for kind, made in (("fodt", documents()), ("html", pages())):
            for name, text in made.items():
                (given / f"{name}.{kind}").write_text(text, encoding="utf-8")
        texts, sites = sorted(given.glob("*.fodt")), sorted(given.glob("*.html"))
        convert(texts, "docx:MS Word 2007 XML", out)
        convert(texts, "pdf", out)
        convert(sites, "txt:Text (encoded):UTF8", out)
        for label, pairs in (
            ("docx and pdf", [(out / f"{t.stem}.docx", out / f"{t.stem}.pdf") for t in texts]),
            ("html and txt", [(s, out / f"{s.stem}.txt") for s in sites]),
        ):
            shares = [compare(first.stem, first, second, show) for first, second in pairs]
            good = sum(share >= 0.995 for share in shares)
            print(f"{label}: {good} of {len(shares)} at 0.995, mean {sum(shares) / len(shares):.4f}")


if __name__ == "__main__":
    main()
