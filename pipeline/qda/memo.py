"""What is written into the memos of other programs, so that it can be read back.

REFI-QDA has no field for a score, a rule or a model: they stand as ``key=value; key=value`` in the description of the
selection. The descriptions of codes are lines that begin with a label: ``定义：…``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MACHINE = "机器编码"  # what the names of machine coders begin with
DOUBTS = f"{MACHINE} 待审"  # the user of what the machine was in doubt about and didn't give
SCORE, RULE, VERSION = "把握", "规则", "版本"
REVIEW = "人工复核"
CODE, PATH, BOOK = "代码", "路径", "编码本"
LABELS = ("定义", "纳入", "不纳入", "例", "反例", "出处")
_PREFIX = "machine:"
_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def user_name(coder: str) -> str:
    """Return a coder as a user of other programs: 「machine:terms@1.0」 → 「机器编码 terms@1.0」, a person as he is."""
    return f"{MACHINE} {coder.removeprefix(_PREFIX)}" if coder.startswith(_PREFIX) else coder


def coder_name(user: str) -> str:
    """Return a user as the table ``codings`` calls him; the way back of ``user_name``."""
    return _PREFIX + user.removeprefix(MACHINE).strip() if is_machine(user) else user


def is_machine(user: str) -> bool:
    """Tell whether a user is the machine."""
    return user == MACHINE or user.startswith(f"{MACHINE} ")


def is_doubts(user: str) -> bool:
    """Tell whether a user is that of the machine's doubts, however a program has spaced the name."""
    return "".join(user.split()) == "".join(DOUBTS.split())


def pairs(values: Iterable[tuple[str, object]]) -> str:
    """Return ``key=value; key=value``; empty values are left out, ``;`` becomes ``；``, line breaks become spaces."""
    found = [(key, _plain(str(value))) for key, value in values if value is not None]
    return "; ".join(f"{key}={value}" for key, value in found if value)


def read_pairs(memo: str) -> dict[str, str]:
    """Return what ``pairs`` wrote, of all lines; what isn't ``key=value`` is left out, the first of a key counts."""
    found: dict[str, str] = {}
    for part in re.split(r";\s|;$|\n", memo):
        key, equals, value = part.partition("=")
        if equals and key.strip():
            found.setdefault(key.strip(), value.strip())
    return found


def labelled(values: Mapping[str, str]) -> str:
    """Return the lines ``label：text`` of a code's description; empty ones are left out."""
    return "\n".join(f"{label}：{_plain(text)}" for label, text in values.items() if text.strip())


def read_labelled(memo: str) -> dict[str, str]:
    """Return what ``labelled`` wrote; lines without a known label go on with the one before."""
    found: dict[str, str] = {}
    label = ""
    for line in memo.split("\n"):
        head, colon, rest = line.partition("：")
        if colon and head in LABELS:
            label, line = head, rest
        elif set(read_pairs(line)) & {CODE, PATH, BOOK}:
            break
        found[label] = f"{found[label]}\n{line}" if found.get(label) else line
    found.pop("", None)
    return found


def _plain(text: str) -> str:
    """Return ``text`` on one line without the mark that separates pairs."""
    return _BREAKS.sub(" ", text).replace(";", "；").strip()
