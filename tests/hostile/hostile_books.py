"""Ways to break a codebook's file: characters, bytes, and the parts of a workbook."""

from __future__ import annotations

import io
import random
import zipfile

_TOKENS = (
    *"：*（）\\'\"{}[]|>,，；%@`#$\t\x00\ufffe𠮷",
    *("\n", "- ", "&a ", "*a", "? ", "!!", "代码", "词语", "near", "  - code: x\n", "1e999", "nan", "-1", "_x0041_"),
)


def broken_text(text: str, dice: random.Random) -> str:
    """Return ``text`` with some characters deleted, put in or copied."""
    chars = list(text)
    for _ in range(dice.randint(1, 8)):
        at, choice = dice.randrange(len(chars) or 1), dice.random()
        if choice < 0.4:
            del chars[at : at + dice.choice([1, 1, 3, 20, 200])]
        elif choice < 0.8:
            chars[at:at] = dice.choice(_TOKENS)
        else:
            start = dice.randrange(len(chars) or 1)
            chars[at:at] = chars[start : start + 50]
    return "".join(chars)


def broken_bytes(content: bytes, dice: random.Random) -> bytes:
    """Return ``content`` with some bytes changed, deleted or put in."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 10)):
        at, choice = dice.randrange(len(data) or 1), dice.random()
        if choice < 0.5 and data:
            data[at] = dice.randrange(256)
        elif choice < 0.7:
            del data[at : at + dice.randint(1, 50)]
        else:
            data[at:at] = dice.randbytes(3)
    return bytes(data)


def broken_workbook(content: bytes, dice: random.Random) -> bytes:
    """Return a workbook, still a zip file, with a few of its parts broken or missing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        names = old.namelist()
        victims = set(dice.sample(names, dice.randint(1, 3)))
        for name in names:
            part, choice = old.read(name), dice.random()
            if name in victims and choice < 0.1:
                continue
            if name in victims:
                text = broken_text(part.decode(), dice).encode("utf-8", "replace")
                part = broken_bytes(part, dice) if choice < 0.4 else text
            new.writestr(name, part)
    return stream.getvalue()
