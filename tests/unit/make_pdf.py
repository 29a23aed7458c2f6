"""Writes small PDF files by hand, for tests: Chinese text through a font that isn't embedded, at given places."""

from __future__ import annotations

Line = tuple[float, float, float, str]  # x, y, size, text
Rule = tuple[float, float, float, float]  # from x, y to x, y
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font "
    b"/Subtype /CIDFontType0 /BaseFont /SimSun /DW 1000 /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
    b"/Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -120 1000 880] "
    b"/Ascent 880 /Descent -120 /ItalicAngle 0 /CapHeight 800 /StemV 80 >> >> ] >>"
)
_ENCRYPT = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00><00>]" % (b"31" * 32, b"32" * 32)
# a font whose codes nothing maps to characters
_UNMAPPED = (
    _FONT.replace(b"/UniGB-UCS2-H", b"/Identity-H").replace(b"(GB1)", b"(Identity)").replace(b"/SimSun", b"/Private")
)


def make_pdf(
    pages: list[list[Line]],
    *,
    images: tuple[int, ...] = (),
    encrypted: bool = False,
    rules: list[list[Rule]] | None = None,
    style: str = "line",
    turned: bool = False,
    unmapped: bool = False,
) -> bytes:
    """Return a PDF of A4 pages; those whose index is in ``images`` hold a picture, too.

    ``rules`` are drawn page by page: as a "line", "dashed", "double" or "rect"angles thin as lines. ``turned`` pages
    are 842 points wide and stored upright. ``unmapped`` text can't be told from the file.
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _UNMAPPED if unmapped else _FONT]
    kids = []
    for index, lines in enumerate(pages):
        content = b"".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())
            for x, y, size, text in lines
        )
        if rules and index < len(rules):
            content += b"".join(_draw(rule, style) for rule in rules[index])
        if turned:
            content = b"q 0 1 -1 0 595 0 cm\n%sQ\n" % content
        if index in images:
            content += b"q 400 0 0 600 80 100 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (90 if turned else 0, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    result = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(result))
        result += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(result)
    result += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    result += b"".join(b"%010d 00000 n \n" % place for place in places)
    extra = _ENCRYPT if encrypted else b""
    return result + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        extra,
        start,
    )


def set_text(text: str, *, top: float = 760, left: float = 90, columns: int = 26, size: float = 16) -> list[Line]:
    """Return paragraphs (parted by newlines) in lines of ``columns`` characters, first lines indented by two."""
    lines: list[Line] = []
    y = top
    for paragraph in text.split("\n"):
        at, indent = 0, 2
        while at < len(paragraph):
            room = columns - indent
            lines.append((left + indent * size, y, size, paragraph[at : at + room]))
            at, indent, y = at + room, 0, y - 28
    return lines


def _draw(rule: Rule, style: str) -> bytes:
    """Return the operators that draw a rule."""
    x0, y0, x1, y1 = rule
    if style == "rect":
        return b"%g %g %g %g re f\n" % (x0, y0, max(x1 - x0, 0.5), max(y1 - y0, 0.5))
    line = b"%g %g m %g %g l S\n" % rule
    if style == "dashed":
        return b"[3 2] 0 d 0.5 w " + line
    shift = (x0 + 1.5, y0, x1 + 1.5, y1) if x0 == x1 else (x0, y0 + 1.5, x1, y1 + 1.5)
    return line + (b"%g %g m %g %g l S\n" % shift if style == "double" else b"")


def set_grid(xs: list[float], ys: list[float]) -> list[Rule]:
    """Return the rules of a full grid."""
    return [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[-1], x, ys[0]) for x in xs]
