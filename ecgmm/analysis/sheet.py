"""ECG paper drawn to scale: every coordinate is a millimetre of the printed sheet.

The grid is that of standard ECG recorders (IEC 60601-2-25): lines every 1 mm and every 5 mm, the
reference pulse 1 mV tall. Colours of beats are Okabe and Ito's, which colour-blind readers can
tell apart (https://jfly.uni-koeln.de/color/); a letter says the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ecgmm.grid import MM_PER_MV

DOTS_PER_MM = 8
"""203 dots an inch, as thermal printers have."""
MM_PER_INCH = 25.4
"""By definition."""
SMALL_BOX_MM = 1
"""40 ms by 0.1 mV."""
LARGE_BOX_MM = 5
"""0.2 s by 0.5 mV."""

INK = "#111111"
SUBDUED_INK = "#555555"
COLOUR_OF_CLASS = {
    "N": "#0072B2",
    "S": "#E69F00",
    "V": "#D55E00",
    "F": "#CC79A7",
    "Q": "#009E73",
}

_PAPER = "#fffaf8"
_SMALL_LINES = {"colors": "#f8d6cf", "linewidths": 0.35}
"""Pale and thin enough that the trace stands out in print."""
_LARGE_LINES = {"colors": "#eda79b", "linewidths": 0.6}
"""Twice as strong as those of the small boxes."""
_BADGE_DIAMETER_MM = 3.6
"""A letter with air around it, within one large box."""
_PULSE_WIDTH_MM = 5.0
"""0.2 s, as the calibration pulse of carts is wide."""


def new_sheet(width_mm: float, height_mm: float) -> tuple[Figure, Axes]:
    """A blank sheet whose coordinates are millimetres from its top left corner.

    Printed at its own size (the PNG states its resolution), a millimetre is a millimetre.
    """
    figure = Figure(
        figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH),
        dpi=DOTS_PER_MM * MM_PER_INCH,
        facecolor="white",
    )
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, width_mm), ylim=(height_mm, 0.0))
    axes.set_axis_off()
    return figure, axes


def draw_grid(axes: Axes, left: float, top: float, width: float, height: float) -> None:
    """Draw millimetre paper; width and height are whole large boxes."""
    axes.add_patch(Rectangle((left, top), width, height, facecolor=_PAPER, linewidth=0, zorder=0))
    for spacing, style, zorder in (
        (SMALL_BOX_MM, _SMALL_LINES, 0.1),
        (LARGE_BOX_MM, _LARGE_LINES, 0.2),
    ):
        columns = left + np.arange(0.0, width + spacing / 2, spacing)
        rows = top + np.arange(0.0, height + spacing / 2, spacing)
        vertical = [((x, top), (x, top + height)) for x in columns]
        horizontal = [((left, y), (left + width, y)) for y in rows]
        axes.add_collection(LineCollection(vertical + horizontal, zorder=zorder, **style))


def draw_picture(
    axes: Axes, grey: NDArray[np.uint8], left: float, top: float, width: float, height: float
) -> None:
    """Lay a grey picture on the sheet, framed."""
    place = (left, left + width, top + height, top)
    axes.imshow(grey, cmap="gray", vmin=0, vmax=255, extent=place, aspect="auto", zorder=0)
    axes.add_patch(
        Rectangle(
            (left, top), width, height, fill=False, edgecolor=SUBDUED_INK, linewidth=0.5, zorder=3
        )
    )


def draw_reference_pulse(axes: Axes, left: float, baseline: float) -> None:
    """Draw the 1 mV pulse, one large box wide, that starts at `left`."""
    edge = _PULSE_WIDTH_MM / 5
    x = left + np.array([0.0, edge, edge, _PULSE_WIDTH_MM - edge, _PULSE_WIDTH_MM - edge, 5.0])
    y = baseline - MM_PER_MV * np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    axes.plot(x, y, color=INK, linewidth=0.8, solid_joinstyle="miter", zorder=3)


def draw_badge(axes: Axes, x: float, y: float, label: str) -> None:
    """Draw the letter of a beat class on a disc of its colour."""
    axes.text(
        x,
        y,
        label,
        color="white",
        fontsize=6.5,
        fontweight="bold",
        ha="center",
        va="center_baseline",
        zorder=6,
    )
    axes.plot(
        [x],
        [y],
        marker="o" if label == "N" else "s",
        markersize=_BADGE_DIAMETER_MM / MM_PER_INCH * 72,
        color=COLOUR_OF_CLASS[label],
        markeredgewidth=0,
        zorder=5,
    )


def draw_text(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write one line of text; `y` is its middle."""
    axes.text(x, y, text, **{"va": "center", "fontsize": 7, "color": INK, **style})
