"""Word 97–2003 (and WPS) files, by another program: LibreOffice makes a docx of them, antiword and catdoc text."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest.docx import read_docx
from pipeline.ingest.programs import Done, programs, run, workspace

MEDIA_TYPE = "application/msword"
_MOST_BYTES_PER_CHAR = 4
_LOCKED = re.compile(r"encrypt|password", re.I)
# A fresh profile: no macro runs, nothing linked is fetched.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@dataclass(slots=True)
class _Failures:
    """Why programs failed, and whether time ran out for one."""

    said: list[str] = field(default_factory=list)
    late: bool = False

    def add(self, name: str, done: Done, seconds: float) -> None:
        """Note how a program ended."""
        how = f"超过 {seconds:.0f} 秒" if done.code is None else f"退出代码 {done.code}"
        self.said.append(f"{name} {how} {done.said}".strip())
        self.late |= done.code is None


def read_doc(source: Source, content: bytes, *, max_chars: int, seconds: float) -> RawText:
    """Return the document's text, with blocks where LibreOffice reads it.

    ``seconds`` are for all programs together. Raises UnreadableFile: ``ingest.tool-missing``, ``tool-failed``,
    ``tool-timeout``, ``encrypted`` and what ``read_docx`` raises.
    """
    found = programs()
    if not found:
        raise UnreadableFile("ingest.tool-missing", name=source.name, detail="Word 97–2003 文件")
    deadline = time.monotonic() + seconds
    failures = _Failures()
    for name, path in found:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        with workspace() as folder:
            given = folder / "in.doc"
            given.write_bytes(content)
            by_office = name in ("soffice", "libreoffice")
            raw = (_by_office if by_office else _by_printer)(source, given, path, left, max_chars, failures)
        if raw is not None:
            return replace(raw, media_type=MEDIA_TYPE)
    detail = "；".join(failures.said)
    if _LOCKED.search(detail):
        raise UnreadableFile("ingest.encrypted", name=source.name)
    code = "ingest.tool-timeout" if failures.late else "ingest.tool-failed"
    raise UnreadableFile(code, name=source.name, detail=detail[:300])


def _by_office(
    source: Source, given: Path, path: str, seconds: float, max_chars: int, failures: _Failures
) -> RawText | None:
    """Return what LibreOffice reads, None (and why, in ``failures``) when it can't."""
    profile, out = given.parent / "profile", given.parent / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    options = ("--headless", "--norestore", "--nolockcheck", "--nologo", "--nodefault", "--infilter=MS Word 97")
    command = [path, f"-env:UserInstallation={profile.as_uri()}", *options]
    command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(out), str(given)]
    done = run(command, given.parent, seconds)
    made = out / "in.docx"
    if not made.is_file():
        failures.add("LibreOffice", done, seconds)
        return None
    try:
        return read_docx(source, made.read_bytes(), max_chars=max_chars)
    except UnreadableFile as error:
        if error.code in ("ingest.too-long", "ingest.too-large"):
            raise
        failures.said.append(f"LibreOffice 转出的 docx 读不出来（{error.code}）")
        return None


def _by_printer(
    source: Source, given: Path, path: str, seconds: float, max_chars: int, failures: _Failures
) -> RawText | None:
    """Return what antiword or catdoc prints, None (and why, in ``failures``) when it can't."""
    name = Path(path).stem
    options = ("-m", "UTF-8.txt", "-w", "0") if name == "antiword" else ("-d", "utf-8", "-w")
    printed = given.parent / "printed"
    done = run((path, *options, str(given)), given.parent, seconds, printed)
    size = printed.stat().st_size
    if size > max_chars * _MOST_BYTES_PER_CHAR:
        raise UnreadableFile("ingest.too-large", name=source.name, size=size, limit=max_chars * _MOST_BYTES_PER_CHAR)
    text = printed.read_bytes().decode("utf-8", "replace").replace("\f", "\n").strip()
    if done.code != 0 or not text:
        failures.add(name, done, seconds)
        return None
    if len(text) > max_chars:
        raise UnreadableFile("ingest.too-long", name=source.name, count=len(text), limit=max_chars)
    doubt = issue("ingest", "ingest.tool-plain", name=source.name, detail=name)
    return RawText(text=text, media_type=MEDIA_TYPE, doubts=(doubt,))
