"""Coded projects for the tests of the hand-over, the validator beside the repository, one way to read a .qdpx back."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pipeline.qda.dialects import Dialect, Ruler
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.texts import Plain

VALIDATOR = Path(__file__).resolve().parents[2].parent / "shared" / "bench" / "validate_qdpx.py"
Q = "{urn:QDA-XML:project:1.0}"
HOSTILE = (
    "\ufeff岚川市\U00020bb7办法\r\n对新引进的博士，一次性给予\x00安家补助20万元😀。\r\n"
    "第二条\u2028面向海外揽才\x0c👨\u200d👩\u200d👧不少于50名\ud800。\n只有LF，最高500万元。\r只有CR。\r\r\n"
    '<b>&amp;"引号"\'\x1b\ufffe\U0002a6a5结尾\r\n'
)
THEMES = (
    Theme(("工具",), False, "定义：文件夹"),
    Theme(("工具", "环境型"), True, "定义：也用来编码", "#4E79A7"),
    Theme(("工具", "环境型", "其他"), True, "定义：一"),
    Theme(("工具", "供给型"), False),
    Theme(("工具", "供给型", "其他"), True),
    Theme(("措施",), False),
    Theme(("措施", "资助金额"), True),
)
MACHINE, PERSON = "机器编码 terms@1.0", "王五"


def marked(text: str, spans: list[tuple[int, int]], coder: str = MACHINE) -> tuple[Mark, ...]:
    """Give each span every code that can be used."""
    usable = [theme.path for theme in THEMES if theme.codable]
    memo = "把握=0.5; 规则=补助×1; 版本=terms@1.0" if coder == MACHINE else ""
    return tuple(Mark(a, b, path, coder, text[a:b], memo) for a, b in spans for path in usable)


def hostile_project() -> Project:
    """Two documents of one text full of traps; every span coded with every code, some by two coders."""
    text = Plain(HOSTILE).text
    spans = [(a, b) for a in range(0, len(text), 7) for b in (a + 1, a + 9, len(text)) if a < b <= len(text)]
    values: tuple[tuple[str, str | int], ...] = (("地区", "岚川市"), ("发文年份", 2024))
    first = Paper(
        "甲：𠮷.txt", text, marked(text, spans) + marked(text, spans[:3], PERSON), values, "标题=办法", "a" * 16
    )
    second = Paper("乙.txt", text, marked(text, spans[:2]), values[:1])
    return Project("项目<&>", (first, second), THEMES, (MACHINE, PERSON), "说明\n两行", "cewen 0", "")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a .qdpx says of one selection, and the text it means in the dialect's own counting."""

    source: str
    start: int
    end: int
    name: str
    memo: str
    codes: tuple[str, ...]
    users: tuple[str, ...]
    text: str


def selections(path: Path, dialect: Dialect) -> list[Selection]:
    """Read all selections of a .qdpx; the text is cut out of the file as the dialect counts."""
    found = []
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        codes = {one.get("guid"): one.get("name") for one in root.iter(f"{Q}Code")}
        users = {one.get("guid"): one.get("name") for one in root.iter(f"{Q}User")}
        for source in root.iter(f"{Q}TextSource"):
            name = source.get("plainTextPath").removeprefix("internal://")
            written = archive.read(f"sources/{name}").decode("utf-8")
            for one in source.iter(f"{Q}PlainTextSelection"):
                start, end = int(one.get("startPosition")), int(one.get("endPosition"))
                found.append(
                    Selection(
                        source.get("name"),
                        start,
                        end,
                        one.get("name"),
                        one.findtext(f"{Q}Description") or "",
                        tuple(codes[ref.get("targetGUID")] for ref in one.iter(f"{Q}CodeRef")),
                        tuple(users[coding.get("creatingUser")] for coding in one.iter(f"{Q}Coding")),
                        cut(written, start, end, dialect),
                    )
                )
    return found


def cut(written: str, start: int, end: int, dialect: Dialect) -> str:
    """Return what a program that counts like ``dialect`` sees at a place of a file, with LF."""
    text = written[1:] if dialect.bom else written
    if dialect.newline == "\r\n" and dialect.newline_counts == 1:
        text = text.replace("\r\n", "\n")
    if dialect.utf16:
        units = text.encode("utf-16-le", "surrogatepass")
        return units[2 * start : 2 * end].decode("utf-16-le").replace("\r\n", "\n")
    return text[start:end].replace("\r\n", "\n")


def validate(*paths: Path) -> str:
    """Return what the validator says with --strict, empty when all is well; skip where it isn't there."""
    if not VALIDATOR.is_file():
        pytest.skip("needs ../shared/bench/validate_qdpx.py")
    command = [sys.executable, str(VALIDATOR), "--strict", *map(str, paths)]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return found.stdout + found.stderr if found.returncode else ""


def independent(path: Path, folder: Path) -> Any:
    """Read a .qdpx with pyrefiqda, a reader that isn't ours."""
    from pyrefiqda import RefiProject

    return RefiProject.load(path, extract_dir=str(folder))


def places(text: str, dialect: Dialect) -> list[int]:
    """Return the dialect's place of each offset of ``text``, its end too."""
    ruler = Ruler(text, dialect)
    return [ruler.there(at) for at in range(len(text) + 1)]
