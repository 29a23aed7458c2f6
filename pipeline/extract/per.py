"""The basis of a figure (每人每月, /年, 一次性, 人均): which of the bases around it govern it."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.core.layers import Mention, Role
from pipeline.extract.bases import Basis, PerRules, bases_behind, bases_in, load_per_rules
from pipeline.extract.context import Context
from pipeline.extract.governed import column_header, governing_sentence

__all__ = ["PerRules", "is_cap", "load_per_rules", "per_of"]

_CAP = re.compile(r"^\s*(?:最高|最多|不超过|上限|但?最高|最长|但不超过|最低)")
_PIECE = re.compile(r"[，,。；;！？!?\n\t]")
_SEGMENT = re.compile(r"[。；;！？!?\n\t]")
_DIGIT = re.compile(r"[\d０-９]|[一二两三四五六七八九十][一二三四五六七八九十百千万亿]*\s?[元名家个项件倍]")
# 人民币1万元以上或者外币等值1000美元以上: one threshold
_OR = re.compile(r".*或者?\s?外\s?币")
_YEAR = re.compile(r"(?:19|20)\d\d年")
# 每周不低于3班、上座率不低于65%: a share joined to a figure has a basis of its own
_JOINED = re.compile(r"\d[^、且]*[、且]")
# 从40元提高到, 由三万元增加到: both figures have the basis before the first
_FROM_TO = re.compile(r"[由从][^、]*[到至为]\s*$")
# a piece without a subject of its own: 2025年分别达到, 比上年提高
_GOES_ON = re.compile(
    r"\s*(?:[到至]?(?:(?:19|20)\d\d年底?|今年|去年|全年))?(?:比[^，]{1,8}?)?(?:分别|预计|将)?"
    r"(?:(?:不得|不|应当?)(?:低于|高于|少于|超过|多于)[^，]{0,14}?|达到?|为|是|增至|增加到?|增长到|提高到?|提升到|上升到|升至|超过|突破|接近|约)了?\s*"
)
# what a piece names that has only a figure: 初级300元
_LABEL = re.compile(r"[^，。；\d给奖补发投购保]{1,8}")
_EACH = re.compile("每[年月季]")
# 每年举办3场，服务企业不少于500家: the rest of the sentence is for each year too, unless it sums up
_EVERY_YEAR = re.compile(r"每年(?![度人])")
_SUMS_UP = re.compile(r"累计|共|目前|(?:19|20)\d\d年|总(?:量|数|额|计)|前")
_AMOUNTS = frozenset({"money", "percent", "count", "area", "other", "multiple"})
_NUMERALS, _TIMES = frozenset("0123456789一二两三四五六七八九十"), frozenset("年月周天")
_REACH = 60


def per_of(text: str, mention: Mention, context: Context, role: Role, rules: PerRules) -> tuple[str, ...]:
    """Return the bases of ``mention`` in order of writing; 「once」 stands for 一次性; empty when there is none."""
    if mention.kind == "ratio" and role != "benefit":
        return ()
    found = _before(text, mention, context, role, rules)
    if mention.kind != "duration":
        behind = bases_behind(text, mention.start, mention.end, rules)
        if behind:
            found = [b for b in found if b.how != "mean"]
            found += [Basis(word, context.list_start + at, 0, "each") for at, word in enumerate(behind)]
    at = _once(text, mention, context, role, rules)
    if at is not None and (at >= context.list_start - len(context.list_piece) or not found):
        found.append(Basis("once", at, at, "each"))
    if not found and role == "benefit" and mention.kind == "money" and is_cap(context):
        found = _capped(text, context, rules)
    if not found and mention.kind in ("money", "percent", "count", "area", "other"):
        return _of_column(text, mention, role, rules)
    return tuple(dict.fromkeys(b.word for b in sorted(found, key=lambda b: b.start)))


def is_cap(context: Context) -> bool:
    """Tell whether the piece caps the benefit named before it (…给予20%补助，最高100万元)."""
    return bool(_CAP.match(context.list_piece))


def _capped(text: str, context: Context, rules: PerRules) -> list[Basis]:
    """Return the bases of the benefit that a cap of money closes: 每人每次补贴四分之一，最高不超过3元.

    They stand in the last piece before it in its segment that has any; the bases of a step are the step's alone.
    """
    start = context.segment_start
    stop = context.list_start - len(context.list_piece)
    borders = [start, *(found.end() for found in _PIECE.finditer(text, start, stop))]
    for low, high in reversed(list(pairwise(borders))):
        piece = text[low:high]
        found = [b for b in bases_in(piece, rules) if b.how == "each"]
        found += [Basis("once", m.start(), m.end(), "each") for m in rules.once.finditer(piece)][:1]
        if found:
            return [Basis(b.word, low + b.start, low + b.end, b.how) for b in found]
    return []


def _before(text: str, mention: Mention, context: Context, role: Role, rules: PerRules) -> list[Basis]:
    """Return the bases before the list of ``mention`` that govern it, by where they begin in the text."""
    low = max(context.list_start - len(context.list_piece), context.list_start - _REACH)
    piece = text[low : context.list_start]
    found = [b for b in bases_in(piece, rules) if _governs(b, piece, mention, role)]
    found = [b for b in found if b.how != "each" or not _other_way(piece[b.end :], rules.once)]
    found = [Basis(b.word, low + b.start, low + b.end, b.how) for b in found]
    yearly = role == "benefit" and mention.bound in ("max", "min") and mention.kind in ("money", "count", "duration")
    if yearly and not any(b.word == "年" for b in found) and (year := _yearly(piece, rules)) is not None:
        found.append(Basis("年", low + year, low + year, "each"))
    if not found and not (found := _carried(text, low, mention, context, role, rules)) and role == "benefit":
        found = _governing(text, mention, rules)
    return found


def _governs(basis: Basis, piece: str, mention: Mention, role: Role) -> bool:
    """Tell whether a basis in the piece before a figure is the figure's."""
    between = _YEAR.sub("", piece[basis.end :])
    crossed = _DIGIT.search(_OR.sub("", between)) is not None
    if between.count("（") != between.count("）"):
        return False
    if basis.how == "step":
        return role != "condition" or basis.word[0] in _NUMERALS
    if mention.kind in ("duration", "age", "multiple") and role != "benefit":
        if mention.kind == "duration":
            timed = basis.word in _TIMES and mention.unit not in ("年", basis.word)
            return basis.how in ("each", "one") and (timed or basis.word == "次") and not crossed
        return basis.word == "人" and basis.how == "mean" and mention.kind == "age"
    if basis.how in ("each", "rhythm"):
        joined = mention.kind == "percent" and role != "benefit" and _JOINED.search(between)
        return not crossed or (mention.kind != "duration" and not joined)
    if basis.how == "same":
        return not crossed and role == "benefit" and mention.bound == "max" and "累计" not in between
    if basis.how == "one":
        return not crossed and (role in ("benefit", "budget") or mention.kind not in ("percent", "duration"))
    return _mean_governs(basis, between, mention, crossed and not _FROM_TO.search(piece))


def _mean_governs(basis: Basis, between: str, mention: Mention, crossed: bool) -> bool:
    """Tell whether 人均 or 年均 is a figure's basis: not of a growth or share, nor in a formula (按月均余额的2%)."""
    if crossed or "余额" in between or between.rstrip().endswith("等"):
        return False
    if mention.kind in ("percent", "multiple"):
        return basis.word in _TIMES and not between.endswith("的")
    return True


def _yearly(piece: str, rules: PerRules) -> int | None:
    """Return where the words begin that make the figure behind ``piece`` a cap for each year, ``None`` without."""
    found = rules.yearly.search(piece)
    if found is None:
        return None
    said = found["said"] if found["award"] is None else found["award"]
    if not rules.award.search(said) or rules.indicator.search(rules.award.split(said)[0]):
        return None
    return found.start()


def _carried(text: str, low: int, mention: Mention, context: Context, role: Role, rules: PerRules) -> list[Basis]:
    """Return the bases of an earlier piece of the segment that govern the figure too.

    Those of a step wait for it (每引进1名博士，给予5万元); all do where the piece goes on without a subject of its own
    (人均住房面积提高2平方米，达到40平方米); 每年 does where a list of what is done each year goes on.
    """
    begin = max(context.sentence_start, low - 2 * _REACH)
    for border in _SEGMENT.finditer(text, begin, low):
        begin = border.end()
    borders = [begin, *(m.end() for m in _PIECE.finditer(text, begin, low))]
    if len(borders) < 2:
        return []
    goes_on = mention.kind != "duration" and _GOES_ON.fullmatch(text, low, context.list_start) is not None
    before = text[begin:low]
    found = []
    for basis in bases_in(before, rules):
        near = begin + basis.start >= borders[-2]
        if near and goes_on and _governs(basis, before[: basis.end], mention, role):
            found.append(basis)
            continue
        waits = (
            basis.how == "step"
            or (basis.how == "rhythm" and near and _LABEL.fullmatch(text[low : context.list_start].rpartition("、")[2]))
            or (basis.how == "each" and before[: basis.start].endswith("对") and near)
        )
        if waits and _waits(before[basis.end :], basis, mention, role, rules):
            found.append(basis)
    if not found and mention.kind == "count" and role in ("target", "fact"):
        every = _EVERY_YEAR.search(before)
        if every and not _SUMS_UP.search(text, begin + every.end(), context.list_start):
            found.append(Basis("年", every.start(), every.end(), "each"))
    return [Basis(b.word, begin + b.start, begin + b.end, b.how) for b in found]


def _governing(text: str, mention: Mention, rules: PerRules) -> list[Basis]:
    """Return the bases of the sentence that governs the list line of a benefit: 按每月以下标准发放：1.…100元；."""
    span = governing_sentence(text, mention.start)
    if span is None or mention.kind not in ("money", "percent"):
        return []
    start = max(span[0], span[1] - 2 * _REACH)
    found = list(bases_in(text[start : span[1]], rules))
    if once := rules.once.search(text, start, span[1]):
        found.append(Basis("once", once.start() - start, once.end() - start, "each"))
    open_ones = (b for b in found if b.how == "each" and not _DIGIT.search(text, start + b.end, span[1]))
    return [Basis(b.word, start + b.start, start + b.end, b.how) for b in open_ones]


def _of_column(text: str, mention: Mention, role: Role, rules: PerRules) -> tuple[str, ...]:
    """Return the bases above a table's cell: 租房补贴（元/月）, 每亩补助标准, 一次性奖励."""
    header = column_header(text, mention.start)
    if header is None:
        return ()
    header += text[text.rfind("\n", max(0, mention.start - _REACH), mention.start) + 1 : mention.start]
    found = [b.word for b in bases_in(header, rules) if b.how in ("each", "one")]
    for money in re.finditer("元", header):
        found += bases_behind(header, money.end(), money.end(), rules)
    if role == "benefit" and rules.once.search(header):
        found.append("once")
    return tuple(dict.fromkeys(found))


def _waits(between: str, basis: Basis, mention: Mention, role: Role, rules: PerRules) -> bool:
    """Tell whether a basis waits for the figure behind ``between``: nothing was given for it yet."""
    if role == "benefit" and mention.bound != "max":
        return rules.given.search(between) is None
    numbered = basis.word[0] in _NUMERALS
    if basis.word[-1] in _TIMES and numbered:
        return False
    return _DIGIT.search(between) is None and (role != "condition" or numbered)


def _other_way(between: str, basis: re.Pattern[str]) -> bool:
    """Tell whether a ``basis`` of the other sort stands behind a figure: 一次性10万元、每年, 每年2万元、一次性."""
    figure = _DIGIT.search(between)
    return figure is not None and basis.search(between, figure.end()) is not None


def _once(text: str, mention: Mention, context: Context, role: Role, rules: PerRules) -> int | None:
    """Return where 一次性 stands that governs the figure: before its list, right behind it or in an earlier piece."""
    low = context.list_start - len(context.list_piece)
    if mention.kind not in _AMOUNTS:
        return None
    if role != "benefit":
        at = rules.once_now.search(context.list_piece)
        return low + at.start() if at else None
    if found := rules.once.search(context.list_piece):
        if _other_way(context.list_piece[found.end() :], _EACH):
            return None
        aside = context.list_piece.count("（", found.end()) != context.list_piece.count("）", found.end())
        return low - 1 if aside else low + found.start()
    behind = rules.once_behind.match(text, context.list_end)
    if behind and not rules.gift.search(behind["between"].replace("给予", "")):
        return context.list_end
    begin = max(context.sentence_start, low - 2 * _REACH)
    opened = rules.once_open.search(text[begin:low])
    return begin + opened.start() if opened else None
