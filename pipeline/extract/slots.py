"""Agency and action of a measure, as substrings of the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.strict import digest
from pipeline.extract.context import Context
from pipeline.extract.data import SlotsFile, any_of, read


@dataclass(frozen=True, slots=True)
class SlotRules:
    """Patterns of configs/patterns/slots.toml."""

    agency: re.Pattern[str]
    label: re.Pattern[str]
    in_charge: re.Pattern[str]
    action: re.Pattern[str]
    digest: str


def load_slot_rules(folder: Path) -> SlotRules:
    """Return the rules of ``folder`` (configs)."""
    file, content = read(folder, "patterns/slots.toml", SlotsFile)
    words = {name: any_of(getattr(file, name)) for name in SlotsFile.model_fields}
    return SlotRules(
        agency=re.compile(rf"(?:{words['agency_labels']})\s*[：:]\s*(?P<who>[^）)\n。；;]{{2,80}})"),
        label=re.compile(f"(?:{words['agency_labels']})"),
        in_charge=re.compile(
            r"由(?P<who>[^，。；、]{2,16}?(?:局|厅|部|委|办|部门|中心|政府|委员会))(?:会同|牵头|负责|组织|统筹)"
        ),
        action=re.compile(rf"(?:{words['giving']}|{words['verbs_of_action']})"),
        digest=digest(content),
    )


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
