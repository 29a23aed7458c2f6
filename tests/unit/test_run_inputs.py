from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from pipeline.core.errors import PipelineError, UnreadableFile
from pipeline.running.inputs import Fingerprint, fingerprint, list_inputs, shown

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX links, pipes and byte names")


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def paths(listing_root: Path, *inputs: Path, out: Path | None = None) -> list[str]:
    found = list_inputs(inputs or (listing_root,), out=out)
    return [file.path.removeprefix(f"{listing_root.as_posix()}/") for file in found.files]


def codes(*inputs: Path) -> list[str]:
    return [issue.code for issue in list_inputs(inputs).issues]


def test_sorted_by_path_whatever_the_order_of_the_inputs(tmp_path: Path) -> None:
    make(tmp_path, "b/2.txt", "a.txt", "b/1.txt", "丙.txt", "b/c/3.txt")
    expected = ["a.txt", "b/1.txt", "b/2.txt", "b/c/3.txt", "丙.txt"]
    assert paths(tmp_path) == expected
    assert paths(tmp_path, tmp_path / "丙.txt", tmp_path / "b", tmp_path / "a.txt") == expected


def test_hidden_system_and_lock_files_are_left_out_but_a_hidden_input_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.txt", ".b.txt", "~$c.docx", "Thumbs.db", "__MACOSX/d.txt", "e.txt")
    assert paths(tmp_path) == ["e.txt"]
    assert paths(tmp_path, tmp_path / ".hidden") == [".hidden/a.txt"]


def test_a_file_given_twice_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "in/a.txt")
    monkeypatch.chdir(tmp_path)
    found = list_inputs([Path("in"), Path("in/a.txt"), tmp_path / "in" / "a.txt", Path("./in")])
    assert len(found.files) == 1


def test_paths_are_kept_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "in/b/a.txt")
    monkeypatch.chdir(tmp_path)
    assert [file.path for file in list_inputs([Path("in")]).files] == ["in/b/a.txt"]


def test_output_folders_are_not_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "out/tables/x.parquet", "older/run.sqlite", "older/run.json")
    assert paths(tmp_path, out=tmp_path / "out") == ["a.txt"]


def test_an_input_that_is_the_output_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="输出目录"):
        list_inputs([tmp_path], out=tmp_path)


def test_every_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        list_inputs([tmp_path / "no1", tmp_path, tmp_path / "no2"])
    assert [mistake.split("：")[0][-3:] for mistake in caught.value.mistakes] == ["no1", "no2"]


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert list_inputs([tmp_path]).files == ()


@POSIX
def test_links_are_followed_but_never_in_a_circle(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "elsewhere/b.txt")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "above").symlink_to(tmp_path)
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "in")
    assert paths(tmp_path, tmp_path / "in") == ["in/a.txt", "in/link/b.txt"]
    assert codes(tmp_path / "in") == ["input.loop"] * 3


@POSIX
def test_special_files_are_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert codes(tmp_path) == ["input.special"]
    assert codes(tmp_path / "pipe") == ["input.special"]
    assert list_inputs([tmp_path]).files == ()


@POSIX
def test_a_broken_link_is_listed_and_then_missing(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    (file,) = list_inputs([tmp_path]).files
    with pytest.raises(UnreadableFile) as caught:
        fingerprint(file.file, "broken.txt", max_bytes=10)
    assert caught.value.code == "input.missing"


def test_a_folder_that_cannot_be_listed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "shut/a.txt", "b.txt")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = list_inputs([tmp_path])
    assert [issue.code for issue in listing.issues] == ["input.unlisted"]
    assert listing.issues[0].severity == "error"
    assert len(listing.files) == 1


@POSIX
def test_names_that_are_not_utf8_become_readable_text(tmp_path: Path) -> None:
    name = "意见.txt".encode("gb18030")  # 「通知」 in GBK happens to be UTF-8 of something else
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("正文", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    make(tmp_path, "意见.txt")
    files = list_inputs([tmp_path]).files
    assert len({file.path for file in files}) == 2
    assert {Path(file.file).read_text(encoding="utf-8") for file in files} == {"正文", "意见.txt"}
    for file in files:
        file.path.encode("utf-8")
    assert shown(os.fsdecode(name)) == "意见.txt"


def test_fingerprint_reads_only_what_has_changed(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    file = str(tmp_path / "a.txt")
    first = fingerprint(file, "a.txt", max_bytes=100)
    assert first.sha256 == hashlib.sha256(b"a.txt").hexdigest()
    false = Fingerprint(first.size, first.mtime_ns, "0" * 64)
    assert fingerprint(file, "a.txt", max_bytes=100, known=false) == false
    (tmp_path / "a.txt").write_text("other", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert fingerprint(file, "a.txt", max_bytes=100, known=false).sha256 not in (first.sha256, "0" * 64)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(13, "no"), "input.permission"),
        (FileNotFoundError(2, "no"), "input.missing"),
        (OSError(5, "Input/output error"), "ingest.damaged"),
    ],
)
def test_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, code: str) -> None:
    make(tmp_path, "a.txt")

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFile) as caught:
        fingerprint(str(tmp_path / "a.txt"), "a.txt", max_bytes=100)
    assert caught.value.code == code


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    with pytest.raises(UnreadableFile) as caught:
        fingerprint(str(tmp_path / "a.txt"), "a.txt", max_bytes=4)
    assert (caught.value.code, caught.value.detail["limit"]) == ("ingest.too-large", 4)
