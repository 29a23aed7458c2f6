"""What SPSS and Stata want of a variable: its name, its label, numbers with labels for coded values, cut texts.

Limits from the programs' documentation: SPSS takes names of 64 bytes, variable labels of 256, value labels of 120 and
texts of 32,767 bytes; Stata names of 32 characters variable labels of 80 and value labels of 32,000 bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.table.cells import printable
from pipeline.table.derive import Column
from pipeline.table.words import per_words
from pipeline.table.workbook import CUT

# a variable with more values than this stays text
_MOST_LABELS = 5_000


@dataclass(frozen=True, slots=True)
class Program:
    """A statistics program: what it is called, words that can be no name (lower case), and its limits.

    ``measure`` says how long a name or label is: in bytes or characters. ``text_most``, in bytes, is None where texts
    have no limit.
    """

    name: str
    reserved: frozenset[str]
    measure: Callable[[str], int]
    name_most: int
    label_most: int
    value_label_most: int
    text_most: int | None


def size(text: str) -> int:
    """Return how many bytes ``text`` takes in UTF-8."""
    return len(text.encode("utf-8"))


SPSS = Program(
    "SPSS",
    frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"]),
    size,
    64,
    256,
    120,
    32_767,
)
# The name of a set of value labels is the variable's with a number of up to four digits, and has its limit.
STATA = Program(
    "Stata",
    frozenset(["byte", "double", "float", "if", "in", "int", "long", "strl", "using", "with"]),
    len,
    28,
    80,
    8_000,
    None,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A column as a program has it.

    ``labels``: number → Chinese word, for a coded column; ``codes``: value of the table → number; ``ordered``: the
    numbers have an order. ``decimals``: how many its numbers need.
    """

    name: str
    label: str
    column: Column
    values: Sequence[Any]
    labels: Mapping[int, str]
    codes: Mapping[str, int]
    ordered: bool = False
    decimals: int = 0
    cut: int = 0


def variables(
    program: Program, found: Sequence[Column], rows: Iterable[Sequence[Any]], orders: Mapping[str, Sequence[str]]
) -> list[Variable]:
    """Return the columns of a table with their values as ``program`` takes them.

    ``orders``: column → the values of the run in order, for columns that become numbers with labels.
    """
    names = variable_names(program, [column.name for column in found])
    values: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [() for _ in found]
    return [
        _variable(program, name, column, given, orders.get(column.name))
        for name, column, given in zip(names, found, values, strict=True)
    ]


def _variable(
    program: Program, name: str, column: Column, values: Sequence[Any], order: Sequence[str] | None
) -> Variable:
    """Return one column as a variable."""
    label = shortened(column.col.zh, "", program.label_most, program.measure)
    if column.type is not str:
        decimals = _decimals(values) if column.type is Decimal else 4 if column.type is float else 0
        plain = [float(value) if isinstance(value, Decimal) else value for value in values]
        return Variable(name, label, column, plain, {}, {}, decimals=decimals)
    words = _words(column, values, order)
    if words is not None and _fit(program, words):
        codes = {value: number for number, value in enumerate(words, 1)}
        labels = {number: _plain(words[value]) for value, number in codes.items()}
        numbers = [None if value is None else codes[value] for value in values]
        return Variable(name, label, column, numbers, labels, codes, ordered=column.name == "level")
    texts = [cut(_plain(value or ""), program.text_most) for value in values]
    return Variable(name, label, column, [text for text, _ in texts], {}, {}, cut=sum(was for _, was in texts))


def _words(column: Column, values: Sequence[Any], order: Sequence[str] | None) -> dict[str, str] | None:
    """Return value → word of a coded column in order, values not in the run's list at the end; None for a text."""
    if column.col.values is not None:
        return dict(column.col.values)
    if order is None:
        return None
    others = sorted({value for value in values if value is not None} - set(order))
    return {value: (per_words(value) or "") if column.name == "per" else value for value in (*order, *others)}


def _fit(program: Program, words: Mapping[str, str]) -> bool:
    """Tell whether the words can be value labels: not too many, none too long, none empty or equal to another."""
    plain = [_plain(word) for word in words.values()]
    short = all(word and program.measure(word) <= program.value_label_most for word in plain)
    return short and len(set(plain)) == len(plain) <= _MOST_LABELS


def _plain(text: str) -> str:
    """Return ``text`` without control characters."""
    return printable(text)


def cut(text: str, most: int | None) -> tuple[str, bool]:
    """Return ``text`` with at most ``most`` bytes, a mark at the end where it was cut, and whether it was."""
    if most is None or len(text) * 4 <= most or size(text) <= most:
        return text, False
    room = most - size(CUT)
    return text.encode("utf-8")[:room].decode("utf-8", errors="ignore") + CUT, True


def _decimals(values: Sequence[Any]) -> int:
    """Return how many decimals the amounts need."""
    exponents = [value.normalize().as_tuple().exponent for value in values if isinstance(value, Decimal)]
    return max((-one for one in exponents if isinstance(one, int) and one < 0), default=0)


def variable_names(program: Program, names: Sequence[str]) -> list[str]:
    """Return names the program takes, each once whatever the case: letters, digits and _, a letter first."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFC", name)
        word = "".join(char if _allowed(char) else "_" for char in plain).lstrip("_")
        word = re.sub("_+$", "", word) or "v"
        word = word if unicodedata.category(word[0])[0] == "L" else f"v{word}"
        word = shortened(word, "", program.name_most, program.measure)
        word = f"{word}_" if word.casefold() in program.reserved or re.fullmatch(r"str\d+", word) else word
        number = 2
        unique = word
        while unique.casefold() in taken:
            unique = shortened(word, f"_{number}", program.name_most, program.measure)
            number += 1
        taken.add(unique.casefold())
        found.append(unique)
    return found


def _allowed(char: str) -> bool:
    """Tell whether a character may stand in a name: a letter or digit of the basic plane, or _."""
    return char == "_" or (char < "\U00010000" and (char.isdecimal() or unicodedata.category(char)[0] == "L"))


def shortened(text: str, end: str, most: int, measure: Callable[[str], int]) -> str:
    """Return ``text`` + ``end``, the text cut so that both are at most ``most`` long."""
    kept = text[: most - measure(end)]
    while measure(kept + end) > most:
        kept = kept[:-1]
    return kept + end
