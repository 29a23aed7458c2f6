"""Laws of the hand-over: whatever the text, every selection quotes right in every dialect, and nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.qda.dialects import DIALECTS, Ruler, without_astral
from pipeline.qda.memo import pairs, read_pairs
from pipeline.qda.names import code_names, source_names
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.qdpx_write import write_qdpx
from pipeline.qda.texts import Plain, visible

ODD = "\r\n\x00\x0b\x0c\x1b\ufeff\ufffe\u2028\x85甲乙\U00020bb7\U0001f600e\u0301\ud800 <&\"'"
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=60)
NAMES = st.text(st.sampled_from("甲乙丙—／其他（2）"), min_size=1, max_size=4)


def seen(written: str, start: int, end: int, dialect_name: str) -> str:
    """Return what a program sees between two places of a file, by slicing what it counts."""
    dialect = DIALECTS[dialect_name]
    text = written.removeprefix("\ufeff") if dialect.bom else written
    if dialect.newline_counts == 1:
        text = text.replace("\r\n", "\n")
    if dialect.utf16:
        return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le").replace("\r\n", "\n")
    return text[start:end]


@given(raw=TEXTS, data=st.data())
def test_a_span_means_the_same_in_every_dialect(raw: str, data: st.DataObject) -> None:
    plain = Plain(raw)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    first, last = plain.inward(start, end)
    wanted = visible(raw[start:end].replace("\r\n", "\n"))
    quote = plain.text[first:last]
    if first == 0 and plain.text[:1] == "\ufffd" and wanted[:1] == "\ufeff":
        wanted = "\ufffd" + wanted[1:]  # a mark at the beginning would be taken for the file's own
    if raw[end - 1 : end + 1] == "\r\n" and end > start:
        wanted = wanted[:-1]  # a span that ends between CR and LF ends before the line end
    assert quote == wanted
    for name, dialect in DIALECTS.items():
        ruler = Ruler(plain.text, dialect)
        there = ruler.there(first), ruler.there(last)
        assert seen(dialect.file_text(plain.text), *there, name) == quote
        assert (ruler.back(there[0]), ruler.back(there[1])) == (first, last)
        assert dialect.plain_text(dialect.file_text(plain.text)) == plain.text


@given(raw=TEXTS, data=st.data())
def test_the_way_out_is_the_way_back(raw: str, data: st.DataObject) -> None:
    plain = Plain(raw)
    start = data.draw(st.integers(0, len(plain.text)))
    end = data.draw(st.integers(start, len(plain.text)))
    assert plain.inward(*plain.outward(start, end)) == (start, end)


@given(raw=TEXTS)
def test_a_text_has_only_what_xml_and_all_programs_take(raw: str) -> None:
    text = Plain(raw).text
    assert not set(text) & {"\r", "\x00", "\x0b", "\x0c", "\x1b", "\ufffe", "\ud800"} and not text.startswith("\ufeff")
    safe, count = without_astral(text)
    assert len(safe) == len(text) and count == sum(char > "\uffff" for char in text)
    assert len(safe.encode("utf-16-le")) == 2 * len(text)


@given(raw=TEXTS.filter(lambda text: len(text) > 4 and "\r" not in text), data=st.data())
def test_only_the_pieces_are_exported(raw: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.integers(0, len(raw)), min_size=4, max_size=4, unique=True))
    a, b, c, d = sorted(drawn)
    plain = Plain(raw, [(a, b), (c, d)])
    first, second = (plain.text[slice(*plain.inward(*piece))] for piece in ((a, b), (c, d)))
    assert plain.text == f"{first}\n{second}"
    assert first[1:] == visible(raw[a:b])[1:] and second == visible(raw[c:d])


@settings(max_examples=25)
@given(
    raw=TEXTS.filter(bool), spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6, unique=True)
)
def test_an_independent_reader_finds_every_quote(raw: str, spans: list[tuple[int, int]]) -> None:
    from pyrefiqda import RefiProject

    text = Plain(raw).text
    path = ("书", "码")
    marks = tuple(
        Mark(a, min(a + n, len(text)), path, "王", text[a : a + n], "备注\t一\n二")
        for a, n in sorted(spans)
        if a < len(text)
    )
    themes = (Theme(path[:1], False), Theme(path, True))
    project = Project("题", (Paper("甲.txt", text, marks),), themes, ("王",), "", "cewen")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.qdpx"
        write_qdpx(project, target)
        first = target.read_bytes()
        write_qdpx(project, target)
        assert target.read_bytes() == first
        found = RefiProject.load(target, extract_dir=folder).sources.text_source[0]
        written = (Path(folder) / "sources" / found.plain_text_path.removeprefix("internal://")).read_bytes().decode()
    assert written == text
    selections = found.plain_text_selection
    assert [(one.start_position, one.end_position) for one in selections] == [(one.start, one.end) for one in marks]
    assert [written[one.start_position : one.end_position] for one in selections] == [one.quote for one in marks]
    assert [one.name for one in selections] == [one.quote[:100] for one in marks]
    assert all(one.description == "备注\t一\n二" for one in selections)


@given(paths=st.lists(st.lists(NAMES, min_size=1, max_size=3).map(tuple), unique=True, max_size=12))
def test_code_names_are_unique(paths: list[tuple[str, ...]]) -> None:
    names = code_names(paths)
    assert len({name.casefold() for name in names.values()}) == len(paths)
    assert names == code_names(paths)


@given(names=st.lists(TEXTS, max_size=12))
def test_source_names_are_unique_and_fit_a_file_system(names: list[str]) -> None:
    found = source_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert not any(char in name for name in found for char in '\\/:*?"<>|\n\r\t\x00')


@given(
    values=st.dictionaries(
        st.sampled_from(["把握", "规则", "版本"]), st.text(st.sampled_from("a=; ；\n甲"), max_size=8)
    )
)
def test_pairs_come_back(values: dict[str, str]) -> None:
    found = read_pairs(pairs(values.items()))
    for key, value in values.items():
        plain = " ".join(value.replace(";", "；").split())
        assert " ".join(found.get(key, "").split()) == plain
