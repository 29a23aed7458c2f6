"""SPSS (.sav) and Stata (.dta) files with Chinese variable labels and value labels, by pyreadstat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.core.files import completed
from pipeline.export import notes
from pipeline.export.content import Beside, Bundle, Chosen, Content, bundle, is_single, written
from pipeline.export.layout import looks
from pipeline.export.variables import SPSS, STATA, Program, Variable, shortened, size, variables
from pipeline.table.matrices_axes import known_books, read_axis
from pipeline.table.overlay import reading

if TYPE_CHECKING:
    import pandas as pd

# columns that become numbers with labels beside those with a closed list; a panel's keys too
_CODED = ("level", "region", "province", "doc_kind", "issuer", "media_type", "unit", "instrument", "per")
_SPLIT = "issuer"  # a list in documents; single names only as a key
_DICTIONARY = ("表", "变量名", "列名", "标签", "说明", "取值")
_NOTE_BYTES, _FILE_LABEL = 80, 64
_CUT = "截断"
# Stata's highest whole number; those above mean missing values
_INT = 2_147_483_620


def export_sav(out: Path, place: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run as SPSS files into the folder ``place`` or one file; return what to tell.

    ``options`` are the fields of ``content.Chosen``. Raises PipelineError as ``content.bundle`` does, and when
    pyreadstat isn't installed.
    """
    return _export(out, place, SPSS, "sav", Chosen(**options))


def export_dta(out: Path, place: Path, **options: Any) -> tuple[str, ...]:
    """Write tables of a finished run as Stata files (Stata 14 and later), as ``export_sav`` does."""
    return _export(out, place, STATA, "dta", Chosen(**options))


def _export(out: Path, place: Path, program: Program, of: str, chosen: Chosen) -> tuple[str, ...]:
    """Write the files of one program."""
    _library()
    made = bundle(out, chosen, single=is_single(place, f".{of}"))
    orders = _orders(out, made)
    dictionary: list[tuple[str, ...]] = []
    remarks, told = [*made.notes, *notes.notes(of)], list(made.told)

    def write(content: Content, target: Path) -> None:
        found = write_table(program, content, _usable(orders, content), target, remarks)
        dictionary.extend(_lines(content, found))
        remarks.extend((_CUT, sentence) for sentence in _cuts(content, found))
        told.extend(_cuts(content, found))

    lying = None if chosen.bare else Beside(remarks, _DICTIONARY, dictionary)
    written(place, made, f".{of}", write, beside=lying)
    return tuple(told)


def write_table(
    program: Program,
    content: Content,
    orders: Mapping[str, Sequence[str]],
    target: Path,
    remarks: Sequence[tuple[str, str]] = (),
) -> list[Variable]:
    """Write one table as a file of ``program``, which appears only once it is complete; return its variables.

    ``orders`` as of ``variables.variables``; ``remarks`` (heading, sentence) go into a .sav as its documents. Raises
    PipelineError when the file can't be written.
    """
    found = variables(program, content.columns, content.read(), orders)
    said = [*remarks, *((_CUT, sentence) for sentence in _cuts(content, found))]
    with completed(target) as fresh:
        _write(program, content, found, fresh, said)
    return found


def _library() -> Any:
    """Return pyreadstat. Raises PipelineError when it or pandas isn't installed."""
    try:
        import pandas  # noqa: F401  pyreadstat writes its frames
        import pyreadstat
    except ImportError as error:
        message = "导出 SPSS、Stata 文件要用 pyreadstat 和 pandas，请运行：pip install 'cewen[stats]'"
        raise PipelineError(message) from error
    return pyreadstat


def _orders(out: Path, made: Bundle) -> dict[str, list[str]]:
    """Return column → the values of the run in order: the same numbers in all files of an export."""
    wanted = {column.name for content in made.contents for column in content.columns}
    found = {}
    with reading(out) as (connection, _):
        for name in _CODED:
            if name in wanted:
                found[name] = [head.key for head in read_axis(connection, name).heads if head.key]
        if "codebook" in wanted:
            found["codebook"] = known_books(connection)
    return found


def _usable(orders: dict[str, list[str]], content: Content) -> dict[str, list[str]]:
    """Return the orders for one table: lists of issuers are texts, a panel's keys of any kind have numbers."""
    found = {name: order for name, order in orders.items() if name != _SPLIT or name in content.keys}
    return {name: [] for name in content.keys if name != "doc_id"} | found


def _lines(content: Content, found: Sequence[Variable]) -> Iterator[tuple[str, ...]]:
    """Yield the data dictionary's lines of a table."""
    for one in found:
        words = {number: value for value, number in one.codes.items()}
        values = "；".join(
            f"{number}＝{label}" + (f"（{words[number]}）" if words[number] != label else "")
            for number, label in one.labels.items()
        )
        yield f"{content.name} {content.zh}", one.name, one.column.name, one.label, one.column.col.note, values


def _cuts(content: Content, found: Sequence[Variable]) -> Iterator[str]:
    """Yield a sentence for each variable with texts that were cut."""
    for one in found:
        if one.cut:
            yield f"{content.zh}：{one.name}（{one.label}）有 {one.cut} 行太长，已截断；全文见 tables/*.parquet"


def _write(
    program: Program,
    content: Content,
    found: Sequence[Variable],
    target: Path,
    remarks: Sequence[tuple[str, str]],
) -> None:
    """Write one file. Raises PipelineError when the library can't."""
    library = _library()
    frame = _frame(found)
    label = shortened(f"策问：{content.zh}", "", _FILE_LABEL, size)
    shared = {
        "file_label": label,
        "column_labels": {one.name: one.label for one in found},
        "variable_value_labels": {one.name: dict(one.labels) for one in found if one.labels},
    }
    try:
        if program is SPSS:
            library.write_sav(frame, str(target), row_compress=True, **shared, **_spss(content, found, remarks))
        else:
            formats = {one.name: _stata_format(one) for one in found}
            library.write_dta(frame, str(target), variable_format=formats, **shared)
    except (library.ReadstatError, library.PyreadstatError) as error:
        raise PipelineError(
            f"{target.with_suffix('')}: 写不成 {program.name} 文件（{error}），请检查磁盘空间"
        ) from error


def _frame(found: Sequence[Variable]) -> pd.DataFrame:
    """Return the variables as a frame of whole numbers, floats and texts."""
    import pandas

    return pandas.DataFrame({one.name: pandas.Series(one.values, dtype=_type(one)) for one in found})


def _type(one: Variable) -> str:
    """Return the pandas type of a variable."""
    if one.labels:
        return "Int32"
    if one.column.type is int:
        return "Int32" if all(value is None or abs(value) <= _INT for value in one.values) else "float64"
    return "string[python]" if one.column.type is str else "float64"


def _spss(content: Content, found: Sequence[Variable], remarks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what SPSS has beside labels: measurement levels, formats, widths on the screen, documents."""
    measures = {
        one.name: "ordinal" if one.ordered else "nominal" if one.labels or one.column.type is str else "scale"
        for one in found
    }
    formats = {one.name: _spss_format(one) for one in found if one.labels or one.column.type is not str}
    widths = {one.name: look.width for one, look in zip(found, looks(content.columns), strict=True)}
    said = (sentence if sentence.startswith(f"{head}：") else f"{head}：{sentence}" for head, sentence in remarks)
    lines = [part for sentence in said for part in _pieces(sentence)]
    return {
        "variable_measure": measures,
        "variable_format": formats,
        "variable_display_width": widths,
        "note": lines,
    }


def _spss_format(one: Variable) -> str:
    """Return the format of a number: F8.0, as wide as its values need."""
    digits = max((len(str(int(abs(value)))) for value in one.values if value is not None), default=1)
    wide = max(8, digits + 1 + (one.decimals + 1 if one.decimals else 0))
    return f"F{min(wide, 40)}.{one.decimals}"


def _stata_format(one: Variable) -> str:
    """Return the display format of a variable: texts at the left, amounts with all their digits."""
    if one.column.type is str and not one.labels:
        wide = max((len(value) for value in one.values), default=1)
        return f"%-{min(max(wide, 9), 60)}s"
    return "%20.0g" if one.decimals or _type(one) == "float64" else "%12.0g"


def _pieces(text: str) -> Iterator[str]:
    """Yield ``text`` in pieces of at most as many bytes as a line of SPSS's documents takes."""
    piece = ""
    for char in text:
        if size(piece + char) > _NOTE_BYTES:
            yield piece
            piece = ""
        piece += char
    yield piece
