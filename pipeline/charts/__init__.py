"""Charts as SVG and PNG: figures in, a picture out. No SQL and no judgement about what is worth showing."""

from pipeline.charts.bars import Mark, Series, bars, columns
from pipeline.charts.drawing import Chart, ChartError
from pipeline.charts.heat import heat
from pipeline.charts.lines import Band, Curve, panels
from pipeline.charts.png import png
from pipeline.charts.svg import svg
from pipeline.charts.tiles import Tile, load_tiles, tile_map

__all__ = [
    "Band",
    "Chart",
    "ChartError",
    "Curve",
    "Mark",
    "Series",
    "Tile",
    "bars",
    "columns",
    "heat",
    "load_tiles",
    "panels",
    "png",
    "svg",
    "tile_map",
]
