"""Pages for people: PDF, SVG or PNG to scale, painted by matplotlib."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.fonts import font_path
from ecgmm.paper.page import SMALL_BOX_MM, Page
from ecgmm.paper.style import GRID_RGB, RGB

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FileFormat = Literal["png", "pdf", "svg"]

MM_PER_INCH = 25.4
_POINTS_PER_MM = 72 / MM_PER_INCH


def render(page: Page, file_format: FileFormat, dpi: float = 200.0) -> bytes:
    """Paint a page as a file that prints at its true size.

    Args:
        page: what to paint.
        file_format: the kind of file.
        dpi: resolution of a PNG, dots an inch; a vector format has none.

    Returns:
        The file's bytes; the same page gives the same bytes.
    """
    import matplotlib

    file = io.BytesIO()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": None}
    with matplotlib.rc_context({"svg.hashsalt": "ecgmm", "svg.fonttype": "none"}):
        figure = _blank_sheet(page, dpi)
        paint(figure.axes[0], page)
        figure.savefig(file, format=file_format, dpi=dpi, metadata=undated[file_format])
    return file.getvalue()


def paint(axes: Axes, page: Page) -> None:
    """Paint a page on axes whose coordinates are its millimetres, y downwards."""
    _paint_grid(axes, page)
    _paint_ink(axes, page)


def _blank_sheet(page: Page, dpi: float) -> Figure:
    """A figure whose axes' coordinates are millimetres from the top left corner."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width_px, height_px = page.size_px(dpi / MM_PER_INCH)
    figure = Figure(
        figsize=(width_px / dpi, height_px / dpi), dpi=dpi, facecolor=_rgb(page.style.paper_rgb)
    )
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    mm_per_px = MM_PER_INCH / dpi
    axes.set(xlim=(0.0, width_px * mm_per_px), ylim=(height_px * mm_per_px, 0.0))
    axes.set_axis_off()
    return figure


def _paint_grid(axes: Axes, page: Page) -> None:
    from matplotlib.collections import LineCollection

    rgb = GRID_RGB[page.style.grid]
    if rgb is None:
        return
    grid, style = page.grid, page.style
    if page.has_dots:
        dot_mm = style.grid_width_mm
        rows = [((grid.left_mm, y), (grid.right_mm, y)) for y in grid.rows_mm(SMALL_BOX_MM)]
        axes.add_collection(
            LineCollection(
                rows,
                colors=[_faded(rgb, style.paper_rgb, style.grid_strength)],
                linewidths=dot_mm * _POINTS_PER_MM,
                linestyles=[(0.5, (1.0, SMALL_BOX_MM / dot_mm - 1))],
                capstyle="butt",
                zorder=1,
            )
        )
    for pitch_mm, weight in page.grid_pitches_mm:
        columns = [((x, grid.top_mm), (x, grid.bottom_mm)) for x in grid.columns_mm(pitch_mm)]
        rows = [((grid.left_mm, y), (grid.right_mm, y)) for y in grid.rows_mm(pitch_mm)]
        axes.add_collection(
            LineCollection(
                columns + rows,
                colors=[_faded(rgb, style.paper_rgb, style.grid_strength * weight)],
                linewidths=style.grid_width_mm * weight * _POINTS_PER_MM,
                capstyle="butt",
                zorder=weight,
            )
        )


def _paint_ink(axes: Axes, page: Page) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.font_manager import FontProperties

    ink = _rgb(page.style.ink_rgb)
    for lines, width_mm in page.strokes_mm:
        axes.add_collection(
            LineCollection(
                lines,
                colors=[ink],
                linewidths=width_mm * _POINTS_PER_MM,
                joinstyle="round",
                zorder=2,
            )
        )
    for label in page.labels:
        font = FontProperties(
            fname=str(font_path(page.style.font)), size=label.size_mm * _POINTS_PER_MM
        )
        axes.text(
            label.x_mm, label.y_mm, label.text,
            va="baseline", color=ink, fontproperties=font, parse_math=False, zorder=3,
        )  # fmt: skip


def _rgb(rgb: RGB) -> tuple[float, float, float]:
    red, green, blue = rgb
    return red / 255, green / 255, blue / 255


def _faded(rgb: RGB, paper_rgb: RGB, strength: float) -> NDArray[np.float64]:
    return strength * np.array(_rgb(rgb)) + (1 - strength) * np.array(_rgb(paper_rgb))
