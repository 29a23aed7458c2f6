"""Agreement in Chinese: the tables people see, and what the figures allow them to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.coding.agreement import Figure
from pipeline.scoring.agreement import F1_NAMES, Blocks, Pair, Row
from pipeline.scoring.agreement_group import Group, GroupRow
from pipeline.scoring.agreement_result import FIRM, LEVELS, TENTATIVE, Agreement, level
from pipeline.scoring.coders import Coder
from pipeline.scoring.unit_sheet import UNITS, UnitKind

# a code rarer (or commoner) than this can agree by percent and yet have a low κ
RARE, COMMON, HIGH_PERCENT = 0.05, 0.95, 0.9
KNOWN_BY = {"all": "全部文档", "reading": "导入时写明读过的", "codings": "没有写明，取有其编码的文档"}
RESAMPLED = {"documents": "按文档", "units": "按单元", "none": "没有区间：字与字不独立，文档又少于 5 篇"}
_NAMED = (("percent", "一致率"), ("holsti", "Holsti"), ("pi", "π"), ("kappa", "κ"), ("alpha", "α"))
_SPANS = tuple(zip(F1_NAMES, ("有重叠", "交并比≥0.5", "交并比≥0.9"), strict=True))
_PLACES = Decimal("0.001")
_NAMES = 8  # so many codes are named in a sentence
_PARADOX = "很少（或几乎处处）出现的代码，几处分歧就会使系数很低（κ 悖论），请一并看出现率和“都有”“仅”的个数。"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table for people: its heading, the names of the columns and the rows."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[object, ...]]


def header(found: Agreement) -> Iterator[str]:
    """Yield who is compared, and how it's known what each has read."""
    yield f"编码者 {len(found.coders)} 个，单元：{UNITS[found.kind]}"
    if copies := found.copies:
        named = "、".join(copies[:_NAMES]) + ("等" if len(copies) > _NAMES else "")
        yield f"  内容与别的文件相同、不重复计的文件 {len(copies)} 个：{named}"
    for coder, outside in zip(found.coders, found.outside, strict=True):
        codings = sum(len(some) for some in coder.codings.values())
        sampled = sum(bool(stretches) for stretches in coder.read.values())
        words = f"  {coder.label}：读过 {len(coder.read)} 篇（{KNOWN_BY[coder.known_by]}）"
        words += f"，其中 {sampled} 篇只读了抽样的条款" if sampled else ""
        yield words + f"，编码 {codings} 处" + (f"，其中 {outside} 处不落在任何单元里" if outside else "")
        for file in coder.partial:
            yield (
                f"    注意：{file} 是在机器编码上改的，导入时没有加 --reviewed，没有改动的机器编码不算{coder.label}的，"
                f"与机器的一致性因此偏低。如果都已看过并同意，请用 cewen import 结果 {file} --coder {coder.label} "
                "--reviewed 重新导入。"
            )


def pair_grid(pair: Pair, names: Mapping[str, str] | None = None) -> Grid:
    """Return the table of two coders: codes under their codebook, then all together."""
    a, b = pair.a.label, pair.b.label
    title = f"{a} 与 {b}：双方都读过 {pair.documents} 篇、{pair.units:,} 个单元；95% 区间{_drawn(pair.blocks)}"
    heads = ("代码", "单元", "都有", f"仅{a}", f"仅{b}", "出现率", *(zh for _, zh in _NAMED), "α 的 95% 区间", "判读")
    rows: list[tuple[object, ...]] = []
    for book in pair.books:
        rows.append(_line(f"【{(names or {}).get(book.codebook, book.codebook)}】", book))
        rows += [_line("  " * (1 + row.depth) + row.name, row) for row in pair.rows if row.codebook == book.codebook]
    if len(pair.books) > 1:
        rows.append(_line("【全部】", pair.total))
    rows.append(_macro_line(pair.total))
    return Grid(title, heads, rows)


def group_grid(group: Group) -> Grid:
    """Return the table of all coders together."""
    title = f"全体 {len(group.coders)} 个编码者：至少两人读过 {group.documents} 篇；95% 区间{_drawn(group.blocks)}"
    given = tuple(f"{coder.label}给出" for coder in group.coders)
    heads = ("代码", "单元", *given, "两两一致率", "Fleiss κ", "α", "α 的 95% 区间", "判读")
    rows = [_group_line("  " * row.depth + row.name, row) for row in group.rows]
    return Grid(title, heads, [*rows, _group_line("【汇总】", group.total)])


def pairs_grid(pairs: Sequence[Pair]) -> Grid:
    """Return the table of all pairs, pooled over codes."""
    heads = ("编码者", "文档", "单元", *(zh for _, zh in _NAMED), "α 的 95% 区间", "集合 α", "片段 F1", "判读")
    rows: list[tuple[object, ...]] = [
        (
            f"{pair.a.label}–{pair.b.label}",
            pair.documents,
            pair.units,
            *(shown(pair.total.figures[name]) for name, _ in _NAMED),
            ends(pair.total.figures["alpha"]),
            shown(pair.total.figures["masi_alpha"]),
            shown(pair.total.figures[F1_NAMES[0]]),
            _level(pair.total.figures["alpha"]),
        )
        for pair in pairs
    ]
    return Grid("两两比较（各代码汇总）", heads, rows)


def _line(name: str, row: Row) -> tuple[object, ...]:
    """Return one row of the table of two coders."""
    figures = [shown(row.figures[one]) for one, _ in _NAMED]
    counts = (row.units, row.both, row.only_a, row.only_b, shown(row.figures["prevalence"]))
    return (name, *counts, *figures, ends(row.figures["alpha"]), _level(row.figures["alpha"]))


def _macro_line(total: Row) -> tuple[object, ...]:
    """Return the means over codes."""
    figures = [shown(total.figures[f"macro_{one}"]) for one, _ in _NAMED]
    alpha = total.figures["macro_alpha"]
    counts = (None, None, None, None, shown(total.figures["macro_prevalence"]))
    return ("各代码的平均", *counts, *figures, ends(alpha), _level(alpha))


def _group_line(name: str, row: GroupRow) -> tuple[object, ...]:
    """Return one row of the table of all coders."""
    figures = [shown(row.figures[one]) for one in ("percent", "fleiss", "alpha")]
    return (name, row.units, *row.given, *figures, ends(row.figures["alpha"]), _level(row.figures["alpha"]))


def reading(pair: Pair, kind: UnitKind) -> Iterator[str]:
    """Yield what the figures of two coders say, in plain words."""
    total = pair.total.figures
    if total["alpha"].value is None:
        hint = "。只读了抽样条款的文档不能按篇比较，请用 --unit 段" if kind == "document" and not pair.units else ""
        yield f"α 没有定义：{total['alpha'].reason}{hint}。"
        return
    yield "【】各行是汇总：每个单元的每个代码算一次判断；下级代码的编码也算上级的。"
    yield (
        f"α（汇总）{value_with_ends(total['alpha'])}：{_level(total['alpha'])}"
        f"（Krippendorff：≥ {FIRM:.2f} 可靠，≥ {TENTATIVE} 可作初步结论，再低不宜下结论）。"
    )
    yield f"整组代码（MASI 距离）的 α {value_with_ends(total['masi_alpha'])}。"
    yield "片段 F1：" + "，".join(f"{zh} {value_with_ends(total[name])}" for name, zh in _SPANS) + "。"
    weak = [row for row in pair.rows if level(row.figures["alpha"]) == "low" and not _by_one(row)]
    if weak:
        yield f"α 低于 {TENTATIVE} 的代码：{_listed((r, r.figures['alpha']) for r in weak)}。"
    if rare := [row for row in weak if _is_paradox(row)]:
        yield f"其中 {_listed(((r, r.figures['prevalence']) for r in rare), '出现率 ')} 一致率高而 κ、α 低：{_PARADOX}"
    if alone := [row for row in pair.rows if _by_one(row)]:
        below = "；若一方没有编到这一级，可用 --depth 1 只比较最高一级" if any(row.depth for row in alone) else ""
        yield f"只有一方用过的代码 {len(alone)} 个（{_names(alone)}）：系数接近或低于 0{below}。"
    if undefined := [row for row in pair.rows if row.figures["alpha"].value is None]:
        names = "、".join(f"{r.name}（{r.figures['alpha'].reason}）" for r in undefined[:_NAMES])
        yield f"系数没有定义的代码 {len(undefined)} 个（表中空白）：{names}。"
    if pair.unused:
        yield f"双方都没有用过、不计在内的代码 {len(pair.unused)} 个。"


def _by_one(row: Row) -> bool:
    """Tell whether only one of the two ever gave a code."""
    return not row.both and not (row.only_a and row.only_b)


def _names(rows: Sequence[Row]) -> str:
    """Return the names of codes, the first few of many."""
    return "、".join(row.name for row in rows[:_NAMES]) + ("等" if len(rows) > _NAMES else "")


def _listed(rows: Iterable[tuple[Row, Figure]], before: str = "") -> str:
    """Return codes with a figure each, the first few of many."""
    found = [f"{row.name}（{before}{_plain(one)}）" for row, one in rows]
    return "、".join(found[:_NAMES]) + (f" 等 {len(found)} 个" if len(found) > _NAMES else "")


def _is_paradox(row: Row) -> bool:
    """Tell whether a code has a high percent agreement and a low α because it is rare or common."""
    share, percent = row.figures["prevalence"].value, row.figures["percent"].value
    return share is not None and percent is not None and percent >= HIGH_PERCENT and not RARE < share < COMMON


def _drawn(blocks: Blocks) -> str:
    """Return how intervals were made."""
    return f"：{RESAMPLED[blocks]}" if blocks == "none" else f"{RESAMPLED[blocks]}自助抽样"


def shown(one: Figure) -> Decimal | None:
    """Return a figure with three places; None when it's not defined."""
    return None if one.value is None else _rounded(one.value)


def _rounded(value: float) -> Decimal:
    """Return a number with three places, never −0.000."""
    return Decimal(repr(value)).quantize(_PLACES, ROUND_HALF_UP) + 0


def _plain(one: Figure) -> str:
    """Return a figure as text, a dash for none."""
    return "—" if one.value is None else str(shown(one))


def ends(one: Figure) -> str | None:
    """Return an interval: 「0.712–0.801」; one below 0 with 「~」."""
    if one.low is None or one.high is None:
        return None
    sign = "~" if one.low < 0 else "–"
    return f"{_rounded(one.low)}{sign}{_rounded(one.high)}"


def value_with_ends(one: Figure) -> str:
    """Return a figure with its interval in brackets."""
    between = ends(one)
    return f"{_plain(one)}（{between}）" if between else _plain(one)


def _level(alpha: Figure) -> str | None:
    """Return what α allows, in Chinese."""
    found = level(alpha)
    return LEVELS[found] if found else None


def label_of(coders: Sequence[Coder], name: str) -> str:
    """Return the name of a coder as people read it."""
    return next((coder.label for coder in coders if coder.name == name), name)
