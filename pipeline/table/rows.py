"""Rows of an answer in Python: Arrow, pandas, polars, and what a notebook shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PipelineError
from pipeline.table.html import table_html

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_MISSING = "没有安装 {0}，请运行：pip install 'cewen[frames]'"


class Rows:
    """An Arrow table (``arrow()``) with Chinese ``headings`` and ``notes``; what an Arrow table has can be used too.

    ``pandas()`` and ``polars()`` give frames, ``len`` the number of rows, a notebook the first rows.
    """

    def __init__(self, arrow: pa.Table, headings: Mapping[str, str] | None = None, notes: Sequence[str] = ()) -> None:
        """Keep the table, column → heading, and what one must know to read it."""
        self._table = arrow
        self.headings = {name: (headings or {}).get(name, name) for name in arrow.column_names}
        self.notes = tuple(notes)

    def __getattr__(self, name: str) -> Any:
        """Return what the Arrow table calls ``name``: ``num_rows``, ``column``, ``to_pylist`` …"""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._table, name)

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self._table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Give the rows to any library that takes Arrow streams (polars, DuckDB, pyarrow)."""
        return self._table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._table.num_rows)

    def __repr__(self) -> str:
        """Return the number of rows and the columns."""
        return f"Rows({len(self)} × {', '.join(self._table.column_names)})"

    def _repr_html_(self) -> str:
        """Return the first rows with Chinese headings, for notebooks."""
        return table_html(self._table, self.headings, self.notes)

    def pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame. Raises PipelineError when pandas isn't installed."""
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            raise PipelineError(_MISSING.format("pandas")) from error
        return self._table.to_pandas()

    def polars(self) -> pl.DataFrame:
        """Return the rows as a polars DataFrame. Raises PipelineError when polars isn't installed."""
        try:
            import polars
        except ImportError as error:
            raise PipelineError(_MISSING.format("polars")) from error
        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame
