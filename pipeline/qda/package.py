"""Opens a .qdpx as what it is: a zip from somebody else. Nothing is unpacked to disk, nothing outside is followed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from lxml import etree

from pipeline.core.errors import PipelineError

MOST_BYTES = 2**31 - 1  # the standard's own limit for one file
_MOST_TOTAL, _MOST_MEMBERS = 8 * 2**30, 200_000
_MOST_RATIO, _SMALL = 500, 50_000_000  # texts shrink to a fifth, XML to a fiftieth; a bomb to a thousandth
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_ENCODINGS = ("utf-8", "utf8", "utf-16", "utf16", "utf-16le", "utf-16be")
_CHUNK = 1 << 16
_INTERNAL = ("internal://", "relative:///", "relative://")
_AGAIN = "请在原软件中重新导出为 REFI-QDA 项目（.qdpx）"


class Package:
    """An open .qdpx. Use it as a context manager. Every method raises PipelineError with the file's name."""

    def __init__(self, path: Path) -> None:
        """Open the zip and check its directory."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise PipelineError(f"{path}: 打不开，不是 .qdpx（zip）文件或已损坏（{error}）。{_AGAIN}") from error
        infos = self._zip.infolist()
        if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_TOTAL:
            raise PipelineError(f"{path}: 解压后超过 {_MOST_TOTAL // 2**30} GB 或 {_MOST_MEMBERS} 个文件，不予读取")
        self._sources: dict[str, zipfile.ZipInfo] = {}
        self._tops: list[zipfile.ZipInfo] = []
        for info in infos:
            parts = info.filename.replace("\\", "/").split("/")
            if len(parts) == 1 and parts[0].casefold().endswith(".qde"):
                self._tops.append(info)
            elif len(parts) == 2 and parts[0].casefold() == "sources":
                self._sources.setdefault(parts[1].casefold(), info)

    def project(self) -> etree._Element:
        """Return the root of the project's XML, parsed without entities and network."""
        if not self._tops:
            raise PipelineError(f"{self.path}: 里面没有 project.qde，不是 REFI-QDA 项目。{_AGAIN}")
        named = [info for info in self._tops if info.filename.casefold() == "project.qde"]
        info = (named or self._tops)[0]
        return parse_xml(self.read(info), f"{self.path} 中的 {info.filename}", "Project")

    def source(self, link: str) -> bytes | None:
        """Return the file that ``internal://NAME`` leads to; None when there's none or it's outside the project."""
        start = next((start for start in _INTERNAL if link.casefold().startswith(start)), None)
        if start is None:
            return None
        name = link[len(start) :].replace("\\", "/").rpartition("/")[2].casefold()
        info = self._sources.get(name) or self._sources.get(unquote(name))
        return None if info is None else self.read(info)

    def read(self, info: zipfile.ZipInfo) -> bytes:
        """Return the bytes of a member, unless it's too large, a bomb or damaged."""
        if info.flag_bits & 1:
            raise PipelineError(f"{self.path} 中的 {info.filename} 已加密，请导出未加密的项目")
        bomb = info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(info.compress_size, 1)
        if info.file_size > MOST_BYTES or bomb:
            raise PipelineError(f"{self.path} 中的 {info.filename} 解压后过大（{info.file_size} 字节），不予读取")
        try:
            with self._zip.open(info) as stream:
                content = stream.read(info.file_size + 1)
        except _BROKEN as error:
            raise PipelineError(f"{self.path} 中的 {info.filename} 已损坏（{error}）。{_AGAIN}") from error
        return content

    def __enter__(self) -> Package:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the zip."""
        self._zip.close()


def parse_xml(content: bytes, where: str, root_name: str) -> etree._Element:
    """Return the root of ``content``.

    Raises PipelineError unless it's XML in UTF-8 or UTF-16 without a DTD and its root has that name.
    """
    _check_prolog(content, where)  # before lxml: it expands entities in attributes whatever it is told
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PipelineError(f"{where} 不是完好的 XML（{error}）。{_AGAIN}") from error
    if local(root) != root_name:
        raise PipelineError(f"{where} 的根元素是 {local(root)}，应为 {root_name}。{_AGAIN}")
    return root


class _Begun(Exception):
    """The first element has begun."""


def _check_prolog(content: bytes, where: str) -> None:
    """Raise PipelineError for a DTD or another encoding declared before the first element, or XML broken there."""
    encoding, skipped = _encoding(content)
    scanner = expat.ParserCreate(encoding)

    def declared(_version: str, name: str | None, _standalone: int) -> None:
        if name is not None and name.casefold() not in _ENCODINGS:
            raise PipelineError(f"{where} 声明的编码是 {name}，REFI-QDA 只允许 UTF-8 或 UTF-16，不予读取。{_AGAIN}")

    def dtd(*_: Any) -> None:
        raise PipelineError(f"{where} 带有 DTD（实体定义），REFI-QDA 不允许，为安全起见不予读取")

    def begun(*_: Any) -> None:
        raise _Begun

    scanner.XmlDeclHandler, scanner.StartDoctypeDeclHandler, scanner.StartElementHandler = declared, dtd, begun
    try:
        for start in range(skipped, len(content), _CHUNK):
            scanner.Parse(content[start : start + _CHUNK], False)
        scanner.Parse(b"", True)
    except _Begun:
        return
    except expat.ExpatError as error:
        raise PipelineError(f"{where} 不是完好的 XML（{error}）。{_AGAIN}") from error


def _encoding(content: bytes) -> tuple[str, int]:
    """Return the encoding XML begins in, whatever it declares, and the length of its byte-order mark."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    if content.startswith(b"<\x00"):
        return "utf-16le", 0
    return ("utf-16be" if content.startswith(b"\x00<") else "utf-8"), 0


def local(element: etree._Element) -> str:
    """Return an element's name without namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element | None, *names: str) -> list[etree._Element]:
    """Return the children with one of the local ``names``, in order; none of None."""
    return [] if element is None else [child for child in element if local(child) in names]


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first child with the local ``name``, or None."""
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None, name: str) -> str:
    """Return the text of the first child with the local ``name``; empty without one."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext()).strip()


def guid(value: str | None) -> str:
    """Return a GUID as it is compared: without braces, in lower case."""
    return (value or "").strip().strip("{}").lower()
