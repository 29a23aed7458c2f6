"""Each example and counter-example in configs/head.toml, numbering.toml and references.toml."""

import pytest

from pipeline.core.config import configs_dir
from pipeline.core.layers import CleanText, Head, HeadField
from pipeline.structure.agencies import is_agency
from pipeline.structure.dating import labelled_date
from pipeline.structure.doc_numbers import find_numbers
from pipeline.structure.numbering import load_ranks, read_numbering
from pipeline.structure.pieces import squeeze, top_pieces
from pipeline.structure.references import find_references, load_reference_rules, read_reference_file
from pipeline.structure.rules import load_head_rules, read_head_file
from pipeline.structure.titles import Title, find_kind, is_addressee
from pipeline.structure.validity import find_effective, find_expiry

FOLDER = configs_dir()
FILE, RULES = read_head_file(FOLDER), load_head_rules(FOLDER)
NUMBERING, RANKS = read_numbering(FOLDER), load_ranks(FOLDER)
REFERENCES, REFERENCE_RULES = read_reference_file(FOLDER), load_reference_rules(FOLDER)


def titled(value: str) -> Title:
    return Title(HeadField(value, 0, len(value)), len(value))


@pytest.mark.parametrize(("kind", "example"), [(k.name, e) for k in FILE.kind for e in k.examples])
def test_kinds(kind: str, example: str) -> None:
    assert find_kind(example, titled(example), RULES) == kind


@pytest.mark.parametrize("example", FILE.guide_words.examples)
def test_guides(example: str) -> None:
    assert find_kind(example, titled(example), RULES) == "指南"


@pytest.mark.parametrize("example", FILE.self_kind.examples)
def test_kinds_a_text_calls_itself(example: str) -> None:
    assert find_kind(example, None, RULES) in example.replace("政策", "措施")


@pytest.mark.parametrize(
    ("example", "expected"),
    [*((e, v) for r in FILE.doc_number for e, v in r.examples.items()), *FILE.number_borders.examples.items()],
)
def test_numbers(example: str, expected: str) -> None:
    assert [number.value for number in find_numbers(example, RULES.numbers)] == [expected]


@pytest.mark.parametrize(("name", "example"), [(r.name, e) for r in FILE.doc_number for e in r.counter])
def test_no_numbers(name: str, example: str) -> None:
    assert not [number for number in find_numbers(example, RULES.numbers) if number.rule == name]


@pytest.mark.parametrize("example", FILE.agency.examples)
def test_agencies(example: str) -> None:
    assert is_agency(example, RULES)


@pytest.mark.parametrize("example", FILE.agency.counter)
def test_no_agencies(example: str) -> None:
    assert not is_agency(example, RULES)


@pytest.mark.parametrize("example", FILE.running_head.examples)
def test_running_heads(example: str) -> None:
    assert RULES.running_head.fullmatch(example)


@pytest.mark.parametrize("example", FILE.running_head.counter)
def test_no_running_heads(example: str) -> None:
    assert not RULES.running_head.match(example)


@pytest.mark.parametrize("example", FILE.addressee.examples)
def test_addressees(example: str) -> None:
    assert is_addressee(example, RULES)


@pytest.mark.parametrize("example", FILE.addressee.counter)
def test_no_addressees(example: str) -> None:
    assert not is_addressee(example, RULES)


@pytest.mark.parametrize(
    ("field", "example", "expected"), [(r.field, e, v) for r in FILE.label for e, v in r.examples.items()]
)
def test_labels(field: str, example: str, expected: str) -> None:
    found = RULES.labels[field].match(example)
    assert found
    if field.endswith("date") or field in ("published", "expiry"):
        date = labelled_date(top_pieces(example), RULES, field)
        assert date and date.value == expected
    else:
        assert squeeze(found["value"]) == expected


@pytest.mark.parametrize("example", FILE.not_title.examples)
def test_no_titles(example: str) -> None:
    assert RULES.not_title.search(example)


@pytest.mark.parametrize("example", FILE.not_title.counter)
def test_titles(example: str) -> None:
    assert not RULES.not_title.search(example)


ISSUED = HeadField("2023-05-06", 0, 0)


@pytest.mark.parametrize(("example", "expected"), [(e, v) for r in FILE.effective for e, v in r.examples.items()])
def test_effective_dates(example: str, expected: str) -> None:
    found, derived = find_effective(example, 0, ISSUED, (), RULES)
    assert found and found.value == (ISSUED.value if expected == "issue" else expected)
    assert derived == (expected == "issue" or "后" in example)


@pytest.mark.parametrize("example", [e for r in FILE.effective for e in r.counter])
def test_no_effective_dates(example: str) -> None:
    assert find_effective(example, 0, ISSUED, (), RULES) == (None, False)


@pytest.mark.parametrize(("example", "expected"), [(e, v) for r in FILE.expiry for e, v in r.examples.items()])
def test_expiry(example: str, expected: str) -> None:
    found = find_expiry(example, 0, (), RULES)
    assert found and found.value == expected


@pytest.mark.parametrize("example", [e for r in FILE.expiry for e in r.counter])
def test_no_expiry(example: str) -> None:
    assert find_expiry(example, 0, (), RULES) is None


@pytest.mark.parametrize("name", FILE.person.examples)
def test_people(name: str) -> None:
    assert RULES.person.fullmatch(name)


@pytest.mark.parametrize("name", FILE.person.counter)
def test_no_people(name: str) -> None:
    assert not RULES.person.fullmatch(name)


@pytest.mark.parametrize(("level", "example"), [(h.level, e) for h in FILE.level_hint for e in h.examples])
def test_level_hints(level: str, example: str) -> None:
    assert next(name for name, pattern in RULES.level_hints if pattern.search(example)) == level


@pytest.mark.parametrize(("level", "example"), [(o.level, e) for o in FILE.own for e in o.examples])
def test_own_words(level: str, example: str) -> None:
    assert [name for name, pattern in RULES.own if pattern.search(example)] == [level]


def test_every_province_is_in_the_table() -> None:
    assert all(name in RULES.divisions.names for name in FILE.provinces.values())


@pytest.mark.parametrize(
    ("name", "line", "number"), [(r.name, e, n) for r in NUMBERING.rank for e, n in r.examples.items()]
)
def test_ranks(name: str, line: str, number: str) -> None:
    found = RANKS.starts.match(line)
    assert found and found.lastgroup and RANKS.by_group[found.lastgroup].name == name
    assert "".join(found.group(found.lastgroup).split()) == number


@pytest.mark.parametrize(("name", "line"), [(r.name, line) for r in NUMBERING.rank for line in r.counter])
def test_no_ranks(name: str, line: str) -> None:
    found = RANKS.starts.match(line)
    rank = RANKS.by_group.get(found.lastgroup or "") if found else None
    wrong = found and rank and rank.wrong_next and rank.wrong_next.match(line, found.end())
    assert rank is None or rank.name != name or wrong


@pytest.mark.parametrize(("relation", "example"), [(r.name, e) for r in REFERENCES.relation for e in r.examples])
def test_relations(relation: str, example: str) -> None:
    assert [r.relation for r in find_references(CleanText(example, ()), Head(), rules=REFERENCE_RULES)] == [relation]


@pytest.mark.parametrize(("relation", "example"), [(r.name, e) for r in REFERENCES.relation for e in r.counter])
def test_no_relations(relation: str, example: str) -> None:
    assert relation not in [r.relation for r in find_references(CleanText(example, ()), Head(), rules=REFERENCE_RULES)]


@pytest.mark.parametrize("title", [*REFERENCES.document.examples])
def test_documents(title: str) -> None:
    assert [r.title for r in find_references(CleanText(f"见《{title}》。", ()), Head(), rules=REFERENCE_RULES)] == [
        title
    ]


@pytest.mark.parametrize("title", [*REFERENCES.other.examples])
def test_other_works(title: str) -> None:
    assert find_references(CleanText(f"见《{title}》。", ()), Head(), rules=REFERENCE_RULES) == ()


@pytest.mark.parametrize("example", FILE.explains.examples)
def test_titles_that_explain_another_text(example: str) -> None:
    assert RULES.explains.search(example)


@pytest.mark.parametrize("example", FILE.explains.counter)
def test_titles_that_explain_nothing(example: str) -> None:
    assert not RULES.explains.search(example)
