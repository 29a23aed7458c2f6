"""Word's automatic numbers (一、 （一） 1. 第三章), which aren't in the text of a docx but in its numbering part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.counting import DIGITS, chinese
from pipeline.ingest.attributes import W, value_of, whole

MOST_LEVEL = 8  # from 0
_MOST_NUMBER = 32_767  # as in Word
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def _letters(number: int, first: str) -> str:
    """Return a, b … z, aa, bb as Word counts."""
    return chr(ord(first) + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    """Return a Roman number in capitals."""
    pairs = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
    )
    result = ""
    for value, sign in (*pairs, (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        result += sign * (number // value)
        number %= value
    return result


def _circled(number: int) -> str:
    """Return ① to ⑳, then Arabic."""
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _of(row: str) -> Callable[[int], str]:
    """Return a counter through ``row`` that starts again at its end."""
    return lambda number: row[(number - 1) % len(row)]


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02}",
    "decimalFullWidth": str,
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda n: f"({n})",
    "decimalEnclosedFullstop": lambda n: f"{n}.",
    "chineseCounting": chinese,
    "chineseCountingThousand": lambda n: chinese(n, zero="零"),
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": lambda n: chinese(n, zero="零"),
    "ideographDigital": lambda n: "".join(DIGITS[int(d)] for d in str(n)),
    "japaneseDigitalTenThousand": lambda n: "".join(DIGITS[int(d)] for d in str(n)),
    "taiwaneseDigital": lambda n: "".join(DIGITS[int(d)] for d in str(n)),
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL, "拾佰仟", "零"),
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "lowerLetter": lambda n: _letters(n, "a"),
    "upperLetter": lambda n: _letters(n, "A"),
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperRoman": _roman,
}


BULLET = "• "  # whatever sign a file has for it: many are characters of a picture font


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts and looks; ``pattern`` holds %1 to %9."""

    start: int
    format: str
    pattern: str
    suffix: str
    legal: bool


@dataclass(slots=True)
class Numbering:
    """The lists of one document and how far each has counted. ``next_label`` must be asked in document order."""

    levels: dict[str, dict[int, Level]]
    abstract: dict[str, str]
    starts: dict[tuple[str, int], int]
    linked: dict[tuple[str, int], str]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _restarted: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, number: str, style: str) -> int:
        """Return the level that belongs to a paragraph style of list ``number``, 0 when none does."""
        key = self.abstract.get(number, "")
        return next((level for (a, level), name in self.linked.items() if a == key and name == style), 0)

    def next_label(self, number: str, level: int) -> str:
        """Return what's printed before the next paragraph of list ``number`` at ``level`` (from 0), "" for nothing."""
        key = self.abstract.get(number)
        levels = self.levels.get(key or "", {})
        shown = levels.get(level)
        if key is None or shown is None:
            return ""
        counts = self._counts.setdefault(key, {})
        override = self.starts.get((number, level))
        if override is not None and (number, level) not in self._restarted:
            self._restarted.add((number, level))
            counts[level] = override
        else:
            counts[level] = counts[level] + 1 if level in counts else shown.start
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return _render(shown, levels, counts)


def _render(shown: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
    """Return the label of a level with all its %n filled in, and what stands between it and the text."""
    if shown.format in ("bullet", "none"):
        return BULLET if shown.format == "bullet" else ""
    label = shown.pattern
    for index in range(9):
        if f"%{index + 1}" not in label:
            continue
        level = levels.get(index, shown)
        name = "decimal" if shown.legal else level.format
        count = counts.get(index, level.start)
        label = label.replace(f"%{index + 1}", _FORMATS.get(name, str)(count))
    if shown.suffix == "nothing" or label.endswith(("、", "）", "．", "：", "，")):
        return label
    return label + " " if label else ""


def read_numbering(root: Any | None) -> Numbering:
    """Return the lists of ``numbering.xml``; without one there are none."""
    result = Numbering({}, {}, {}, {})
    if root is None:
        return result
    styles: dict[str, str] = {}
    borrowed: dict[str, str] = {}
    for item in root.iter(f"{W}abstractNum"):
        key = item.get(f"{W}abstractNumId", "")
        result.levels[key] = {}
        for node in item.iter(f"{W}lvl"):
            index = whole(node.get(f"{W}ilvl"), MOST_LEVEL) or 0
            result.levels[key][index] = _level(node)
            if style := value_of(node, "pStyle"):
                result.linked[key, index] = style
        if name := value_of(item, "styleLink"):
            styles[name] = key
        if name := value_of(item, "numStyleLink"):
            borrowed[key] = name
    for key, name in borrowed.items():
        result.levels[key] = result.levels.get(styles.get(name, ""), {})
    for item in root.iter(f"{W}num"):
        _read_num(item, result)
    return result


def _read_num(item: Any, result: Numbering) -> None:
    """Enter one ``w:num``: its abstract list and the levels that start anew or look different."""
    number = item.get(f"{W}numId", "")
    key = value_of(item, "abstractNumId") or ""
    result.abstract[number] = key
    for override in item.iter(f"{W}lvlOverride"):
        index = whole(override.get(f"{W}ilvl"), MOST_LEVEL) or 0
        node = override.find(f"{W}lvl")
        if node is not None:
            own = f"{key}/{number}"
            result.levels.setdefault(own, dict(result.levels.get(key, {})))[index] = _level(node)
            result.abstract[number] = own
        start = override.find(f"{W}startOverride")
        if start is not None:
            result.starts[number, index] = _start(start.get(f"{W}val"))


def _level(node: Any) -> Level:
    """Return one ``w:lvl``."""
    legal = node.find(f"{W}isLgl")
    return Level(
        start=_start(value_of(node, "start")),
        format=value_of(node, "numFmt") or "decimal",
        pattern=value_of(node, "lvlText") or "",
        suffix=value_of(node, "suff") or "tab",
        legal=legal is not None and legal.get(f"{W}val", "1") not in ("0", "false"),
    )


def _start(text: str | None) -> int:
    """Return the number a list starts with, 1 when there's none that can be."""
    number = whole(text, _MOST_NUMBER)
    return 1 if number is None else number
