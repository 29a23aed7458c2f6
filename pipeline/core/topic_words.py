"""What topics and what they are fitted on are called."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.core.config import TopicUnit

UNITS: Mapping[str, str] = {"document": "文档", "section": "章节", "clause": "条款"}
"""What topics can be fitted on, by code."""


def topic_id(number: int) -> str:
    """Return a topic's id: 3 → 「t003」."""
    return f"t{number:03d}"


def counted(number: int, unit: TopicUnit) -> str:
    """Return so many of what topics are fitted on: 「588 篇文档」「1200 个条款」."""
    return f"{number} {'篇' if unit == 'document' else '个'}{UNITS[unit]}"
