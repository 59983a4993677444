"""A recording of any length for the screen: samples, and what they span at coarser zooms.

A tile holds `TILE_BINS` bins of every lead, as little-endian int16 microvolts. At level 0 a bin
is a sample, `[leads, bins]`; at level k it is the lowest and highest of `4 ** k` samples,
`[leads, bins, 2]`, so that no spike is lost however far out the view is.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecgmm.readers.signal_file import SignalFile

TILE_BINS = 4096
"""16 s at 250 Hz at the finest zoom: a screen needs one or two."""
LEVEL_FACTOR = 4
"""A level has a quarter of the bins of the one below it."""
MISSING = -32768
"""The lowest number of 16 bits."""

_STRETCH_LEVELS = 3
"""262,144 samples of each lead are in memory at once."""
STRETCH_SAMPLES = TILE_BINS * LEVEL_FACTOR**_STRETCH_LEVELS
"""What is in memory at a time: one tile of level 3, 12 minutes at 360 Hz."""

_UV_PER_MV = 1000.0
"""By definition."""
_LARGEST = 32767
"""Of 16 bits; what is higher is drawn at 32.8 mV."""

Extremes = tuple[NDArray[np.int16], NDArray[np.int16]]


def level_count(samples: int) -> int:
    """How many levels there are: the coarsest fits into one tile."""
    return 1 + max(0, math.ceil(math.log(max(1, samples) / TILE_BINS, LEVEL_FACTOR)))


def make_tiles(file: SignalFile) -> Iterator[tuple[str, bytes]]:
    """Every tile of every level; the recording is read stretch by stretch.

    Yields:
        The tile's name, see `tile_name`, and its compressed content.
    """
    levels = level_count(file.samples)
    coarse: list[Extremes] = []
    for number, first in enumerate(range(0, file.samples, STRETCH_SAMPLES)):
        signal_mv = file.read_mv(first, min(first + STRETCH_SAMPLES, file.samples))
        codes = to_microvolts(signal_mv).T
        yield from _cut(0, codes, first // TILE_BINS)
        extremes = codes, codes
        for level in range(1, min(levels, _STRETCH_LEVELS + 1)):
            extremes = _coarser(extremes)
            tiles_before = number * LEVEL_FACTOR ** (_STRETCH_LEVELS - level)
            yield from _cut(level, np.stack(extremes, axis=-1), tiles_before)
        coarse.append(extremes)
    for level in range(_STRETCH_LEVELS + 1, levels):
        coarse = [_coarser(_joined(coarse))]
        yield from _cut(level, np.stack(coarse[0], axis=-1))


def tile_name(level: int, index: int) -> str:
    """What the store calls a tile."""
    return f"tile/{level}/{index}"


def unpack(tile: bytes) -> bytes:
    """The int16 values of a tile as they go over the wire."""
    return zlib.decompress(tile)


def samples_of(tile: bytes, leads: int) -> NDArray[np.float32]:
    """`[samples, leads]` in millivolts of a tile of level 0."""
    codes = np.frombuffer(unpack(tile), "<i2").reshape(leads, -1).T
    return np.where(codes == MISSING, np.nan, codes / _UV_PER_MV).astype(np.float32)


def to_microvolts(signal_mv: NDArray[np.float32]) -> NDArray[np.int16]:
    """Whole microvolts within the range of int16; `MISSING` for NaN."""
    microvolts = np.clip(signal_mv * _UV_PER_MV, -_LARGEST, _LARGEST)
    return np.where(np.isnan(microvolts), MISSING, np.rint(microvolts)).astype("<i2")


def _coarser(extremes: Extremes) -> Extremes:
    """The lowest and highest of each four bins; a bin is missing where all four are.

    `MISSING` is below every value: a maximum passes it over by itself, and as the minimum is
    taken it stands for the largest value.
    """
    lowest, highest = map(_in_fours, extremes)
    known = np.where(lowest == MISSING, _LARGEST, lowest).min(axis=2)
    least = np.where((lowest == MISSING).all(axis=2), MISSING, known).astype(np.int16)
    return least, highest.max(axis=2)


def _in_fours(codes: NDArray[np.int16]) -> NDArray[np.int16]:
    leads, bins = codes.shape
    padded = np.full((leads, -(-bins // LEVEL_FACTOR) * LEVEL_FACTOR), MISSING, np.int16)
    padded[:, :bins] = codes
    return padded.reshape(leads, -1, LEVEL_FACTOR)


def _joined(parts: list[Extremes]) -> Extremes:
    lowest, highest = zip(*parts, strict=True)
    return np.concatenate(lowest, axis=1), np.concatenate(highest, axis=1)


def _cut(
    level: int, codes: NDArray[np.int16], tiles_before: int = 0
) -> Iterator[tuple[str, bytes]]:
    for number, first in enumerate(range(0, codes.shape[1], TILE_BINS), start=tiles_before):
        piece = np.ascontiguousarray(codes[:, first : first + TILE_BINS], "<i2")
        yield tile_name(level, number), zlib.compress(piece.tobytes(), 1)
