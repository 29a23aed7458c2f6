"""Old Word files: read by whichever program is there; what happens without one, with a slow one, with a broken file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from office_tools import convert, needs_office

from pipeline.core.document import Source
from pipeline.core.errors import UnreadableFile
from pipeline.core.issues import issue
from pipeline.core.layers import RawText
from pipeline.ingest import programs
from pipeline.ingest.formats import read_source

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STUB = OLE + "WordDocument".encode("utf-16-le") + b"\x00" * 600
LINES = ("关于支持人才引进的通知", "对新引进的博士给予一次性安家补助40万元。" * 20, "分三年拨付。")


def read(content: bytes, seconds: float = 60, limit: int = 100_000, name: str = "a.doc") -> RawText:
    return read_source(Source(name, name, "0" * 64, len(content)), content, max_chars=limit, seconds=seconds)


def refusal(content: bytes, seconds: float = 60, limit: int = 100_000) -> tuple[str, str]:
    with pytest.raises(UnreadableFile) as caught:
        read(content, seconds, limit)
    return caught.value.code, issue("ingest", caught.value.code, **caught.value.detail).message


def only(monkeypatch: pytest.MonkeyPatch, folder: Path, **scripts: str) -> None:
    """Let nothing be found but ``scripts``, shell scripts by name."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(programs, "_LOCATIONS", ())


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    """Tell whether something happens in time."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def lives(number: int) -> bool:
    """Tell whether a process runs; one that has ended may wait for its parent to look (Z)."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:1] not in ("", "Z")


def old_word() -> bytes:
    made = docx.Document()
    for line in LINES:
        made.add_paragraph(line)
    table = made.add_table(2, 2)
    for index, text in enumerate(("学历", "补助（万元）", "博士", "40")):
        table.cell(index // 2, index % 2).text = text
    made.add_paragraph("完毕。")  # LibreOffice unmakes a table that ends the file
    buffer = io.BytesIO()
    made.save(buffer)
    return convert(buffer.getvalue(), "a.docx", "doc:MS Word 97")


def test_without_a_program_the_issue_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    only(monkeypatch, tmp_path)
    code, message = refusal(STUB)
    assert code == "ingest.tool-missing"
    assert all(word in message for word in ("LibreOffice", "antiword", "catdoc", "apt-get install", "docx"))


@pytest.mark.skipif(os.name == "nt", reason="shell scripts stand for the programs")
class TestPrograms:
    def test_what_it_prints_is_the_text(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, antiword="echo 对博士补助40万元。")
        raw = read(STUB)
        assert (raw.text, raw.media_type) == ("对博士补助40万元。", "application/msword")
        assert [doubt.code for doubt in raw.doubts] == ["ingest.tool-plain"]

    def test_the_next_one_is_asked_when_one_fails(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, soffice="exit 3", antiword="echo broken >&2; exit 1", catdoc="echo 补助40万元")
        assert read(STUB).text == "补助40万元"

    def test_why_all_failed_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, soffice="exit 3", antiword="echo not a word document >&2; exit 1")
        code, message = refusal(STUB)
        assert code == "ingest.tool-failed"
        assert "LibreOffice 退出代码 3" in message
        assert "not a word document" in message

    def test_a_password_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, antiword="echo Encrypted documents are not supported >&2; exit 1")
        assert refusal(STUB)[0] == "ingest.encrypted"

    def test_one_that_hangs_is_ended_with_its_children(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        mark = tmp_path / "alive"
        only(monkeypatch, tmp_path, catdoc=f"(/bin/sleep 4; echo x > '{mark}') & /bin/sleep 600")
        began = time.monotonic()
        code, message = refusal(STUB, seconds=1)
        assert (code, "超过 1 秒" in message) == ("ingest.tool-timeout", True)
        assert time.monotonic() - began < 4
        time.sleep(4)
        assert not mark.exists()

    def test_time_that_ran_out_is_told_even_when_the_next_one_fails(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ):
        only(monkeypatch, tmp_path, soffice="/bin/sleep 600", antiword="exit 1")
        code, message = refusal(STUB, seconds=0.5)
        assert code == "ingest.tool-timeout"
        assert "time_limit" in message

    def test_one_whose_parent_is_killed_is_ended_with_its_children(self, tmp_path: Path):
        script = "echo $$ > main; (/bin/sh -c 'echo $$ > child; exec /bin/sleep 600') & /bin/sleep 600"
        code = (
            "from pathlib import Path; from pipeline.ingest.programs import run;"
            f"run(('/bin/sh', '-c', {script!r}), Path({str(tmp_path)!r}), 600)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code])
        marks = (tmp_path / "main", tmp_path / "child")
        assert within(30, lambda: all(mark.is_file() and mark.read_text().strip() for mark in marks))
        numbers = [int(mark.read_text()) for mark in marks]
        assert all(map(lives, numbers))
        parent.kill()
        parent.wait()
        assert within(2, lambda: not any(map(lives, numbers)))

    def test_it_has_no_input_and_its_exit_code_is_told(self, tmp_path: Path):
        output = tmp_path / "printed"
        done = programs.run(("/bin/sh", "-c", "cat; echo end; echo why >&2; exit 7"), tmp_path, 10, output)
        assert (done, output.read_text()) == (programs.Done(7, "why"), "end\n")

    def test_another_version_has_another_fingerprint(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, antiword="exit 1", soffice="exit 1")
        before = programs.fingerprints()
        assert [found.split()[0] for found in before] == ["soffice", "antiword"]
        (tmp_path / "soffice.bin").write_bytes(b"new")
        after = programs.fingerprints()
        assert (before[0] != after[0], before[1] == after[1]) == (True, True)

    def test_folders_left_over_are_removed_after_a_day(self, tmp_path: Path):
        for name in ("cewen-doc-old", "cewen-doc-new", "other"):
            (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / "cewen-doc-link").symlink_to(tmp_path / "other")
        now = time.time()
        for name in ("cewen-doc-old", "other"):
            os.utime(tmp_path / name, (now - 90_000, now - 90_000))
        programs.sweep(tmp_path, now)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["cewen-doc-link", "cewen-doc-new", "other"]

    def test_too_much_is_not_read(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, catdoc="/usr/bin/yes ab | /usr/bin/head -c 100000")
        assert refusal(STUB, limit=100)[0] == "ingest.too-large"
        assert refusal(STUB, limit=50_000)[0] == "ingest.too-long"

    def test_it_works_in_a_folder_of_its_own(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        only(monkeypatch, tmp_path, catdoc="pwd; echo $HOME; echo ${SECRET:-none}; echo x > left")
        monkeypatch.setenv("SECRET", "seen")
        folder, home, secret = read(STUB).text.splitlines()
        assert (folder, secret) == (home, "none")
        assert not Path(folder).exists()


@needs_office
@pytest.mark.parametrize("name", ["a.doc", "a.wps"])
def test_a_real_file(name: str):
    raw = read(old_word(), name=name)
    assert raw.text == "\n".join((*LINES, "学历\t补助（万元）", "博士\t40", "完毕。"))
    assert [block.kind for block in raw.blocks] == ["paragraph"] * 3 + ["cell"] * 4 + ["paragraph"]
    assert (raw.media_type, raw.doubts) == ("application/msword", ())


@needs_office
@pytest.mark.parametrize("program", ["antiword", "catdoc"])
def test_the_other_programs(program: str, monkeypatch: pytest.MonkeyPatch):
    found = dict(programs.programs())
    if program not in found:
        pytest.skip(f"{program} is not installed")
    monkeypatch.setattr("pipeline.ingest.doc.programs", lambda: ((program, found[program]),))
    text = read(old_word()).text
    assert LINES[0] in text
    assert LINES[2] in text
    assert "40" in text.replace("补助40", "")


@needs_office
def test_garbage():
    assert refusal(STUB)[0] == "ingest.tool-failed"
