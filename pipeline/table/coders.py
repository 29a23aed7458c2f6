"""Coders as people name them: as they stand in the table, as other programs show them, or the machine by a word."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.errors import PipelineError
from pipeline.table.words import closest

MACHINE = "machine"
MACHINE_WORDS = (MACHINE, "机器", "机器编码")
_PREFIX, _SHOWN = "machine:", "机器编码"


def by_machine(coder: str) -> bool:
    """Tell whether a coder is the machine, all of it or one of its versions."""
    return coder == MACHINE or coder.startswith(_PREFIX)


def find_coders(wanted: Iterable[str], known: Iterable[str], words: Iterable[str] = ()) -> list[str]:
    """Return the coders of ``known`` that are meant, each once; 「机器」 means all that are the machine.

    ``words`` are further ones that may be offered. Raises PipelineError naming all that aren't there.
    """
    there = list(dict.fromkeys(known))
    found: list[str] = []
    mistakes: list[str] = []
    for name in wanted:
        some = [one for one in there if name in (one, _shown(one))]
        some = some or [one for one in there if name in MACHINE_WORDS and by_machine(one)]
        if not some:
            offered = dict.fromkeys(
                [*("机器" if by_machine(one) else one for one in there), *map(_shown, there), *words]
            )
            mistakes.append(f"结果中没有编码者“{name}”{closest(name, offered)}")
        found += some
    if mistakes:
        raise PipelineError(*mistakes)
    return list(dict.fromkeys(found))


def _shown(coder: str) -> str:
    """Return a coder as other programs show it: 「机器编码 terms@1.0」, a person by the name."""
    return f"{_SHOWN} {coder.removeprefix(_PREFIX)}" if coder.startswith(_PREFIX) else coder
