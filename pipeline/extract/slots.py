"""Item and beneficiary of a measure, as substrings of the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.layers import Mention, Role
from pipeline.core.strict import digest
from pipeline.extract.context import Context
from pipeline.extract.data import SlotsFile, any_of, read

_LONGEST = 30
_OPENERS = re.compile(r"(?:^|[，。；\s）)：:、.．\d])(?:凡|对于|对|支持|鼓励|为|向)")
_LEADS = re.compile(r"^(?:[）)]的?|并|且|或|凡|对|当年|首次|经|年度|大力支持|积极支持|鼓励|支持|引导|提出以下)+")
_FIGURE = re.compile(r"\d(?:[\d.,]*)\s?[百千万亿]*(?:元|%|％|人|名|家|个|年|岁|周岁|平方米|亩|吨|件|项|次|场|台|户)")
_NOT_WHO = re.compile(r"^(?:额|金|标准|资金|期限|比例|总额|经费)|的$")
_PER = re.compile(r"(?:每[人年月家户亩个名项套台件日天次])+$")
# what leads to the name of a quantity, and what is no name
_ITEM_LEADS = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+条|\d+[.、．]|(?:19|20)\d\d年(?:度|末|底)?|比|较|上年|从|由|对|按照?|并处?|和|及|其中|经(?![济营费办])|要(?!素)|"
    r"应当?|须|将|已|累计|全年|到|至|\s)+"
)
_NO_ITEM = re.compile(
    r"(?:不|的|给予|完成|于|与|和|从|由|对|按|将|要|为|了|≤|×|±|提出|提交|再)$|^(?:以上|以下|期内|期限|部分|连续|给予|支持|左右|[^一-龥]+)$"
)
_COMPARES = re.compile(r"^\s*(?:比|较|同比|环比|年均|增长|下降|提高|降低|增加|减少)")
_DIGIT = re.compile(r"\d")
_OF_WHAT = re.compile(r"^(?:以上|以下|左右)?的(?P<name>[一-龥“”]{2,16}?)(?=[，。；、]|$|支持|用于|建设|开展)")
_NO_GROUP = re.compile(
    r"^(?:按|由|于|以|自(?![有主筹然])|以下|上述|（|\(|和|及|与|年(?!度)|该|其$)|[：:]|(?:为|是|于|不|从|在)$|^(?:时间|上限|年限|期限|部分|进行)$"
)
_JOINTS = re.compile(r"[的和与及或了是为按获享予、：:]|实行|进行|安排")
_NAME = r"[一-龥A-Za-z0-9“”\"《》（）()·+\-]"


@dataclass(frozen=True, slots=True)
class SlotRules:
    """Patterns of configs/patterns/slots.toml."""

    instrument_behind: re.Pattern[str]
    instrument_before: re.Pattern[str]
    strip_instrument: re.Pattern[str]
    links: re.Pattern[str]
    verbs: re.Pattern[str]
    name_behind: re.Pattern[str]
    given_to: re.Pattern[str]
    towards: re.Pattern[str]
    giving: re.Pattern[str]
    named: re.Pattern[str]
    agency: re.Pattern[str]
    label: re.Pattern[str]
    in_charge: re.Pattern[str]
    action: re.Pattern[str]
    subject: re.Pattern[str]
    generic: frozenset[str]
    instruments: frozenset[str]
    digest: str


def load_slot_rules(folder: Path) -> SlotRules:
    """Return the rules of ``folder`` (configs)."""
    file, content = read(folder, "patterns/slots.toml", SlotsFile)
    words = {name: any_of(getattr(file, name)) for name in SlotsFile.model_fields}
    instrument, giving = words["instruments"], words["giving"]
    return SlotRules(
        instrument_behind=re.compile(
            rf"^(?:\s?[/／·][^，。；、]{{1,5}})*\s?(?:[（(][^）)]{{0,12}}[）)])?(?:以内|以下|左右)?\s?(?P<name>[一-龥“”]{{0,12}}?(?:{instrument}))(?P<more>(?:{instrument})*)"
        ),
        instrument_before=re.compile(rf"(?:{instrument})+"),
        strip_instrument=re.compile(rf"^(?:{words['before_instrument']})+"),
        links=re.compile(rf"(?:{words['links']}|\s)+$"),
        verbs=re.compile(rf"^(?:{words['verbs']}|\s)+"),
        name_behind=re.compile(
            rf"^(?:以上|以下|左右|余|多|的|[（(]含[^）)]*[）)])*+(?P<name>{_NAME}{{2,24}}?)(?=[，。；、,;！\s]|$|{words['name_ends']})"
        ),
        given_to=re.compile(
            rf"(?:{giving})(?P<who>[^、，。；给予奖补资每最一分不按超近\d][^，。；给予奖补资每最一分不按超近\d]{{1,19}})"
            r"(?P<then>每|最高|一次性|分别|不超过|按|$|奖励|补助|补贴|资助|津贴|贴息)"
        ),
        towards=re.compile(r"(?:^|[，。；\s）)：:、.．\d])(?:凡|对于|对|支持|鼓励|为|向)(?P<who>[^。；]{2,160})$"),
        giving=re.compile(
            r"[，,]\s*(?:按照?|参照|根据|依据|依照)|"
            rf"(?:，|,)?(?:再|另|还|可|均|分别|一次性|县财政|市财政|区财政|按照|按|参照|根据)*(?:{giving}|最高|每|一次性|分别)"
        ),
        named=re.compile(
            rf"(?:{words['naming']})(?P<who>(?!人[员才])[^，,；;。]{{2,28}}?)(?:的|称号|认定|，|,|每|给予|奖励|资助|补助|$)"
        ),
        agency=re.compile(rf"(?:{words['agency_labels']})\s*[：:]\s*(?P<who>[^）)\n。；;]{{2,80}})"),
        label=re.compile(f"(?:{words['agency_labels']})"),
        in_charge=re.compile(
            r"由(?P<who>[^，。；、]{2,16}?(?:局|厅|部|委|办|部门|中心|政府|委员会))(?:会同|牵头|负责|组织|统筹)"
        ),
        action=re.compile(rf"(?:{giving}|{words['verbs_of_action']})"),
        subject=re.compile(
            rf"^(?:\s|\d{{1,2}}[.、．]|[（(][一二三四五六七八九十\d]+[）)]|第[一二三四五六七八九十百\d]+条)*(?P<who>[^，。；：]{{0,28}}?(?:{words['groups']}))"
        ),
        generic=frozenset(file.generic),
        instruments=frozenset(file.instruments),
        digest=digest(content),
    )


def item_of(text: str, mention: Mention, context: Context, role: Role, rules: SlotRules) -> str | None:
    """Return what is measured: a benefit's instrument, a threshold's quantity, the thing counted; or ``None``."""
    if mention.kind == "age":
        return None
    behind_list = text[context.list_end : context.list_end + 30]
    if role in ("benefit", "budget") and (name := _instrument(context, behind_list, rules)):
        return name
    if mention.kind == "duration":
        return _deed(context, rules)
    if mention.kind in ("count", "other") and (found := rules.name_behind.match(context.behind)):
        name = found["name"].strip()
        if role != "condition" or not name.startswith(("的", "给予", "奖励")):
            return name
    if role in ("budget", "target", "fact") and (found := _OF_WHAT.match(context.behind)):
        return found["name"]
    if name := _name_before(context.list_piece, rules):
        return name
    # 税收收入71亿元，比上年增长8%: what grew stands in the piece before
    before = context.segment[: max(0, len(context.segment) - len(context.piece) - 1)]
    before = re.split("[，,]", before)[-1]
    return _name_before(before, rules) if _COMPARES.match(context.list_piece) and not _DIGIT.search(before) else None


def _instrument(context: Context, behind: str, rules: SlotRules) -> str | None:
    """Return the instrument named behind the figure's list, else the last one before it in its piece or segment."""
    if found := rules.instrument_behind.match(behind):
        return _bare_instrument(found["name"] + found["more"], rules)
    for place in (context.list_piece, context.segment):
        names = rules.instrument_before.findall(place)
        if names:
            return _bare_instrument(names[-1], rules)
    return None


def _bare_instrument(name: str, rules: SlotRules) -> str:
    """Return an instrument's name without what only leads to it."""
    bare = rules.strip_instrument.sub("", name)
    tail = _JOINTS.split(bare)[-1]
    return tail if len(tail) > 1 else bare or name


def _name_before(piece: str, rules: SlotRules) -> str | None:
    """Return the noun phrase that ends ``piece``, without verbs and links around it."""
    name = rules.links.sub("", _PER.sub("", re.sub(r"（[^）]*）|\([^)]*\)", "", piece)))
    name = re.split(r"[、：:；]|(?<=.)(?:对|的)(?=.{2})", name)[-1]
    name = rules.verbs.sub("", _ITEM_LEADS.sub("", rules.links.sub("", name))).strip(' \t“”"（(')
    return name[-_LONGEST:] if len(name) >= 2 and not _NO_ITEM.search(name) else None


def _deed(context: Context, rules: SlotRules) -> str | None:
    """Return what a stretch of time is about: the deed behind 「内」, else the words before it."""
    found = re.match(
        r"^(?:以?内|之内|前|后)\s?(?:，|,)?(?:向|应当?|须|将|到|由|予以)?(?P<name>[一-龥]{2,14})", context.rest
    )
    if found:
        return found["name"]
    before = _name_before(context.piece, rules)
    if before:
        return before
    found = re.match(r"^(?:以上|以下|左右)?的?(?P<name>[一-龥]{2,12})", context.behind)
    return found["name"] if found else None


def beneficiary_of(context: Context, n: int, rules: SlotRules) -> str | None:
    """Return who gets a benefit: the one between the verb and the figure, else the 对… phrase, else the subject.

    ``n`` is the length of the figure's list: of a phrase in several parts the one that names ``n`` members is taken.
    """
    # 发放安家补助: the instrument's own name isn't who gets it; nor is 额 in 奖励额的50%
    named = [
        m["who"]
        for m in rules.given_to.finditer(context.list_piece)
        if m["who"] + m["then"] not in rules.instruments and not _NOT_WHO.search(m["who"])
    ]
    direct = named[-1].strip() if named else None
    if direct and direct not in rules.generic and not _NO_GROUP.search(direct):
        return direct[:_LONGEST]
    before = context.sentence[: max(0, context.list_start - context.sentence_start)]
    part = re.split("[；;]", before)[-1]
    # 认定为国家级的奖励200万元，认定为省级的奖励100万元: each figure has a group of its own
    since_figure = _FIGURE.split(part)[-1]
    if n == 1 and since_figure != part and (own := rules.named.search(since_figure)):
        return _head(own["who"]) or None
    for place in (part, before, context.governing):
        if (phrase := _towards(place, n, rules)) and not _NO_GROUP.search(phrase):
            return phrase
    for phrase in (direct, _subject(part, rules), _subject(before, rules), _subject(context.governing, rules)):
        if phrase and not _NO_GROUP.search(phrase):
            return phrase
    return None


def _towards(before: str, n: int, rules: SlotRules) -> str | None:
    """Return the group of the last 对… phrase of ``before``, cut where something is given."""
    phrase = None
    for found in _OPENERS.finditer(before):
        match = rules.towards.match(before, found.start())
        if match and not _NO_GROUP.search(match["who"]):
            phrase = match["who"]
    if phrase is None:
        return None
    if cut := rules.giving.search(phrase):
        phrase = phrase[: cut.start()]
    parts = [p for p in re.split("[，,]", phrase) if len(p.strip("的 ")) > 1]
    # a threshold is never who benefits; where every part has one, the group behind it is
    named = [p for p in parts if not _FIGURE.search(p)] or [
        _FIGURE.split(p)[-1].lstrip("以上下及的内，且") for p in parts
    ]
    named = [p for p in named if len(p.strip("的 ")) > 1]
    if not named:
        return None
    tiers = next((p for p in named if n > 1 and tier_names(_head(p), n)), None)
    grouped = next((p for p in named if rules.subject.fullmatch(p.strip("的 "))), None)
    return _head(tiers or grouped or named[0]) or None


def _head(phrase: str) -> str:
    """Return a phrase cut to the words that name the group: without what leads to it, at most 30 characters."""
    phrase = _LEADS.sub("", phrase.strip()).strip("的 ")
    if len(phrase) > _LONGEST:
        phrase = re.split(r"的(?=[^的]{2,30}$)", phrase)[-1]
    return phrase[:_LONGEST].strip("的 ")


def _subject(before: str, rules: SlotRules) -> str | None:
    """Return the group a sentence without 对 opens with, or ``None``."""
    found = rules.subject.match(before)
    return _head(found["who"]) if found else None


def tier_names(beneficiary: str, n: int) -> list[str] | None:
    """Return the ``n`` members a coordinate group names (国家级、省级、市级…), ``None`` if it names another number."""
    inner = re.sub(r"[（(][^）)]*[）)]", lambda m: m[0].replace("、", "\0").replace("和", "\1"), beneficiary)
    for pattern in (r"[、]|(?<!共)和(?!谐|平)|以及|及(?!以)|与|或", r"[、]|以及", r"[、]|以及|及(?!以)|和"):
        parts = [p.replace("\0", "、").replace("\1", "和").strip() for p in re.split(pattern, inner) if p.strip()]
        if len(parts) == n:
            # 认定的A类、B类: what all share stands before the first only
            return [re.sub(r"^.*的(?=.)", "", parts[0]), *parts[1:]]
    return None


def agency_of(sentence: str, section: str, rules: SlotRules) -> str | None:
    """Return who is responsible: 由…负责 in the sentence, else the section's 责任单位 or 牵头单位; as printed."""
    if found := rules.in_charge.search(sentence):
        return found["who"]
    found = rules.agency.search(section)
    # 牵头单位：市科技局，责任单位：市财政局
    return re.sub(rf"[，,]?\s*{rules.label.pattern}\s*[：:]", "；", found["who"]).strip(" ，,；") if found else None


def action_of(context: Context, rules: SlotRules) -> str | None:
    """Return the last verb of doing before the figure in its piece (给予, 引进, 建成 …), or ``None``."""
    found = rules.action.findall(context.list_piece)
    return found[-1] if found else None
