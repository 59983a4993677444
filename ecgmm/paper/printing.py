"""Pages as all kinds of machines print them, for training and for tests."""

from __future__ import annotations

import numpy as np

from ecgmm.paper.style import (
    GAINS_MM_PER_MV,
    MONITOR,
    RGB,
    SPEEDS_MM_PER_S,
    WATCH,
    Font,
    PageStyle,
)

_FONTS: tuple[Font, ...] = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSansMono",
    "DejaVuSerif",
    "STIXGeneral",
)
_GRID_SHARES = {"pink": 0.3, "red": 0.3, "grey": 0.12, "blue": 0.08, "green": 0.08, "none": 0.12}
_STANDARD_SHARE = 0.8
_HEADERS = (
    ("ID: {id}", "Age: {age} yrs", "HR: {rate} /min"),
    ("Patient {id}", "{age} years", "Dr. on duty"),
    ("{id}   {age} Y   12-LEAD ECG",),
    ("ECG {id}", "Rate {rate} bpm", "PR 164 ms  QRS 92 ms", "QT/QTc 392/421 ms"),
    (),
)


def random_style(rng: np.random.Generator) -> PageStyle:
    """The style of some machine: four in five print at 25 mm/s and 10 mm/mV.

    Args:
        rng: source of chance.
    """
    return PageStyle(
        speed_mm_per_s=_standard_or(25.0, SPEEDS_MM_PER_S, rng),
        gain_mm_per_mv=_standard_or(10.0, GAINS_MM_PER_MV, rng),
        grid=str(rng.choice(list(_GRID_SHARES), p=list(_GRID_SHARES.values()))),
        small_boxes=bool(rng.random() < 0.65),
        grid_strength=float(rng.uniform(0.45, 1.0)),
        grid_width_mm=float(rng.uniform(0.12, 0.35)),
        paper_rgb=_random_paper(rng),
        ink_rgb=_random_ink(rng),
        trace_width_mm=float(rng.uniform(0.2, 0.5)),
        pulse=bool(rng.random() < 0.75),
        lead_names=bool(rng.random() < 0.9),
        names_below=bool(rng.random() < 0.3),
        separators=bool(rng.random() < 0.5),
        header=_random_header(rng),
        font=_FONTS[int(rng.integers(len(_FONTS)))],
    )


def random_screen(rng: np.random.Generator) -> PageStyle:
    """The style of a screen: a monitor's or a wrist device's."""
    return MONITOR if rng.random() < 0.5 else WATCH


def _standard_or(standard: float, choices: tuple[float, ...], rng: np.random.Generator) -> float:
    return standard if rng.random() < _STANDARD_SHARE else float(rng.choice(choices))


def _random_paper(rng: np.random.Generator) -> RGB:
    """White, a little grey or a little yellow."""
    bright = rng.uniform(235, 255)
    red, green, blue = bright, bright - rng.uniform(0, 4), bright - rng.uniform(0, 14)
    return round(red), round(green), round(blue)


def _random_ink(rng: np.random.Generator) -> RGB:
    """Black of some density, at times bluish."""
    dark = rng.uniform(5, 80)
    return round(dark), round(dark), round(dark + rng.uniform(0, 40))


def _random_header(rng: np.random.Generator) -> tuple[str, ...]:
    lines = _HEADERS[int(rng.integers(len(_HEADERS)))]
    facts = {
        "id": int(rng.integers(10_000, 100_000)),
        "age": int(rng.integers(18, 96)),
        "rate": int(rng.integers(45, 130)),
    }
    return tuple(line.format(**facts) for line in lines)
