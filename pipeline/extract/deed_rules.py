"""The rules of measures without a figure: patterns/deeds.toml and deed_words.toml, made ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import PipelineError
from pipeline.core.strict import digest
from pipeline.extract.data import DeedEntry, DeedsFile, DeedWordsFile, SlotsFile, any_of, read

_MANNER = "(?:方式|形式|手段|途径|措施)"
_QUOTED = r"“(?P<name>[^“”\n，。；]{2,14})”"


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry. ``head`` finds a noun the object may end in, with what may follow (``None``: there are no nouns).

    ``noun`` matches such a noun alone, ``owner`` one with 的 behind it (享受补助的住房); ``generic`` finds the words
    that don't tell which one it is. ``pattern`` matches a whole deed with its groups action and object; entries with
    verbs have none.
    """

    entry: DeedEntry
    head: re.Pattern[str] | None
    noun: re.Pattern[str] | None
    owner: re.Pattern[str] | None
    generic: re.Pattern[str]
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class DeedRules:
    """All entries by verb, and the patterns around them; see configs/patterns/deed_words.toml for what each means.

    ``verbs`` matches a verb, or two that stand together; ``verb_of`` gives the one that decides on the entries.
    """

    deeds: dict[str, tuple[Deed, ...]]
    frames: tuple[Deed, ...]
    verbs: re.Pattern[str]
    hint: re.Pattern[str]
    leads: re.Pattern[str]
    leading: re.Pattern[str]
    opening: re.Pattern[str]
    subject: re.Pattern[str]
    negation: re.Pattern[str]
    skip: re.Pattern[str]
    no_object: re.Pattern[str]
    talked_about: re.Pattern[str]
    rewarded: re.Pattern[str]
    forbids: re.Pattern[str]
    continues: re.Pattern[str]
    no_deeds_under: re.Pattern[str]
    past_before: re.Pattern[str]
    past_behind: re.Pattern[str]
    past_sentence: re.Pattern[str]
    past_heading: re.Pattern[str]
    aim: re.Pattern[str]
    aim_heading: re.Pattern[str]
    slogan: re.Pattern[str]
    agent: re.Pattern[str]
    group: re.Pattern[str]
    receiver: re.Pattern[str]
    instrument: re.Pattern[str]
    labels: re.Pattern[str]
    digest: str

    def verb_of(self, run: str) -> str:
        """Return the longest verb that ``run``, a match of ``verbs``, ends in."""
        return next(run[at:] for at in range(len(run)) if run[at:] in self.deeds)


def load_deed_rules(folder: Path) -> DeedRules:
    """Return the rules of ``folder`` (configs); groups, instruments and labels come from patterns/slots.toml too.

    Raises PipelineError with the mistakes of the first file that has any.
    """
    entries, content = read(folder, "patterns/deeds.toml", DeedsFile)
    file, words = read(folder, "patterns/deed_words.toml", DeedWordsFile)
    slots, slots_text = read(folder, "patterns/slots.toml", SlotsFile)
    _check_nouns(entries, file)
    verbs = any_of({verb for entry in entries.deed for verb in entry.verbs})
    tail = (
        rf"(?:等(?!{_MANNER})[^，、的]{{0,6}})?(?:$|(?=[（(]|等{_MANNER})|(?=(?:{either(file.purposes)})[^，]))"
        rf"|(?=[、和并及与](?:{either(file.leads)})*(?:{verbs}))"
    )
    deeds = [_deed(entry, file, tail) for entry in entries.deed]
    second = any_of({verb for entry in entries.deed if not entry.agents for verb in entry.verbs})
    groups = rf"(?:{any_of(slots.groups)}|{either(file.groups)})"
    return DeedRules(
        deeds=_by_verb(deeds),
        frames=tuple(deed for deed in deeds if deed.pattern is not None),
        verbs=re.compile(rf"(?:{verbs})(?:{''.join(f'(?<!{word})' for word in file.nouns_too)}[并和与]?(?:{second}))?"),
        hint=re.compile(either(entry.hint for entry in entries.deed if entry.hint)),
        leads=re.compile(rf"(?:{either(file.leads)})+$"),
        leading=re.compile(rf"^(?:{either(file.leads)})+"),
        opening=re.compile(rf"(?:{either(file.openers)})(?=.{{2}})"),
        subject=re.compile(rf"(?:{either(file.subjects)})$"),
        negation=re.compile(rf"(?:{either(file.negations)})(?:{either(file.leads)})?$"),
        skip=re.compile(either(file.skip)),
        no_object=re.compile(either(file.no_object)),
        talked_about=re.compile(either(file.talked_about)),
        rewarded=re.compile(either(file.rewarded)),
        forbids=re.compile(either(file.forbids)),
        continues=re.compile(either(file.continues)),
        no_deeds_under=re.compile(either(file.no_deeds_under)),
        past_before=re.compile(rf"(?:{either(file.past_before)})(?:{either(file.leads)})?$"),
        past_behind=re.compile(either(file.past_behind)),
        past_sentence=re.compile(either(file.past_sentence)),
        past_heading=re.compile(either(file.past_heading)),
        aim=re.compile(either(file.aims)),
        aim_heading=re.compile(either(file.aim_heading)),
        slogan=re.compile(rf"(?:{either(file.slogans)})$"),
        agent=_agent(groups, file),
        group=re.compile(groups),
        receiver=_receiver(file),
        instrument=re.compile(rf"(?:{any_of(slots.instruments)}|{file.nouns['instruments'].pattern})+"),
        labels=re.compile(rf"(?:{any_of(slots.agency_labels)})\s*[：:]\s*(?P<who>[^）)\n。；;]{{2,80}})"),
        digest=digest(content, words, slots_text),
    )


def _check_nouns(entries: DeedsFile, file: DeedWordsFile) -> None:
    """Raise PipelineError for each list of nouns that an entry names and there isn't."""
    if unknown := sorted({noun for entry in entries.deed for noun in entry.nouns} - set(file.nouns)):
        raise PipelineError(
            *(f"patterns/deeds.toml: deed_words.toml 的 [nouns] 中没有“{noun}”，请补上或改正" for noun in unknown)
        )


def _agent(groups: str, file: DeedWordsFile) -> re.Pattern[str]:
    """Return the pattern of an object that is a group and what it is to do: 企业设立研发中心."""
    leads, doing = either(file.leads), either(file.doing)
    return re.compile(rf"(?P<who>[^，。；]{{0,36}}?{groups})(?:等)?(?:{leads})*(?P<then>(?:{doing})[^，。；]{{2,60}})$")


def _receiver(file: DeedWordsFile) -> re.Pattern[str]:
    """Return the pattern of a group that an object begins with: 企业贷款贴息, but not 人才培养计划."""
    name = f"(?P<who>[^的用于、，参申入]{{0,10}}?(?:{either(file.receivers)}))"
    return re.compile(name + "(?![培引公计工项服政队信库专管奖发创评资])")


def either(patterns: Iterable[str]) -> str:
    """Return a pattern of any of ``patterns``, the longest first."""
    return "|".join(sorted(set(patterns), key=lambda one: (-len(one), one)))


def _deed(entry: DeedEntry, file: DeedWordsFile, tail: str) -> Deed:
    """Return one entry made ready; ``tail`` is what may stand behind the noun an object ends in."""
    generic = re.compile(either(file.vague if entry.topics else (*file.vague, *file.topics)))
    nouns = "|".join([file.nouns[name].pattern for name in entry.nouns] + [_QUOTED] * entry.named)
    if not nouns:
        return Deed(entry, None, None, None, generic, entry.pattern)
    head = re.compile(rf"(?P<head>{nouns})(?:{tail})")
    return Deed(entry, head, re.compile(nouns), re.compile(rf"(?:{_unnamed(nouns)})的"), generic, entry.pattern)


def _unnamed(pattern: str) -> str:
    """Return a pattern without the names of its groups."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _by_verb(deeds: list[Deed]) -> dict[str, tuple[Deed, ...]]:
    """Return verb → the entries that have it, in order of the file."""
    found: dict[str, list[Deed]] = {}
    for deed in deeds:
        for verb in deed.entry.verbs:
            found.setdefault(verb, []).append(deed)
    return {verb: tuple(entries) for verb, entries in found.items()}
