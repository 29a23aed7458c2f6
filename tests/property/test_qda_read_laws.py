"""Laws of reading and placing: what is written is read; white space doesn't matter; nothing is lost; time is linear."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.qda.align import Alignment
from pipeline.qda.anchor import Anchor, Placed
from pipeline.qda.compare import compare, gap
from pipeline.qda.counting import Counting, Ruler, Spot
from pipeline.qda.dialects import DIALECTS
from pipeline.qda.folding import squeeze
from pipeline.qda.names import theme_names
from pipeline.qda.project import Mark, Paper, Project, Theme
from pipeline.qda.qde import Options
from pipeline.qda.qdpx_read import read_qdpx
from pipeline.qda.qdpx_write import write_qdpx

CHARS = "人才引进补贴，。\n　 𠮷😀a１�é〓"
PATHS = (
    ("书",),
    ("书", "供给"),
    ("书", "供给", "其他"),
    ("书", "需求"),
    ("书", "需求", "其他"),
    ("二",),
    ("二", "平台"),
)
THEMES = tuple(Theme(path, len(path) > 1, f"定义：{path[-1]}", "#4E79A7") for path in PATHS)
CODERS = ("机器编码 terms@1", "张三")


@st.composite
def projects(draw: st.DrawFn) -> Project:
    papers = []
    for number in range(draw(st.integers(1, 3))):
        text = draw(st.text(CHARS, min_size=1, max_size=80))
        marks = []
        for _ in range(draw(st.integers(0, 6))):
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
            theme = draw(st.sampled_from([path for path in PATHS if len(path) > 1]))
            marks.append(Mark(start, end, theme, draw(st.sampled_from(CODERS)), text[start:end]))
        unique = {(mark.start, mark.end, mark.theme, mark.coder): mark for mark in marks}
        attributes = (("地区", "浙江"), ("年份", 2024 + number))
        papers.append(Paper(f"文{number}.txt", text, tuple(unique.values()), attributes, "标题=甲"))
    return Project("项目", tuple(papers), THEMES, CODERS, "说明", "cewen 1")


@settings(max_examples=60, deadline=None)
@given(projects(), st.sampled_from(sorted(DIALECTS)))
def test_what_is_written_is_read(project: Project, dialect: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.qdpx"
        write_qdpx(project, path, Options(DIALECTS[dialect]))
        read = read_qdpx(path)
    assert read.troubles == () and read.repaired == 0
    names = theme_names(project.themes)
    tops = {theme.path: (*(names[theme.path[:n]] for n in range(1, len(theme.path) + 1)),) for theme in THEMES}
    for ours, theirs in zip(project.papers, read.project.papers, strict=True):
        assert (ours.name, ours.text, ours.memo) == (theirs.name, theirs.text, theirs.memo)
        assert [v for _, v in ours.attributes] == [v for _, v in theirs.attributes]
        bare = [replace(mark, created="") for mark in theirs.marks]
        assert bare == [replace(mark, theme=tops[mark.theme]) for mark in ours.marks]
    assert [(one.path, one.codable, one.memo) for one in read.project.themes] == [
        (tops[one.path], one.codable, one.memo) for one in project.themes
    ]
    assert set(read.project.coders) == set(CODERS)


def spaced(text: str, rng: random.Random) -> tuple[str, list[int]]:
    """Return a text with white space put in and taken out, and where each of its characters has gone."""
    parts: list[str] = []
    places: list[int] = []
    length = 0
    for char in text:
        if rng.random() < 0.2:
            parts.append(rng.choice([" ", "\n", "\u3000", "\t"]))
            length += 1
        places.append(length)
        if char.isspace() and rng.random() < 0.5:
            continue
        parts.append(char)
        length += 1
    return "".join(parts), [*places, length]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


@settings(max_examples=100, deadline=None)
@given(st.text(CHARS, min_size=1, max_size=120), st.integers(0, 2**32))
@example("a ", 42843)
def test_white_space_never_moves_a_coding(raw: str, seed: int) -> None:
    rng = random.Random(seed)
    text, places = spaced(raw, rng)
    if not squeeze(raw):
        return
    alignment = Alignment(text, raw)
    anchor = Anchor(alignment)
    assert alignment.exact
    for _ in range(10):
        start = rng.randrange(len(raw))
        end = rng.randrange(start, len(raw)) + 1
        wanted = squeeze(raw[start:end])
        mark = Mark(places[start], places[end], ("书",), "甲", text[places[start] : places[end]])
        placed = anchor.place(mark)
        if not squeeze(mark.quote):
            assert isinstance(placed, str) or squeeze(raw[placed.start : placed.end]) == ""
            continue
        assert isinstance(placed, Placed)
        assert squeeze(raw[placed.start : placed.end]) == wanted == squeeze(mark.quote)
        # a mark may take in white space that stands beside the words in its own text
        assert trimmed(raw, *alignment.standard(start, end)) == trimmed(raw, placed.start, placed.end)


@settings(max_examples=80, deadline=None)
@given(st.text("人\r\n才\x00𠮷", max_size=40), st.booleans(), st.sampled_from([1, 2]))
def test_every_position_has_its_place(text: str, wide: bool, crlf: int) -> None:
    ruler = Ruler(text)
    spots, wanted = [], []
    at = plain = 0
    index = 0
    while index < len(text):
        pair = text.startswith("\r\n", index)
        size = crlf if pair else 2 if wide and text[index] > "\uffff" else 1
        spots.append(Spot(at, at + size, ""))
        wanted.append((plain, plain + 1))
        at, plain, index = at + size, plain + 1, index + (2 if pair else 1)
    assert ruler.spans(spots, Counting(wide, crlf)) == wanted
    assert ruler.spans([Spot(at, at + 1, ""), Spot(-1, 0, "")], Counting(wide, crlf)) == [None, None]


MARKS = st.lists(
    st.builds(
        lambda start, size, theme, coder: Mark(start, start + size, theme, coder),
        st.integers(0, 8),
        st.integers(1, 3),
        st.sampled_from([("书", "a"), ("书", "b"), ("二", "c")]),
        st.sampled_from(["机器编码", "张三", "李四"]),
    ),
    max_size=10,
    unique=True,
)


@settings(max_examples=300, deadline=None)
@given(MARKS, MARKS)
def test_every_coding_is_compared_once(machine: list[Mark], given: list[Mark]) -> None:
    machine = list({(m.start, m.end, m.theme): replace(m, coder="机器编码") for m in machine}.values())
    found = compare(machine, given, frozenset({"机器编码"}), "复核")
    assert found == compare(machine, list(reversed(given)), frozenset({"机器编码"}), "复核") or len(given) > 1
    assert sorted(id(one.given) for one in found if one.given) == sorted(map(id, given))
    for coder in ("张三", "李四", "复核"):
        answered = [id(one.machine) for one in found if one.machine and one.coder == coder]
        assert len(answered) == len(set(answered))
    seen = {id(one.machine) for one in found if one.machine}
    assert seen == set(map(id, machine))
    for one in found:
        if one.kind == "moved":
            assert (
                one.machine and one.given and one.machine.theme == one.given.theme and gap(one.machine, one.given) <= 10
            )
        if one.kind == "recoded":
            assert one.machine and one.given and one.machine.theme != one.given.theme
            assert (one.machine.start, one.machine.end) == (one.given.start, one.given.end)


def edited(length: int, seed: int) -> tuple[str, str, list[Mark]]:
    """A text of which one character in 60 was changed since it was coded, and its codings."""
    rng = random.Random(seed)
    text = "".join(chr(rng.randrange(0x4E00, 0x5000)) for _ in range(length))
    raw = "".join("改" if rng.random() < 1 / 60 else char for char in text)
    marks = [Mark(at, at + 40, ("书", "a"), "甲", text[at : at + 40]) for at in range(0, length - 40, 200)]
    return text, raw, marks


def test_a_changed_text_keeps_its_codings() -> None:
    text, raw, marks = edited(20_000, 1)
    anchor = Anchor(Alignment(text, raw))
    placed = [(mark, anchor.place(mark)) for mark in marks]
    right = [m for m, p in placed if isinstance(p, Placed) and abs(p.start - m.start) + abs(p.end - m.end) <= 2]
    assert len(right) >= 0.98 * len(marks)


@pytest.mark.slow
def test_placing_is_linear() -> None:
    seconds = []
    for length in (100_000, 400_000):
        text, raw, marks = edited(length, 2)
        begin = time.process_time()
        anchor = Anchor(Alignment(text, raw))
        for mark in marks[:200]:
            anchor.place(mark)
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 8 * seconds[0] + 0.2, seconds
