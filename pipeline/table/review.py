"""The review queue: measures by doubt, the least sure first, each with what is doubtful about it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.table.schema import Col

COLUMN = "doubt"
COL = Col("存疑", "复核时先看什么：缺少的项、同句不一的作用等，以；连接；没有具体疑点时为空")
# Below this confidence a record is doubtful as a whole.
_LOW = 0.7


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to look again: its condition and its Chinese words."""

    template: str
    zh: str

    def sql(self, measures: str = "measures") -> str:
        """Return the SQL condition on a row of ``knowledge``; ``measures`` names the rows it is compared with."""
        return self.template.format(measures=measures)


DOUBTS = (
    Doubt("role = 'benefit' AND beneficiary IS NULL", "缺受益对象"),
    Doubt("item IS NULL", "缺事项"),
    Doubt("role = 'other'", "作用未归类"),
    Doubt(
        "(doc_id, evidence_start) IN (SELECT (doc_id, evidence_start) FROM {measures}"
        " GROUP BY doc_id, evidence_start HAVING count(DISTINCT role) > 1)",
        "同句作用不一",
    ),
    Doubt("kind = 'count' AND unit IS NULL", "缺量词"),
    Doubt(f"confidence < {_LOW}", "把握低"),
)


def doubt_sql(measures: str = "measures") -> str:
    """Return the SQL expression for the doubts of a row of ``knowledge`` as one text; empty when there are none.

    ``measures`` names the rows it is compared with: at least those of its document.
    """
    cases = ", ".join(f"CASE WHEN {one.sql(measures)} THEN '{one.zh}' END" for one in DOUBTS)
    return f"nullif(concat_ws('；', {cases}), '')"
