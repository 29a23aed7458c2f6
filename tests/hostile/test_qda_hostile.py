"""Files from somebody else: damaged, dangerous, empty, not what they seem. Each is refused in Chinese, or told of."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from pipeline.cli.main import invoke
from pipeline.core.errors import PipelineError
from pipeline.qda import package
from pipeline.qda.given import NOWHERE, position, whole
from pipeline.qda.qdpx_read import read_qdpx
from pipeline.qda.readers import read_given

HEAD = '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="o">'
CODES = '<CodeBook><Codes><Code guid="{AAAA}" name="引"/></Codes></CodeBook>'
CODING = '<Coding guid="c"><CodeRef targetGUID="aaaa"/></Coding>'


def qdpx(path: Path, body: str, files: dict[str, bytes] | None = None, name: str = "project.qde") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, f"{HEAD}{body}</Project>")
        for member, content in (files or {}).items():
            archive.writestr(member, content)
    return path


def selection(start: object, end: object, name: str = "", coding: str = CODING) -> str:
    place = f'startPosition="{start}" endPosition="{end}"'
    return f'<PlainTextSelection guid="s" name="{name}" {place}>{coding}</PlainTextSelection>'


def source(*inside: str, link: str = "internal://t.txt", name: str = "甲.txt") -> str:
    text = f'<TextSource guid="t" name="{name}" plainTextPath="{link}">{"".join(inside)}</TextSource>'
    return f"{CODES}<Sources>{text}</Sources>"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "打不开"), (b"PK\x03\x04" + b"x" * 50, "打不开"), (b"not a zip at all", "打不开")],
)
def test_no_zip(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "坏.qdpx"
    path.write_bytes(content)
    with pytest.raises(PipelineError, match=words) as error:
        read_qdpx(path)
    assert "坏.qdpx" in str(error.value)


def test_a_zip_without_project(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=re.escape("没有 project.qde")):
        read_qdpx(qdpx(tmp_path / "x.qdpx", "", name="deep/project.qde"))


@pytest.mark.parametrize("xml", [b"<Project", b"\xff\xfe", b"", b"<html/>", b"plain"])
def test_no_xml(tmp_path: Path, xml: bytes) -> None:
    path = tmp_path / "x.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", xml)
    with pytest.raises(PipelineError, match="project"):
        read_qdpx(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    for entity in (f'<!ENTITY x SYSTEM "file://{secret}">', f'<!ENTITY l0 "lol">{lol}<!ENTITY x "&l8;">'):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("project.qde", f'<!DOCTYPE Project [{entity}]><Project name="&x;"/>')
        with pytest.raises(PipelineError, match="DTD"):
            read_qdpx(path)
        with zipfile.ZipFile(path, "w") as archive:
            text = f'<!DOCTYPE Project [{entity}]><Project name="&x;"/>'
            archive.writestr("project.qde", text.encode("utf-16"))
        with pytest.raises(PipelineError, match="DTD"):
            read_qdpx(path)


def test_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", f"{HEAD}{source(selection(0, 2))}</Project>")
        archive.writestr("sources/t.txt", b"\x00" * 80_000_000)
    with pytest.raises(PipelineError, match="过大"):
        read_qdpx(path)


def test_too_much_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "_MOST_MEMBERS", 3)
    path = qdpx(tmp_path / "x.qdpx", source(), {f"sources/{n}.txt": b"x" for n in range(5)})
    with pytest.raises(PipelineError, match="不予读取"):
        read_qdpx(path)


def test_a_damaged_member(tmp_path: Path) -> None:
    path = qdpx(tmp_path / "x.qdpx", source(selection(0, 2)), {"sources/t.txt": b"abcdefgh" * 20})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"abcdefgh")
    data[at : at + 4] = b"XXXX"
    path.write_bytes(data)
    with pytest.raises(PipelineError, match="已损坏"):
        read_qdpx(path)


@pytest.mark.parametrize(
    "link", ["internal://../../etc/passwd", "file:///etc/passwd", "/etc/passwd", "internal://", "relative:///none.txt"]
)
def test_nothing_outside_is_read(tmp_path: Path, link: str) -> None:
    path = qdpx(tmp_path / "x.qdpx", source(selection(0, 2, "引进人才"), link=link), {"../../etc/passwd": b"x"})
    given = read_qdpx(path)
    (paper,) = given.project.papers
    assert paper.text == "" and paper.marks[0].quote == "引进人才" and len(given.troubles) == 1


def test_positions_that_cant_be(tmp_path: Path) -> None:
    wild = [(-5, 3), (0, 10**30), (5, 2), ("x", "y"), (999, 1000), ("", ""), (10**30, 10**31)]
    path = qdpx(
        tmp_path / "x.qdpx", source(*(selection(*span) for span in wild)), {"sources/t.txt": "引进人才".encode()}
    )
    given = read_qdpx(path)
    assert given.project.papers[0].marks == ()
    assert len([one for one in given.troubles if "位置在文档之外" in one.reason]) == len(wild)


def test_every_spelling_and_shape(tmp_path: Path) -> None:
    body = """
    <Users><User guid="{U1}" name="甲"/><User guid="u2" name="乙"/></Users>
    <CodeBook><Codes><Code guid="{AAAA}" name="书" isCodable="false">
      <Code guid="bbbb" name="引" isCodable="1"/></Code></Codes></CodeBook>
    <Cases><Case guid="case" name="案"/></Cases>
    <Sources>
      <TextSource guid="t" name="里面.txt"><PlainTextContent>引进人才&#13;
培养</PlainTextContent>
        <PlainTextSelection guid="s" startPosition="0" endPosition="2" creatingUser="{u1}">
          <Description>说明</Description>
          <Coding guid="c1" creatingUser="U2"><CodeRef targetGUID="{BBBB}"/><NoteRef targetGUID="n"/></Coding>
          <Coding guid="c2"><CodeRef targetGUID="bbbb"/></Coding>
          <Coding guid="c3"><CodeRef targetGUID="case"/></Coding>
          <Coding guid="c4"><CodeRef targetGUID="nobody"/></Coding>
        </PlainTextSelection>
      </TextSource>
      <PDFSource guid="p" name="纸.pdf" path="internal://p.pdf">
        <PDFSelection guid="b" page="0"><Coding guid="c5"><CodeRef targetGUID="bbbb"/></Coding></PDFSelection>
        <Representation guid="r" plainTextPath="internal://R.TXT">
          <PlainTextSelection guid="q" startPosition="2" endPosition="4">
            <Coding guid="c6"><CodeRef targetGUID="bbbb"/></Coding></PlainTextSelection>
        </Representation>
      </PDFSource>
      <PictureSource guid="i" name="图.png"><PictureSelection guid="j">
        <Coding guid="c7"><CodeRef targetGUID="bbbb"/></Coding></PictureSelection></PictureSource>
    </Sources>
    <Notes><Note guid="N"><PlainTextContent>想法</PlainTextContent></Note></Notes>
    """
    path = qdpx(tmp_path / "x.qdpx", body, {"SOURCES/r.txt": "留住人才".encode("utf-16")}, name="Something.QDE")
    given = read_qdpx(path)
    first, second = given.project.papers
    assert first.text == "引进人才\n培养" and second.text == "留住人才"
    assert [(one.coder, one.quote, one.memo) for one in first.marks] == [
        ("乙", "引进", "说明\n想法"),
        ("甲", "引进", "说明"),
    ]
    assert second.marks[0].quote == "人才" and second.marks[0].theme == ("书", "引")
    assert {one.document for one in given.troubles} == {"里面.txt", "图.png", "纸.pdf"}


def test_an_undecodable_text(tmp_path: Path) -> None:
    path = qdpx(tmp_path / "x.qdpx", source(selection(0, 2, "引进人才")), {"sources/t.txt": "引进人才".encode("gbk")})
    given = read_qdpx(path)
    assert "UTF-8" in given.troubles[0].reason and given.project.papers[0].marks[0].quote == "引进人才"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", "{"),
        ("x.json", "[]"),
        ("x.json", "[1]"),
        ("x.json", "[" * 200_000),
        ("x.json", json.dumps([{"text": "引进", "label": [[1]]}])),
        ("x.json", json.dumps([{"nothing": 1}])),
        ("x.jsonl", '{"text": "a", "label": []}\nnot json'),
        ("x.csv", ""),
        ("x.csv", "a,b\n1,2\n"),
        ("x.xlsx", "no workbook"),
        ("x.docx", "x"),
        ("x.qdc", "x"),
        ("none.qdpx", None),
    ],
)
def test_other_files(tmp_path: Path, name: str, content: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError) as error:
        read_given(path)
    assert name in str(error.value) and re.search("[一-龥]", str(error.value))


def test_odd_labels(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    value = {"start": "/div[1]/text()[1]", "end": "x", "text": "引进", "hypertextlabels": ["引"]}
    result = [
        {"value": value},
        {"value": 3},
        "x",
        {"value": {"choices": ["留"]}},
        {"value": {"taxonomy": [["书", "引"]]}},
    ]
    task = {"data": {"body": "引进人才"}, "annotations": [{"result": result, "completed_by": 7}, "x"]}
    path.write_text(json.dumps([task, {"data": {"text": "b"}, "annotations": [{"was_cancelled": True, "result": []}]}]))
    given = read_given(path)
    found = [(one.start, one.quote, one.theme, one.coder) for one in given.project.papers[0].marks]
    assert found == [(-1, "引进", ("引",), ""), (0, "引进人才", ("留",), ""), (0, "引进人才", ("书", "引"), "")]
    assert len(given.troubles) == 1


def test_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = qdpx(tmp_path / "x.qdpx", source())
    assert invoke(["import", str(tmp_path / "nothing"), str(path)]) == 2
    assert "cewen run" in capsys.readouterr().err and not (tmp_path / "nothing").exists()


ENTITY = '<!DOCTYPE Project [<!ENTITY x "里面">]><Project name="&x;"/>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "<!-- <q > -->", "<?go <q > ?>", "\n<!-- " + "长" * 90_000 + " -->"])
def test_a_dtd_behind_comments_is_refused(before: str, encoding: str) -> None:
    with pytest.raises(PipelineError, match="DTD"):
        package.parse_xml((before + ENTITY).encode(encoding), "甲", "Project")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_word_in_a_comment_is_no_dtd(encoding: str) -> None:
    text = "<!-- <!DOCTYPE x> --><?go <!DOCTYPE x> ?><Project name='<!DOCTYPE'/>".replace("'<", "'&lt;")
    assert package.parse_xml(text.encode(encoding), "甲", "Project").get("name") == "<!DOCTYPE"


@pytest.mark.parametrize("name", ["UTF-7", "GBK", "utf-32", "IBM037"])
def test_other_encodings_are_refused(name: str) -> None:
    hidden = f'<?xml version="1.0" encoding="{name}"?>' + ENTITY.replace("<!D", "+ADwAIQ-D")
    with pytest.raises(PipelineError, match=f"编码是 {name}.*UTF-8 或 UTF-16"):
        package.parse_xml(hidden.encode(), "甲", "Project")


LONG = "9" * 5_000


def test_numbers_too_long_are_no_positions(tmp_path: Path) -> None:
    assert position(LONG) == NOWHERE and position("12") == 12 and whole(f"-{LONG}") is None and whole("-3") == -3
    table = tmp_path / "表.csv"
    table.write_text(f"文档,代码,起,止,原文\n甲.txt,引,{LONG},{LONG},引才\n", encoding="utf-8")
    spans = tmp_path / "标.jsonl"
    spans.write_text(json.dumps({"text": "引才", "label": [[LONG, LONG, "引"]]}) + "\n", encoding="utf-8")
    raw = tmp_path / "数.jsonl"
    raw.write_text(f'{{"text": "引才", "label": [[0, {LONG}, "引"]]}}\n', encoding="utf-8")
    for path in (table, spans):
        read_given(path)
    with pytest.raises(PipelineError, match=re.escape("数.jsonl")):
        read_given(raw)


def test_a_long_whole_number_of_a_case_stays_text(tmp_path: Path) -> None:
    value = f'<VariableValue><VariableRef targetGUID="v"/><IntegerValue>{LONG}</IntegerValue></VariableValue>'
    text = f'<TextSource guid="t" name="甲.txt"><PlainTextContent>引才</PlainTextContent>{value}</TextSource>'
    body = f'<Variables><Variable guid="v" name="数" typeOfVariable="Integer"/></Variables><Sources>{text}</Sources>'
    given = read_qdpx(qdpx(tmp_path / "x.qdpx", body))
    assert given.project.papers[0].attributes == (("数", LONG),)
