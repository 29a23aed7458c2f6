"""All that is wrong, or only doubtful, in one codebook, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.books.load import open_book
from pipeline.coding.book_mistakes import raw_codes
from pipeline.coding.codebook import Code, Codebook, Written, build_codebook, walk
from pipeline.coding.examples import example_failures
from pipeline.core.errors import PipelineError
from pipeline.core.strict import KeyPath, line_of

_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Checked:
    """A codebook (None when it can't be used) with what must be mended and what is worth a look."""

    book: Codebook | None
    mistakes: tuple[str, ...]
    hints: tuple[str, ...]


def check_book(name: str, threshold: float) -> Checked:
    """Return the codebook ``name`` (packaged, or a path), all its mistakes and hints; ``threshold`` is the run's."""
    try:
        written = open_book(name)
    except PipelineError as error:
        return Checked(None, error.mistakes, ())
    try:
        book = build_codebook(written)
    except PipelineError as error:
        later = f"{written.name}: 例句和反例要等写法上的错误改好以后才检查"
        return Checked(None, error.mistakes, (*written.hints, later))
    paths = {entry["code"]: path for path, entry in raw_codes(written.data["codes"], ("codes",))}
    found = sorted(_hints(book, paths), key=lambda pair: line_of(pair[0], written.lines))
    hints = [f"{written.name}:{line_of(path, written.lines)}: {what}" for path, what in found]
    return Checked(book, tuple(_failures(book, written, paths, threshold)), (*written.hints, *hints))


def _failures(book: Codebook, written: Written, paths: dict[str, KeyPath], threshold: float) -> Iterator[str]:
    """Yield a sentence for each example without its code and each counter-example with it."""
    for one in example_failures(book, threshold):
        key = "examples" if one.wanted else "counter_examples"
        place = line_of((*paths[one.code], key, one.number), written.lines)
        what = "例句没有命中" if one.wanted else "反例命中"
        why = "" if one.wanted else f"（{one.rule}）"
        yield f"{written.name}:{place}: {what} {one.code}（{one.name}）{why}：「{one.example}」"


def _hints(book: Codebook, paths: dict[str, KeyPath]) -> Iterator[tuple[KeyPath, str]]:
    """Yield what is legal but doubtful, with the path of its place."""
    codes = [path[-1] for path in walk(book.codes)]
    for code in codes:
        yield from _code_hints(code, paths[code.code])
    names: set[str] = set()
    for code in codes:
        if code.name in names:
            yield (*paths[code.code], "name"), f"名称“{code.name}”不止一个代码在用，按名称导入时分辨不了"
        names.add(code.name)
    named = {word for code in codes for term in code.terms for word in (*term.near, *term.unless)}
    for group in book.groups:
        if f"${group}" not in named:
            yield ("groups", group), f"词组“{group}”没有用到"
    yield from _shared((), book.codes, paths)


def _code_hints(code: Code, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield what is doubtful in one code."""
    if not any(below[-1].terms for below in walk([code])):
        yield path, f"代码“{code.code}”没有词语：程序不会给出它，只能由人来编，或由训练得来"
    elif not code.examples:
        yield path, f"代码“{code.code}”没有例句，词语改动后无从检查"
    for key, examples in (("examples", code.examples), ("counter_examples", code.counter_examples)):
        for number, example in enumerate(examples):
            if example in examples[:number]:
                yield (*path, key, number), f"同一句写了两次：「{example}」"


def _shared(above: KeyPath, codes: tuple[Code, ...], paths: dict[str, KeyPath]) -> Iterator[tuple[KeyPath, str]]:
    """Yield, for each two siblings, the words that give either with the same weight, which tells nothing apart."""
    for index, code in enumerate(codes):
        own = {(term.term, term.weight) for term in code.terms if term.weight >= 1}
        for other in codes[:index]:
            both = [term for term in other.terms if (term.term, term.weight) in own]
            if both:
                shown = "、".join(term.term for term in both[:_MOST_WORDS]) + ("等" if len(both) > _MOST_WORDS else "")
                what = f"{len(both)} 个词在同级的“{other.code}”和“{code.code}”里权重相同，分不开二者：{shown}"
                yield paths[code.code], what
        yield from _shared(paths[code.code], code.children, paths)
