"""Agency and action of a measure, as substrings of the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.layers import Role
from pipeline.core.strict import digest
from pipeline.extract.context import Context
from pipeline.extract.data import SlotsFile, any_of, read
from pipeline.extract.governed import governing_sentence
from pipeline.extract.spans import SpanRules, load_span_rules

# how far behind a figure the label of its paragraph and of its section may stand
_PARAGRAPH, _SECTION = 600, 3000
_CLOSED = re.compile(r"[，。；\n]")


@dataclass(frozen=True, slots=True)
class SlotRules:
    """Patterns of configs/patterns/slots.toml, and those of spans.toml."""

    labelled: re.Pattern[str]
    label: re.Pattern[str]
    beside: re.Pattern[str]
    in_charge: re.Pattern[str]
    giver: re.Pattern[str]
    giving: re.Pattern[str]
    doing: re.Pattern[str]
    gifts: frozenset[str]
    group: re.Pattern[str]
    no_condition: re.Pattern[str]
    spans: SpanRules
    digest: str


def load_slot_rules(folder: Path) -> SlotRules:
    """Return the rules of ``folder`` (configs): patterns/slots.toml and patterns/spans.toml."""
    file, content = read(folder, "patterns/slots.toml", SlotsFile)
    spans = load_span_rules(folder)
    labels, ends, charge = any_of(file.agency_labels), any_of(file.agency_ends), any_of(file.in_charge)
    noun = rf"(?!{any_of(file.nouns)})"
    given = (*file.giving, *file.gifts)
    return SlotRules(
        labelled=re.compile(rf"(?:{labels})\s*[：:]\s*(?P<who>[^）)\]\n。；;]{{2,80}})"),
        label=re.compile(f"(?:{labels})"),
        beside=re.compile(
            rf"[（(\[](?P<who>[^（）()\[\]\n，；]{{1,40}}?(?:{ends}|单位))(?:牵头)?负责[^（）()\n]{{0,30}}[）)\]]"
        ),
        in_charge=re.compile(
            rf"由(?P<who>[^，。；、\n]{{1,16}}?(?:{ends}))(?:{charge})"
            rf"|(?:^|[，。；：\n])\s*(?P<head>[^，。；、\n]{{1,14}}?(?:{ends}))牵头"
        ),
        giver=re.compile(
            rf"(?:^|[，。；：\n、由从])\s*(?!利用|使用|纳入|列入|通过|对|按|占|享受)(?:第[^，。\n]{{1,4}}条\s*)?(?P<who>[一-龥]{{0,4}}?(?:{any_of(file.givers)}))"
            rf"[^，。；\n]{{0,8}}?(?:{any_of((*file.in_charge, *given, '设立', '投入', '出资', '筹集'))})"
        ),
        giving=re.compile(f"(?:{any_of(given)}){noun}"),
        doing=re.compile(f"(?<![不未得])(?:{any_of((*given, *file.verbs))}){noun}"),
        gifts=frozenset(file.gifts),
        group=re.compile(f"(?:{any_of(file.groups)}|者)$"),
        no_condition=file.no_condition.pattern,
        spans=spans,
        digest=digest(content, spans.digest),
    )


def agency_of(text: str, context: Context, end: int, section_end: int, rules: SlotRules) -> str | None:
    """Return who is responsible for the measure that ends at ``end``, as printed; ``None`` when the text doesn't say.

    It's 由…负责 or …牵头 in the sentence, else 责任单位：… or （…负责） behind the figure in its paragraph, else who
    gives (市财政安排) in the sentence, else the first label in the rest of the section, up to ``section_end``.
    """
    if found := rules.in_charge.search(context.sentence):
        return found["who"] or found["head"]
    line_end = text.find("\n", end, end + _PARAGRAPH)
    line_end = line_end if line_end >= 0 else min(len(text), end + _PARAGRAPH)
    if who := _labelled(text, end, line_end, rules):
        return who
    if found := rules.giver.search(context.sentence[: end - context.sentence_start]):
        return found["who"]
    return _labelled(text, line_end, min(section_end, line_end + _SECTION), rules)


def _labelled(text: str, start: int, end: int, rules: SlotRules) -> str | None:
    """Return the first agency behind a label or said to be responsible in brackets from ``start`` to ``end``."""
    found, beside = rules.labelled.search(text, start, end), rules.beside.search(text, start, end)
    if found is None or (beside is not None and beside.start() < found.start()):
        return beside["who"] if beside else None
    # 牵头单位：市科技局，责任单位：市财政局
    return re.sub(rf"[，,]?\s*{rules.label.pattern}\s*[：:]", "；", found["who"]).strip(" ，,；")


def action_of(text: str, context: Context, role: Role, rules: SlotRules) -> str | None:
    """Return the verb that governs the figure (给予, 引进, 建成 …), or ``None``.

    The last before it in its piece; of a benefit else the first behind it, or the last of the sentence that governs
    its list.
    """
    if role != "benefit":
        return _last(context.list_piece, rules.doing, rules)
    if verb := _last(context.list_piece, rules.giving, rules):
        return verb
    behind = rules.giving.search(text, context.list_end, context.list_end + len(context.behind))
    if behind and not _CLOSED.search(text, context.list_end, behind.start()):
        return behind[0]
    span = governing_sentence(text, context.list_start)
    return _last(text[span[0] : span[1]], rules.giving, rules) if span else None


def _last(stretch: str, verbs: re.Pattern[str], rules: SlotRules) -> str | None:
    """Return the last verb of ``stretch``; where it's what another gives (给予一次性奖励), that one."""
    found = [match[0] for match in verbs.finditer(stretch)]
    while len(found) > 1 and found[-1] in rules.gifts and found[-2] not in rules.gifts:
        found.pop()
        if found[-1] not in rules.gifts:
            break
    return found[-1] if found else None
