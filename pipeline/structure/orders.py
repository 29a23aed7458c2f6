"""Orders: the regulation that one puts into force is its title, since an order has none of its own."""

from __future__ import annotations

import re

from pipeline.core.layers import HeadField
from pipeline.structure.doc_numbers import NumberFound
from pipeline.structure.pieces import squeeze
from pipeline.structure.rules import HeadRules
from pipeline.structure.titles import Title, find_kind

_TOP, _BELOW = 300, 400
# 「《云州市节水办法》已经…会议通过，现予公布」 and 「现公布《云州市节水办法》」
_PUTS = re.compile(
    r"(?:\A|\n)[ \t\u3000]*《(?P<title>(?:[^《》]|《[^《》]*》){4,80})》[^《》。]{0,120}?(?:公布|发布|施行|印发|颁布)"
    r"|现(?:予|将|予以)?(?:公布|发布|颁布)《(?P<put>(?:[^《》]|《[^《》]*》){4,80})》"
)
_BARE = re.compile(r"[令告]$|^\d|[：:]")


def order_title(text: str, title: Title | None, number: NumberFound | None, rules: HeadRules) -> Title | None:
    """Return the title of what an order or notice at the top of ``text`` puts into force.

    ``None`` when ``title`` is one already: it names a 文种, or speaks 关于 something.
    """
    if number is None or number.rule not in ("order", "notice") or number.start > _TOP:
        return None
    if title is not None and not _BARE.search(title.field.value):
        named = "关于" in title.field.value or find_kind(text, title, rules) != "其他"
        if named or title.after <= number.start:
            return None
    found = _PUTS.search(text, max(0, number.end - 1), number.end + _BELOW)
    if found is None:
        return None
    name = "title" if found["title"] else "put"
    return Title(HeadField(squeeze(found[name]), *found.span(name)), number.end)
