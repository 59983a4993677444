"""What stands around and behind print: grid, traces, bars, frames."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SHIFT_BITS = 3
_PITCH_PX = (2.5, 11.0)
_LARGE_BOX = 5


def grid(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """`[height, width]` darkness, 0 to 1, of a grid: lines, lines each 5 mm, dots, or none."""
    height, width = shape
    dark = np.zeros(shape, np.float32)
    kind = rng.random()
    if kind < 0.2:
        return dark
    pitch_px = np.exp(rng.uniform(*np.log(_PITCH_PX))) * np.array([1, rng.uniform(0.93, 1.07)])
    minor, major = rng.uniform(0.03, 0.35), rng.uniform(0.1, 0.65)
    across, down = (
        _comb(side, pitch, rng) for side, pitch in zip((width, height), pitch_px, strict=True)
    )
    if kind < 0.45:
        dots = across[np.newaxis] * down[:, np.newaxis]
        return np.asarray(np.minimum(1, 1.5 * rng.uniform(0.2, 0.9) * dots), np.float32)
    if kind < 0.8:
        dark = np.asarray(minor * np.maximum(across[np.newaxis], down[:, np.newaxis]), np.float32)
    across, down = (
        _comb(side, _LARGE_BOX * pitch, rng)
        for side, pitch in zip((width, height), pitch_px, strict=True)
    )
    return np.asarray(
        np.maximum(dark, major * np.maximum(across[np.newaxis], down[:, np.newaxis])), np.float32
    )


def _comb(length: int, pitch_px: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """`[length]`, lines of about a pixel at a pitch, each pixel as dark as it is covered."""
    place = np.arange(length) + rng.uniform(0, pitch_px)
    distance = np.abs((place + pitch_px / 2) % pitch_px - pitch_px / 2)
    half_px = rng.uniform(0.35, 0.5 + 0.06 * pitch_px)
    return np.clip(half_px + 0.5 - distance, 0, 1)


def draw_traces(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Add up to three stretches of ECG to the ink."""
    height, width = ink.shape
    for _ in range(int(rng.choice(4, p=[0.25, 0.35, 0.25, 0.15]))):
        x = np.arange(-4.0, width + 4.0)
        beat_px = rng.uniform(30, 200)
        phase = (x + rng.uniform(0, beat_px)) % beat_px - beat_px / 2
        tall = rng.normal(0, 0.45) * height
        sharp = rng.uniform(1.2, 5.0)
        y = height * rng.uniform(-0.1, 1.1) + rng.normal(0, 3) * np.sin(x / rng.uniform(20, 90))
        y = (
            y
            - tall * np.exp(-((phase / sharp) ** 2))
            + rng.uniform(0, 0.5) * tall * np.exp(-(((phase - 1.8 * sharp) / sharp) ** 2))
        )
        y = y - rng.normal(0, 0.12) * height * np.exp(
            -(((phase - 0.3 * beat_px) / (0.1 * beat_px)) ** 2)
        )
        y = y + rng.normal(0, rng.uniform(0, 0.8), len(x))
        points = np.rint(np.column_stack([x, y]) * 2**_SHIFT_BITS).astype(np.int32)
        thickness = int(rng.choice([1, 1, 2, 3]))
        cv2.polylines(ink, [points], False, _dark(rng), thickness, cv2.LINE_AA, _SHIFT_BITS)


def draw_marks(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Add what looks like letters and is none: bars, dashes, ticks, pulses, frame lines, specks."""
    for _ in range(int(rng.integers(0, 5))):
        _MARKS[int(rng.integers(len(_MARKS)))](ink, rng)


def _bar(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    x, y = _place(ink, rng)
    length = int(np.exp(rng.uniform(np.log(4), np.log(100))))
    slant = int(rng.choice([0, 0, 0, 1]) * rng.integers(-3, 4))
    cv2.line(ink, (x, y), (x + slant, y + length), _dark(rng), int(rng.integers(1, 4)), cv2.LINE_AA)


def _dashes(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    x, y = _place(ink, rng)
    length, gap = int(rng.integers(2, 14)), int(rng.integers(2, 8))
    dark, thickness = _dark(rng), int(rng.integers(1, 3))
    for start in range(y, y + int(rng.integers(10, 100)), length + gap):
        cv2.line(ink, (x, start), (x, start + length), dark, thickness)


def _line_across(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    x, y = _place(ink, rng)
    length = int(np.exp(rng.uniform(np.log(4), np.log(300))))
    cv2.line(ink, (x, y), (x + length, y), _dark(rng), int(rng.integers(1, 4)), cv2.LINE_AA)


def _pulse(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    x, y = _place(ink, rng)
    wide, tall, foot = (int(rng.integers(*of)) for of in ((6, 45), (18, 90), (0, 12)))
    corners = [
        (x - foot, y),
        (x, y),
        (x, y - tall),
        (x + wide, y - tall),
        (x + wide, y),
        (x + wide + foot, y),
    ]
    cv2.polylines(ink, [np.array(corners)], False, _dark(rng), int(rng.integers(1, 4)))


def _speck(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    cv2.circle(
        ink,
        _place(ink, rng),
        int(rng.integers(1, 5)),
        _dark(rng),
        int(rng.choice([-1, 1])),
        cv2.LINE_AA,
    )


def _arrow(ink: NDArray[np.uint8], rng: np.random.Generator) -> None:
    (x, y), size = _place(ink, rng), int(rng.integers(3, 10))
    down = int(rng.choice([-1, 1]))
    corners = np.array([(x - size, y - down * size), (x, y), (x + size, y - down * size)])
    cv2.polylines(ink, [corners], False, _dark(rng), int(rng.integers(1, 3)), cv2.LINE_AA)


_MARKS = (_bar, _bar, _dashes, _line_across, _pulse, _speck, _arrow)


def _place(ink: NDArray[np.uint8], rng: np.random.Generator) -> tuple[int, int]:
    height, width = ink.shape
    return int(rng.integers(width)), int(rng.integers(-height // 4, height))


def _dark(rng: np.random.Generator) -> int:
    return int(rng.integers(120, 256))
