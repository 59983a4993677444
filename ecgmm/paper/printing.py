"""Pages as all kinds of machines print them, for training and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args

import numpy as np

from ecgmm.paper.style import (
    GAINS_MM_PER_MV,
    RGB,
    SPEEDS_MM_PER_S,
    Font,
    GridKind,
    PageStyle,
    PulsePlace,
    Separator,
)

Choice = TypeVar("Choice")

_FONTS: tuple[Font, ...] = get_args(Font)
_SEPARATORS: tuple[Separator, ...] = get_args(Separator)
_GRID_SHARES = {
    "pink": 0.24,
    "red": 0.24,
    "orange": 0.06,
    "violet": 0.04,
    "blue": 0.07,
    "green": 0.07,
    "grey": 0.1,
    "black": 0.06,
    "none": 0.12,
}
_GRID_KIND_SHARES: dict[GridKind, float] = {"lines": 0.7, "dots": 0.15, "dots in boxes": 0.15}
_PULSE_SHARES: dict[PulsePlace, float] = {"left": 0.64, "right": 0.2, "middle": 0.06, "box": 0.1}
NARROW_PULSE_S = 0.08
"""A pulse that tells the gain and nothing of time."""

_NARROW_PULSE_SHARE = 0.2
_FRAMED_SHARE = 0.25
_GAP_SHARE = 0.3
_WIDEST_GAP_MM = 4.0
_NAME_SIZES_MM = (2.6, 5.5)
_STANDARD_SHARE = 0.8
_SCALE_TEXTS = (
    "{speed} mm/s   {gain} mm/mV",
    "{speed}mm/s {gain}mm/mV 0.05-150Hz AC50",
    "Speed: {speed} mm/sec   Limb: {gain} mm/mV   Chest: {gain} mm/mV",
    "{gain} mm/mV   {speed} mm/s   F 50~ 0.15-40 Hz",
    "",
)
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
        grid=_chosen(_GRID_SHARES, rng),
        grid_kind=_chosen(_GRID_KIND_SHARES, rng),
        small_boxes=bool(rng.random() < 0.65),
        grid_strength=float(rng.uniform(0.45, 1.0)),
        grid_width_mm=float(rng.uniform(0.12, 0.35)),
        frame=bool(rng.random() < _FRAMED_SHARE),
        paper_rgb=_random_paper(rng),
        ink_rgb=_random_ink(rng),
        trace_width_mm=float(rng.uniform(0.2, 0.5)),
        pulse=bool(rng.random() < 0.75),
        pulse_at=_chosen(_PULSE_SHARES, rng),
        pulse_s=NARROW_PULSE_S if rng.random() < _NARROW_PULSE_SHARE else 0.2,
        lead_names=bool(rng.random() < 0.9),
        names_below=bool(rng.random() < 0.3),
        names_in_capitals=bool(rng.random() < 0.15),
        name_size_mm=float(rng.uniform(*_NAME_SIZES_MM)),
        separators=bool(rng.random() < 0.65),
        separator=_SEPARATORS[int(rng.integers(len(_SEPARATORS)))],
        gap_mm=float(rng.uniform(0, _WIDEST_GAP_MM)) if rng.random() < _GAP_SHARE else 0.0,
        header=_random_header(rng),
        scale_text=_SCALE_TEXTS[int(rng.integers(len(_SCALE_TEXTS)))],
        font=_FONTS[int(rng.integers(len(_FONTS)))],
    )


def _chosen(shares: Mapping[Choice, float], rng: np.random.Generator) -> Choice:
    """One of the keys, each as often as its share says."""
    choices = list(shares)
    return choices[int(rng.choice(len(choices), p=list(shares.values())))]


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
