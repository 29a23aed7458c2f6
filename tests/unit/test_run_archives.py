"""Zip archives as folders: names, nesting, what is broken, encrypted or hostile in them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pipeline.core.errors import UnreadableFile
from pipeline.running import archives
from pipeline.running.archives import is_archive
from pipeline.running.inputs import fingerprint, list_inputs, open_input


def packed(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def listed(tmp_path: Path, content: bytes) -> dict[str, str]:
    """Return path below the archive → file of what an archive holds."""
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / "a.zip").write_bytes(content)
    files = list_inputs([tmp_path / "in"]).files
    return {path.partition("a.zip")[2]: file for path, file in files}


def content_of(file: str) -> bytes:
    stream, _ = open_input(file)
    with stream:
        return stream.read()


def test_names_without_utf8_are_gbk(tmp_path: Path) -> None:
    # the library writes Chinese names as UTF-8 only: the bytes of an old archive are put in place by hand
    content = packed(**{"xxxx.txt": b"one"}).replace(b"xxxx.txt", "政策.txt".encode("gbk"))
    ((name, file),) = listed(tmp_path, content).items()
    assert (name, content_of(file)) == ("/政策.txt", b"one")


def test_names_cannot_lead_out_or_carry_controls(tmp_path: Path) -> None:
    content = packed(**{"../../up.txt": b"1", "/etc/abs.txt": b"2", "a\x1b[31m.txt": b"3", "..\\win.txt": b"4"})
    assert list(listed(tmp_path, content)) == ["/up.txt", "/etc/abs.txt", "/a_[31m.txt", "/win.txt"]


def test_two_files_of_one_name_are_both_read(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("a.txt", b"2")
    found = listed(tmp_path, stream.getvalue())
    assert {name: content_of(file) for name, file in found.items()} == {"/a.txt": b"1", "/a.txt~2": b"2"}


def test_archives_in_archives_down_to_a_depth(tmp_path: Path) -> None:
    content = packed(**{"deep.txt": b"x"})
    for _ in range(5):
        content = packed(**{"inner.zip": content, "own.txt": b"y"})
    found = listed(tmp_path, content)
    deepest = max(found, key=len)
    assert deepest.count("inner.zip") == archives.DEEPEST
    assert content_of(found[deepest]).startswith(b"PK") or deepest.endswith("own.txt")
    assert len([name for name in found if name.endswith("own.txt")]) == archives.DEEPEST


def test_documents_that_are_zips_are_no_folders(tmp_path: Path) -> None:
    for name in ("[Content_Types].xml", "mimetype", "OFD.xml", "xl/worksheets/1.xml"):
        (tmp_path / "a.zip").write_bytes(packed(**{name: b"x", "a.txt": b"x"}))
        assert not is_archive(str(tmp_path / "a.zip"))


CUT = packed(**{"a.txt": b"x" * 999})[:60]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", packed(), CUT], ids=["empty", "magic", "no files", "cut"])
def test_what_cannot_be_opened_stays_one_file(tmp_path: Path, content: bytes) -> None:
    assert list(listed(tmp_path, content)) == [""]


def test_one_broken_file_costs_itself_only(tmp_path: Path) -> None:
    content = bytearray(packed(**{"a.txt": b"good", "b.txt": bytes(range(256)) * 40}))
    at = content.index(b"b.txt") + len(b"b.txt") + 10
    content[at : at + 20] = b"\xff" * 20
    found = listed(tmp_path, bytes(content))
    assert fingerprint(found["/a.txt"], "a.txt", max_bytes=10**6).size == 4
    with pytest.raises(UnreadableFile) as refused:
        fingerprint(found["/b.txt"], "b.txt", max_bytes=10**6)
    assert (refused.value.code, refused.value.detail["name"]) == ("ingest.damaged", "b.txt")


def test_a_password_is_said(tmp_path: Path) -> None:
    content = bytearray(packed(**{"a.txt": b"secret"}))
    content[6] |= 1  # the flag in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    (file,) = listed(tmp_path, bytes(content)).values()
    with pytest.raises(UnreadableFile) as refused:
        fingerprint(file, "a.txt", max_bytes=10**6)
    assert refused.value.code == "ingest.encrypted"


def test_a_bomb_is_refused_by_the_size_it_tells_and_one_that_lies_is_damaged(tmp_path: Path) -> None:
    content = packed(**{"bomb.txt": b"\0" * 5_000_000})
    (file,) = listed(tmp_path, content).values()
    with pytest.raises(UnreadableFile) as refused:
        fingerprint(file, "bomb.txt", max_bytes=1_000_000)
    assert refused.value.code == "ingest.too-large"
    lying = content.replace((5_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    (file,) = listed(tmp_path, lying).values()
    with pytest.raises(UnreadableFile) as refused:
        fingerprint(file, "bomb.txt", max_bytes=1_000_000)
    assert refused.value.code == "ingest.damaged"


def test_too_many_files_are_said_and_the_first_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    (tmp_path / "a.zip").write_bytes(packed(**{f"{n}.txt": b"x" for n in range(9)}))
    listing = list_inputs([tmp_path / "a.zip"])
    assert len(listing.files) == 3
    assert [found.code for found in listing.issues] == ["input.archive"]


def test_an_archive_changed_meanwhile_is_noticed(tmp_path: Path) -> None:
    found = listed(tmp_path, packed(**{"a.txt": b"1", "b.txt": b"2"}))
    (tmp_path / "in" / "a.zip").write_bytes(packed(**{"a.txt": b"one"}))
    with pytest.raises(UnreadableFile) as refused:
        content_of(found["/b.txt"])
    assert refused.value.code == "input.changed"
