"""The title of a document, of the text it carries, and its 文种."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.dates import find_dates
from pipeline.core.layers import HeadField
from pipeline.structure.agencies import is_agency, split_issuers
from pipeline.structure.doc_numbers import find_numbers
from pipeline.structure.pieces import Piece, squeeze
from pipeline.structure.rules import HeadRules

_ENGLISH = "[EN]"
_OTHER = "其他"
_LONGEST = 120
_JOINED = 5
_PRINTED_AGAIN = 3000
_NEAR = 400
_SEARCHED = 16
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STRIP = re.compile(
    r"^\d{1,3}[.．、]\s*(?=[\u4e00-\u9fff])|^标题[:：]\s*|^[（(【\[](?:转载|视频|图解|关注|转发|原文)[）)】\]]\s*"
)
_CARRY = re.compile(r"^(?:的|（试行|（暂行|（修订|\(试行|（\d{4}|（征求|（草案|（第)")
_INNER = re.compile(
    r"《(?P<title>[^《》]{4,80})》[^。；]{0,12}(?:已经?|业经|经)[^。；]{2,60}[，,][^。]{0,12}(?:印发|转发|批转)"
)
_INNER_NOW = re.compile(
    r"(?:现(?:将|印发|公布|发布|转发|予印发)|(?P<loose>印发|公布|发布|转发))《(?P<title>(?:[^《》]|《[^《》]*》){4,80})》"
)
_CARRIES = re.compile(r"印发|公布|发布|转发|批转|下达|颁布")
_QUOTED = re.compile(r"《(?P<title>[^《》]{6,}(?:《[^《》]*》[^《》]*)*)》[（(]?[^《》]{1,24}$")
_SAID = re.compile(
    r"(?P<title>[^—\n]{4,40}?)[ \u3000]{0,2}[—-]{1,2}[ \u3000]?\d{4}年\d{1,2}月\d{1,2}日在"
)  # 「…报告——…日在…上」
_NAMED_BY_ORDER = re.compile(r"\s?[（(](?P<title>[^（）()]{4,60}(?:[（(][^（）()]{1,12}[）)])?)[）)]$")
_COLON = re.compile(r"(?P<label>[\u4e00-\u9fff]{2,6})[：:](?P<value>[^：:。；，]*[\u4e00-\u9fff][^：:。；，]{3,})")
_COLON_LINE = re.compile(r"[\u4e00-\u9fff \u3000]{2,8}[：:]")
_PROSE = 60
_WITH_ADDRESSEE = re.compile(r"(?P<title>关于.{4,110}?的(?:通知|通报|意见|批复|函|决定))(?P<to>[^。；：]{2,200})[：:]")
# 「（2023年2月28日）」, 「（2023年2月28日云州市第十三届人民代表大会第五次会议通过）」, but no span of days
_DATED = re.compile(r"[（(]\d{4}年\d{1,2}月\d{1,2}日(?!\s?[-—－–~～至])[^（()）\n]{0,160}[）)]$")
_IN_TITLE = re.compile(r"(?:印发|公布|发布)(?P<title>.{4,80}?)的(?:通知|公告|决定)")
_SHORT_NAME = re.compile(r"《(?P<title>[^《》]{8,60})》\s*[（(]以下简称《(?P<short>[^《》]{2,12})》")


@dataclass(frozen=True, slots=True)
class Title:
    """The title and where what follows it begins (code points)."""

    field: HeadField
    after: int


def find_title(
    text: str, pieces: Sequence[Piece], rules: HeadRules, *, above: int = 0, printed: str | None = None
) -> Title | None:
    """Return the document's own Chinese title, ``None`` when it prints none.

    ``above``: how many pieces the red head above the title takes; ``printed``: the title in the file's own metadata.
    """
    below = _printed_title(text, pieces[above:], rules) if above else None
    if below and (below.field.value.startswith("关于") or rules.kind_end.search(below.field.value)):
        return below
    title, named = _printed_title(text, pieces, rules), _metadata(text, printed)
    if title is None or named is None or not rules.kind_end.search(named.field.value):
        return title or named
    # what stands above it, or was joined to it, is the page's own: 「政策解读」, 「基本信息」
    framed = title.field.value.removesuffix(named.field.value)
    joined = framed not in ("", title.field.value) and not split_issuers(framed, 0, len(framed), rules)
    formal = "关于" in title.field.value or rules.kind_end.search(title.field.value)
    return named if joined or not formal else title


def _printed_title(text: str, pieces: Sequence[Piece], rules: HeadRules) -> Title | None:
    """Return the title the pieces print, ``None`` when they print none."""
    english = bool(pieces) and pieces[0].text.startswith(_ENGLISH)
    usable = [i for i, piece in enumerate(pieces[:_SEARCHED]) if _usable(piece.text, rules)]
    if english:
        usable = [i for i in usable if i in (1, 2)][:1]
    first = _first(pieces, usable, rules)
    if english:
        return first if first and rules.kind_end.search(first.field.value) else None
    if first and (renamed := _called(text, first, rules)):
        return renamed
    formal = _formal(text, pieces, rules, first)
    if formal is None and not (first and rules.kind_end.search(first.field.value)):
        formal = _glued(pieces, rules)
    worded = first is not None and (rules.kind_end.search(first.field.value) or "关于" in first.field.value)
    if formal is None and not worded and (colon := _with_colon(pieces, rules)):
        return colon
    if first and _has_issuer(first.field.value, rules):
        # the text's own print of the same title is better than a catalogue's line above it
        return formal if formal and _same(first.field.value, formal.field.value) else first
    return formal or first


def _with_colon(pieces: Sequence[Piece], rules: HeadRules) -> Title | None:
    """Return the first line as a title with a colon: 「云州观察：县域产业怎么走」; no label of several."""
    line = pieces[0].text if pieces else ""
    found = _COLON.fullmatch(line)
    if not found or len(line) > _LONGEST or any(label.match(line) for label in rules.labels.values()):
        return None
    value = found["value"]
    content = (
        next(find_numbers(value, rules.numbers), None)
        or next(find_dates(value), None)
        or split_issuers(value, 0, len(value), rules)
        or rules.person.fullmatch(value)
        or rules.not_title.search(value)
    )
    if content or any(_COLON_LINE.match(piece.text) for piece in pieces[1:3]):
        return None
    return Title(HeadField(squeeze(line), pieces[0].start, pieces[0].end), pieces[0].end)


def _glued(pieces: Sequence[Piece], rules: HeadRules) -> Title | None:
    """Return a title 「关于…的通知」 whose addressee is glued to it: 「…的通知各县（市、区）科技局：」."""
    for piece in pieces[:_SEARCHED]:
        found = _WITH_ADDRESSEE.match(piece.text)
        if found and rules.kind_end.search(found["title"]) and rules.addressee_start.match(found["to"]):
            end = piece.start + found.end("title")
            return Title(HeadField(squeeze(found["title"]), piece.start, end), end)
    return None


def _usable(text: str, rules: HeadRules) -> bool:
    """Tell whether a piece may be a title or a part of one."""
    label = rules.labels["title"].match(text)
    if label:
        return len(_CHINESE.findall(label["value"])) > 2
    if (
        len(_CHINESE.findall(text)) < 3
        or len(text) > _LONGEST
        or "。" in text
        or text.endswith(("，", "、", "；", ",", ";"))
        or (len(text) > _PROSE and text.count("，") > 1)
    ):
        return False
    if rules.not_title.search(text) or is_addressee(text, rules):
        return False
    number = next(find_numbers(text, rules.numbers), None)
    if number and number.start <= 2 and number.end >= len(text) - 2:
        return False
    date = next(find_dates(text), None)
    return not (date and date.full and date.end - date.start > len(text) - 4)


def is_addressee(text: str, rules: HeadRules) -> bool:
    """Tell whether ``text`` is a 主送机关 line: bodies or groups of them and a colon at its end."""
    body = text.rstrip("：: ")
    shortest = 2 if body.startswith("各") else 3  # 「各区：」
    if body == text.rstrip() or not shortest <= len(body) <= 200 or "。" in body or rules.addressee_not.search(body):
        return False
    return bool(rules.addressee_end.search(squeeze(body)))


def _first(pieces: Sequence[Piece], usable: Sequence[int], rules: HeadRules) -> Title | None:
    """Return the first usable piece as the title, with the pieces that complete it."""
    for index in usable:
        piece = pieces[index]
        label = rules.labels["title"].match(piece.text)
        if label:
            start = piece.start + label.start("value")
            start += lead.end() if (lead := _STRIP.match(label["value"])) else 0
            return Title(HeadField(squeeze(piece.text[start - piece.start :]), start, piece.end), piece.end)
    for index in usable:
        title = _grown(pieces, index, usable, rules)
        if title is not None:
            return title
    return None


def _grown(pieces: Sequence[Piece], index: int, usable: Sequence[int], rules: HeadRules) -> Title | None:
    """Return piece ``index`` joined with those after it until a 文种 ends the title; alone when none comes."""
    piece = pieces[index]
    value, start, end, complete = _trimmed(piece, rules)
    alone = is_agency(squeeze(value), rules)
    joined, last, first_end = value, index, end
    done = bool(rules.kind_end.search(value) or rules.explains.search(value)) and not alone
    best = (value, end, index) if complete else None
    while complete and last + 1 < len(pieces) and last - index < _JOINED:
        after = pieces[last + 1]
        if done and (not _CARRY.match(after.text) or _DATED.fullmatch(after.text)):
            break
        addition = done and after.text.startswith(("（", "(")) and len(after.text) < 20
        if (last + 1 not in usable and not addition) or len(after.text) > 45:
            break
        again, low, high, _ = _trimmed(after, rules)
        if not done and _overlap(squeeze(again), squeeze(joined)) >= 0.6:
            if rules.kind_end.search(squeeze(again)):  # without a catalogue's additions
                return Title(HeadField(squeeze(again), low, high), after.end)
            longer = _grown(pieces, last + 1, usable, rules) if squeeze(again).startswith(squeeze(value)) else None
            more = longer.field.value.removeprefix(squeeze(value)) if longer else ""
            if longer and more not in ("", longer.field.value) and "关于" not in more:
                return longer  # a catalogue cut it short
            break  # the title printed again
        last += 1
        more, _, end, whole = _trimmed(after, rules)
        joined += after.text if whole else more
        end = after.end if whole else end
        if rules.kind_end.search(squeeze(joined)):
            done, best, alone = True, (joined, end, last), False
    if best is None or (best[2] == index and alone):
        return (
            None if alone else Title(HeadField(squeeze(value), start, first_end), piece.end if complete else first_end)
        )
    return Title(HeadField(squeeze(best[0]), start, best[1]), pieces[best[2]].end)


def _trimmed(piece: Piece, rules: HeadRules) -> tuple[str, int, int, bool]:
    """Return a piece's title, its span, and whether it runs to the piece's end, so that more may follow."""
    text, start = piece.text, piece.start
    if lead := _STRIP.match(text):
        text, start = text[lead.end() :], start + lead.end()
    number = next(find_numbers(text, rules.numbers), None)
    named = _NAMED_BY_ORDER.match(text, number.end) if number and number.start < 2 else None
    if named and rules.kind_end.search(named["title"]):  # 「…令〔2021〕第3号（…办法）」
        return named["title"], start + named.start("title"), start + named.end("title"), False
    glued = number is not None and is_addressee(text[number.end :].lstrip(), rules)  # a copy without line breaks
    if number and number.start > 4 and (number.end >= len(text) - 2 or glued):
        text = text[: number.start].rstrip(" （(　")
        return text, start, start + len(text), False
    if (said := _SAID.match(text)) and rules.kind_end.search(said["title"]):
        return said["title"], start, start + said.end("title"), False
    date = _DATED.search(text)
    if date and rules.kind_end.search(text[: date.start()]):
        return text[: date.start()], start, start + date.start(), False
    if text.startswith("《") and text.endswith("》") and text.count("《") == 1 + text[1:-1].count("》"):
        return text[1:-1], start + 1, start + len(text) - 1, True
    quoted = None if rules.explains.search(text) else _QUOTED.match(text)
    if quoted and rules.kind_end.search(quoted["title"]):
        return quoted["title"], start + 1, start + quoted.end("title"), False
    return text, start, start + len(text), True


def _has_issuer(title: str, rules: HeadRules) -> bool:
    """Tell whether a title begins with its issuer: 「云州市财政局关于…」."""
    return issuer_end(title, rules) > 0


def issuer_end(title: str, rules: HeadRules) -> int:
    """Return where the issuer at a title's beginning ends; 0 when it begins with none."""
    for found in rules.agency_after.finditer(title):
        before = squeeze(title[: found.start()]).replace("、", "")
        if found.start() > 1 and (before in rules.national or rules.agency_ending.search(before)):
            return found.start() if not rules.agency_not.search(before) else 0
        if found.start() > 60:
            break
    return 0


def _formal(text: str, pieces: Sequence[Piece], rules: HeadRules, first: Title | None) -> Title | None:
    """Return the outer title with its issuer, where the first line gives only the short or inner one."""
    if not pieces:
        return None
    for piece in pieces[: _SEARCHED + 10]:
        stop = min(len(text), piece.start + 260)
        for found in rules.formal.finditer(text, piece.start, stop):
            lead = found["issuer"].lstrip()
            while lead and not split_issuers(lead, 0, len(lead.rstrip()), rules):
                lead = lead.partition("\n")[2].lstrip()  # a line above the issuer
            issuer = squeeze(lead)
            if not issuer or not rules.agency_ending.search(issuer) or rules.agency_not.search(issuer):
                continue
            if first and _has_issuer(first.field.value, rules) and found.start() < first.after:
                continue
            start = found.end("issuer") - len(lead)
            value = squeeze(text[start : found.end("rest")])
            if first is None or _overlap(first.field.value, value) >= 0.6:
                return Title(HeadField(value, start, found.end("rest")), found.end("rest"))
    return None


def _same(one: str, other: str) -> bool:
    """Tell whether two prints differ by a few characters only."""
    return abs(len(one) - len(other)) <= 2 and min(_overlap(one, other), _overlap(other, one)) >= 0.9


def _overlap(short: str, long: str) -> float:
    """Return the share of ``short``'s pairs of characters that ``long`` has too."""
    pairs = {short[i : i + 2] for i in range(len(short) - 1)} - {"《", "》"}
    others = {long[i : i + 2] for i in range(len(long) - 1)}
    return len(pairs & others) / len(pairs) if pairs else 0.0


def _called(text: str, first: Title, rules: HeadRules) -> Title | None:
    """Return the full title where the first line uses only the name the text defines for itself."""
    if "《" not in first.field.value or rules.explains.search(first.field.value):
        return None
    for found in _SHORT_NAME.finditer(text, first.after, first.after + 1500):
        if f"《{found['short']}》" in first.field.value and found["title"] not in first.field.value:
            return Title(HeadField(squeeze(found["title"]), found.start("title"), found.end("title")), first.after)
    return None


def _metadata(text: str, printed: str | None) -> Title | None:
    """Return the title the file's own metadata gives, if the text prints it."""
    at = text.find(printed) if printed else -1
    if not printed or at < 0 or not _CHINESE.search(printed):
        return None
    return Title(HeadField(squeeze(printed), at, at + len(printed)), at + len(printed))


def after_title(text: str, title: Title, stop: int) -> int:
    """Return where the last print of the title at the top of ``text``, before ``stop``, ends.

    Web pages print it more than once; below the addressee it's the title of what is attached.
    """
    places = [i for i in range(min(stop, _PRINTED_AGAIN)) if not text[i].isspace()]
    squeezed = "".join(text[i] for i in places)
    value = "".join(title.field.value.split())
    after, at = title.after, -1
    last = None
    while (at := squeezed.find(value, at + 1)) >= 0:
        end = places[at + len(value) - 1] + 1
        cited = at > 0 and squeezed[at - 1] in "《“〈<"
        if end <= after or cited or (last is not None and places[at] - last > _NEAR):
            continue
        after = last = end
    return after


def find_attached(text: str, title: Title | None, kind: str, rules: HeadRules) -> HeadField | None:
    """Return the title of the text that a 通知, 公告 or 决定 carries, ``None`` when it carries none."""
    if title is None or kind not in ("通知", "公告", "决定", "批复"):
        return None
    found = _INNER.search(text, title.after, title.after + 800) or _INNER_NOW.search(
        text, title.after, title.after + 600
    )
    # 「国务院印发《…》」 tells of another document, unless the title says that this one carries a text
    if found and (not found.groupdict().get("loose") or _CARRIES.search(title.field.value)):
        return HeadField(squeeze(found["title"]), found.start("title"), found.end("title"))
    inside = _IN_TITLE.search(title.field.value)
    if not inside or kind == "批复" or not (inside["title"].startswith("《") or rules.kind_end.search(inside["title"])):
        return None
    return HeadField(inside["title"].strip("《》"), title.field.start, title.field.end)


def find_kind(text: str, title: Title | None, rules: HeadRules) -> str:
    """Return the 文种 by the title's end, or how the text calls itself; 「其他」 for a title of no known kind."""
    if title is not None:
        value = re.sub(r"(?:[（(\u3014][^（()）\u3014\u3015]*[）)\u3015]|[”’》〉！？!?\s])+$", "", title.field.value)
        words = list(rules.kind_word.finditer(value))
        if rules.explains.search(title.field.value):
            return "问答" if words and rules.kinds[words[-1].group()] == "问答" else _OTHER
        if words and words[-1].end() == len(value):
            return rules.kinds[words[-1].group()]
        if rules.guide_word.search(value):
            return "指南"
        return rules.kinds[words[-1].group()] if words and words[-1].end() > len(value) - 8 else _OTHER
    found = rules.self_kind.search(text, 0, 1500) or rules.self_kind.search(text, max(0, len(text) - 800))
    return rules.kinds[next(word for word in found.groups() if word)] if found else _OTHER
