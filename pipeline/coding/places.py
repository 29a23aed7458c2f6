"""Where something stands in a codebook's file: a line, or a cell of a workbook."""

from __future__ import annotations


class Cell(int):
    """A place in a workbook: sorts like a line's number, prints like 「词语!C5」."""

    label: str

    def __new__(cls, order: int, label: str) -> Cell:
        """Keep where it is; ``order`` counts cells in the order they are read."""
        cell = super().__new__(cls, order)
        cell.label = label
        return cell

    def __str__(self) -> str:
        """Return sheet and cell."""
        return self.label

    def __format__(self, spec: str) -> str:
        """Return sheet and cell."""
        return self.label


def at(line: int) -> str:
    """Return 「第 5 行」 or 「 代码!A5」."""
    return f" {line}" if isinstance(line, Cell) else f"第 {line} 行"
