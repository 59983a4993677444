"""How a page is printed: scale, grid, ink and what is written on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RGB = tuple[int, int, int]
Font = Literal["DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSerif", "STIXGeneral"]

SPEEDS_MM_PER_S = (25.0, 50.0)
GAINS_MM_PER_MV = (5.0, 10.0, 20.0)

GRID_RGB: dict[str, RGB | None] = {
    "red": (205, 55, 50),
    "pink": (238, 130, 150),
    "blue": (75, 125, 205),
    "green": (70, 160, 95),
    "grey": (135, 135, 135),
    "none": None,
}
"""Colour of the grid lines by its name."""


@dataclass(frozen=True)
class PageStyle:
    """How a page is printed.

    Attributes:
        speed_mm_per_s: paper speed.
        gain_mm_per_mv: height of a millivolt.
        grid: name of the grid's colour, one of `GRID_RGB`.
        small_boxes: whether 1 mm lines are printed, or those every 5 mm alone.
        grid_strength: how dense the grid's ink is, 0 to 1.
        grid_width_mm: thickness of the 5 mm lines; the 1 mm lines have half of it.
        paper_rgb: colour of the paper.
        ink_rgb: colour of traces and text.
        trace_width_mm: thickness of the traces.
        pulse: whether each row begins with the reference pulse.
        lead_names: whether each segment is named.
        names_below: whether its name is printed below the trace rather than above it.
        separators: whether a bar stands where a row goes over to another lead.
        header: lines of text at the top; what the recording says of itself by default.
        font: typeface of all text, one of those that come with matplotlib.
    """

    speed_mm_per_s: float = 25.0
    gain_mm_per_mv: float = 10.0
    grid: str = "pink"
    small_boxes: bool = True
    grid_strength: float = 0.85
    grid_width_mm: float = 0.22
    paper_rgb: RGB = (255, 255, 255)
    ink_rgb: RGB = (25, 25, 28)
    trace_width_mm: float = 0.28
    pulse: bool = True
    lead_names: bool = True
    names_below: bool = False
    separators: bool = True
    header: tuple[str, ...] | None = None
    font: Font = "DejaVuSans"

    def __post_init__(self) -> None:
        if self.grid not in GRID_RGB:
            raise ValueError(
                f"Expected a grid colour out of {', '.join(GRID_RGB)}. Received {self.grid!r}."
            )
        for name in ("speed_mm_per_s", "gain_mm_per_mv", "grid_width_mm", "trace_width_mm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"Expected {name} above 0. Received {getattr(self, name)}.")


REPORT = PageStyle()
"""A machine's report on pink millimetre paper."""

MONITOR = PageStyle(
    grid="none",
    paper_rgb=(8, 10, 12),
    ink_rgb=(60, 235, 110),
    trace_width_mm=0.4,
    pulse=False,
    separators=False,
)
"""A bedside monitor's screen: a bright trace on black."""

WATCH = PageStyle(
    grid="red",
    grid_strength=0.35,
    ink_rgb=(195, 30, 45),
    trace_width_mm=0.35,
    pulse=False,
    separators=False,
)
"""The strip that a wrist device shows on the telephone's screen."""
