"""How a page is printed: scale, grid, ink and what is written on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

RGB = tuple[int, int, int]
Font = Literal[
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "STIXGeneral",
    "STIXGeneralBol",
    "cmss10",
    "cmtt10",
]
GridKind = Literal["lines", "dots", "dots in boxes"]
Separator = Literal["bar", "ticks", "dashes", "column"]
PulsePlace = Literal["left", "right", "middle", "box"]

SPEEDS_MM_PER_S = (25.0, 50.0)
GAINS_MM_PER_MV = (5.0, 10.0, 20.0)

GRID_RGB: dict[str, RGB | None] = {
    "red": (205, 55, 50),
    "pink": (238, 130, 150),
    "blue": (75, 125, 205),
    "green": (70, 160, 95),
    "orange": (232, 160, 70),
    "violet": (165, 110, 200),
    "grey": (135, 135, 135),
    "black": (40, 40, 40),
    "none": None,
}
"""Colour of the grid lines by its name."""


_ABOVE_ZERO = (
    "speed_mm_per_s",
    "gain_mm_per_mv",
    "grid_width_mm",
    "trace_width_mm",
    "pulse_s",
    "name_size_mm",
)


@dataclass(frozen=True)
class PageStyle:
    """How a page is printed.

    Attributes:
        speed_mm_per_s: paper speed.
        gain_mm_per_mv: height of a millivolt.
        grid: name of the grid's colour, one of `GRID_RGB`.
        grid_kind: lines; a dot where 1 mm lines would cross; or such dots in boxes of 5 mm.
        small_boxes: whether 1 mm lines are printed, or those every 5 mm alone.
        grid_strength: how dense the grid's ink is, 0 to 1.
        grid_width_mm: thickness of the 5 mm lines; the 1 mm lines have half of it.
        frame: whether a line in ink runs around the grid.
        paper_rgb: colour of the paper.
        ink_rgb: colour of traces and text.
        trace_width_mm: thickness of the traces.
        pulse: whether each row has the reference pulse.
        pulse_at: left of the row, right of it, in its middle, where the trace makes room for it, or
            on the left in a box of its own.
        pulse_s: how long it is: 200 ms on most machines.
        lead_names: whether each segment is named.
        names_below: whether its name is printed below the trace rather than above it.
        names_in_capitals: whether aVR is printed as AVR.
        name_size_mm: size of its type.
        separators: whether something stands where a row goes over to another lead.
        separator: what stands there: a bar over the trace, a tick above and one below it, a dashed
            line as high as the row, or a line through all rows.
        gap_mm: how much of the trace is left out there.
        header: lines of text at the top; what the recording says of itself by default.
        scale_text: what says the scale at the foot, with `{speed}` and `{gain}`; empty for nothing.
        font: typeface of all text, one of those that come with matplotlib.
        fitted: whether each row has the room that its waves need, and names stand clear of all ink.
    """

    speed_mm_per_s: float = 25.0
    gain_mm_per_mv: float = 10.0
    grid: str = "pink"
    grid_kind: GridKind = "lines"
    small_boxes: bool = True
    grid_strength: float = 0.85
    grid_width_mm: float = 0.22
    frame: bool = False
    paper_rgb: RGB = (255, 255, 255)
    ink_rgb: RGB = (25, 25, 28)
    trace_width_mm: float = 0.28
    pulse: bool = True
    pulse_at: PulsePlace = "left"
    pulse_s: float = 0.2
    lead_names: bool = True
    names_below: bool = False
    names_in_capitals: bool = False
    name_size_mm: float = 4.0
    separators: bool = True
    separator: Separator = "bar"
    gap_mm: float = 0.0
    header: tuple[str, ...] | None = None
    scale_text: str = "{speed} mm/s   {gain} mm/mV"
    font: Font = "DejaVuSans"
    fitted: bool = False

    def __post_init__(self) -> None:
        if self.grid not in GRID_RGB:
            raise ValueError(
                f"Expected a grid colour out of {', '.join(GRID_RGB)}. Received {self.grid!r}."
            )
        for name in _ABOVE_ZERO:
            if not getattr(self, name) > 0:
                raise ValueError(f"Expected {name} above 0. Received {getattr(self, name)}.")


REPORT = PageStyle()
"""A machine's report on pink millimetre paper."""

SHEET = replace(REPORT, fitted=True)
"""The same for people to read: no wave leaves the paper, no name covers one."""

MONITOR = PageStyle(
    grid="none",
    paper_rgb=(8, 10, 12),
    ink_rgb=(60, 235, 110),
    trace_width_mm=0.4,
    pulse=False,
    separators=False,
)
"""A bedside monitor's screen: a bright trace on black."""

DOTTED = PageStyle(
    grid="black",
    grid_kind="dots",
    grid_strength=0.6,
    frame=True,
    trace_width_mm=0.3,
    separator="column",
    font="DejaVuSerif",
)
"""A thermal printer's report: black dots, a frame, and lines through all rows between the leads."""

COPY = PageStyle(
    grid="black",
    grid_kind="dots in boxes",
    grid_strength=0.75,
    ink_rgb=(0, 0, 0),
    pulse_at="right",
    separator="ticks",
    gap_mm=1.5,
    font="DejaVuSans-Bold",
)
"""A report copied in black and white, its pulses at the end of the rows."""

WATCH = PageStyle(
    grid="red",
    grid_strength=0.35,
    ink_rgb=(195, 30, 45),
    trace_width_mm=0.35,
    pulse=False,
    separators=False,
)
"""The strip that a wrist device shows on the telephone's screen."""

STYLES = {
    "report": SHEET,
    "dotted": DOTTED,
    "copy": COPY,
    "monitor": MONITOR,
    "watch": WATCH,
}
"""Some machines' styles by what people call them."""
