"""The kinds of paper and screens that people have, drawn by our own printer and spoiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import LEADS
from ecgmm.paper.camera.photograph import Photo, photograph
from ecgmm.paper.camera.presets import PHONE, SCAN, SCREEN_PHOTO, SCREENSHOT, Preset
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import Page
from ecgmm.paper.printing import NARROW_PULSE_S, random_style
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import GRID_RGB, MONITOR, WATCH, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

DRAWN_PX_PER_MM = 8.0
RECORDED_S = 30.0

_PATTERNS = ("N", "NNNV", "NNNNA")
_LINED = tuple(name for name, rgb in GRID_RGB.items() if rgb is not None)
_REPORTS = ("3x4", "3x4+1", "3x4+3")


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    Attributes:
        name: what it is called.
        layouts: names of its layouts, each as likely as the others.
        presets: the ways in which it becomes a picture.
        style: how it is printed, by chance.
    """

    name: str
    layouts: tuple[str, ...]
    presets: tuple[Preset, ...]
    style: Callable[[np.random.Generator], PageStyle]


@dataclass(frozen=True)
class Specimen:
    """A page, and the spoiled picture of it.

    Attributes:
        page: what was printed, in millimetres.
        drawn: `[height, width, 3]` RGB of the page before it was spoiled.
        photo: the picture, and where each point of the page is in it.
        title: what it is called.
        kind: name of its kind.
        layout: name of its layout.
        preset: name of the way in which it became a picture.
        grid: colour of its grid, and the distance of its finest lines.
    """

    page: Page
    drawn: NDArray[np.uint8]
    photo: Photo
    title: str
    kind: str
    layout: str
    preset: str
    grid: str


def _machine(rng: np.random.Generator, grid: str, small_boxes: bool) -> PageStyle:
    """A random machine; without a pulse nothing but its text would tell an unusual scale."""
    style = replace(random_style(rng), grid=grid, small_boxes=small_boxes)
    return style if style.pulse else replace(style, speed_mm_per_s=25.0, gain_mm_per_mv=10.0)


def _fine(rng: np.random.Generator) -> PageStyle:
    return _machine(rng, str(rng.choice(_LINED)), small_boxes=True)


def _any_boxes(rng: np.random.Generator) -> PageStyle:
    return _machine(rng, str(rng.choice(_LINED)), small_boxes=bool(rng.random() < 0.5))


def _usual_scale(rng: np.random.Generator) -> PageStyle:
    return replace(_any_boxes(rng), speed_mm_per_s=25.0, gain_mm_per_mv=10.0)


def _unusual_scale(rng: np.random.Generator) -> PageStyle:
    gain = float(rng.choice([5.0, 20.0]))
    return replace(_any_boxes(rng), pulse=True, gain_mm_per_mv=gain)


def _any_machine(rng: np.random.Generator) -> PageStyle:
    style = random_style(rng)
    is_told = style.pulse and style.pulse_s > NARROW_PULSE_S
    return style if is_told else replace(style, speed_mm_per_s=25.0, gain_mm_per_mv=10.0)


def _grey(rng: np.random.Generator) -> PageStyle:
    return _machine(rng, "grey", small_boxes=bool(rng.random() < 0.65))


def _blank(rng: np.random.Generator) -> PageStyle:
    return _machine(rng, "none", small_boxes=False)


def _watch(_: np.random.Generator) -> PageStyle:
    return WATCH


def _monitor(_: np.random.Generator) -> PageStyle:
    return MONITOR


KINDS = (
    Kind("1 mm report, scanned", _REPORTS, (SCAN,), _fine),
    Kind("grey print, scanned", _REPORTS, (SCAN,), _grey),
    Kind("grid-free print, scanned", (*_REPORTS, "6x2", "12x1"), (SCAN,), _blank),
    Kind("6x2", ("6x2",), (SCAN, PHONE), _usual_scale),
    Kind("12x1", ("12x1",), (SCAN, PHONE), _usual_scale),
    Kind("other layouts", ("3x4+2", "4x3", "6x2+1", "6x1"), (SCAN, PHONE), _usual_scale),
    Kind("watch screenshot", ("watch", "strip"), (SCREENSHOT,), _watch),
    Kind("monitor screenshot", ("strip", "3x4", "6x2"), (SCREENSHOT,), _monitor),
    Kind("rhythm strip, photographed", ("strip",), (PHONE,), _usual_scale),
    Kind("report, photographed", _REPORTS, (PHONE,), _usual_scale),
)
"""The kinds that are to be read."""

FLAT_KINDS = tuple(
    replace(kind, presets=flat)
    for kind in KINDS
    if (flat := tuple(preset for preset in kind.presets if preset in (SCAN, SCREENSHOT)))
)
"""Those of them that no camera has seen."""

MACHINE_KINDS = tuple(
    Kind(f"any machine, {layout}", (layout,), (SCAN, PHONE), _any_machine)
    for layout in LAYOUTS
    if layout not in ("strip", "watch")
)
"""Every layout as any machine prints it: lines or dots, every mark and place of pulses."""

FURTHER_KINDS = (
    Kind("screen, photographed", ("watch", "strip"), (SCREEN_PHOTO,), _watch),
    Kind("unusual scale, photographed", _REPORTS, (PHONE,), _unusual_scale),
)
"""Beyond what is promised: a telephone in front of a screen, and photos at 5 or 20 mm/mV."""


def draw(kind: Kind, seed: int, severity: float) -> Specimen:
    """A page of a kind, and a picture of it."""
    rng = np.random.default_rng(seed)
    style = kind.style(rng)
    layout = str(rng.choice(kind.layouts))
    preset = kind.presets[int(rng.integers(len(kind.presets)))]
    heart = simulate(
        str(rng.choice(_PATTERNS)),
        duration_s=RECORDED_S,
        heart_rate_bpm=float(rng.uniform(50, 120)),
        leads=LEADS,
        seed=seed,
    )
    page = lay_out(heart, LAYOUTS[layout], style)
    drawn = paint(page, DRAWN_PX_PER_MM)
    photo = photograph(drawn, DRAWN_PX_PER_MM, preset.faults(severity, seed), seed)
    boxes = "" if style.grid == "none" else " 1 mm" if style.small_boxes else " 5 mm"
    grid = f"{style.grid}{boxes}"
    scale = f"{style.speed_mm_per_s:g}/{style.gain_mm_per_mv:g}"
    pulse = "pulse" if style.pulse else "no pulse"
    title = f"{seed} {layout} {preset.name} {grid} {scale} {pulse}"
    return Specimen(page, drawn, photo, title, kind.name, layout, preset.name, grid)
