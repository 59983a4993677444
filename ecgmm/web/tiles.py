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

from ecgmm.recording import Recording
from ecgmm.resampling import resample

TILE_BINS = 4096
LEVEL_FACTOR = 4
MISSING = -32768
HIGHEST_RATE_HZ = 500.0

_UV_PER_MV = 1000.0
_LARGEST = 32767


def for_screen(recording: Recording) -> Recording:
    """The recording itself, or at 500 Hz where it is finer: a pixel is 5 ms at best."""
    if recording.sampling_rate_hz <= HIGHEST_RATE_HZ:
        return recording
    signal_mv = resample(recording.signal_mv, recording.sampling_rate_hz, HIGHEST_RATE_HZ)
    return Recording(signal_mv, HIGHEST_RATE_HZ, recording.lead_names, recording.name)


def level_count(samples: int) -> int:
    """How many levels there are: the coarsest fits into one tile."""
    return 1 + max(0, math.ceil(math.log(max(1, samples) / TILE_BINS, LEVEL_FACTOR)))


def make_tiles(signal_mv: NDArray[np.float32]) -> Iterator[tuple[str, bytes]]:
    """Every tile of every level.

    Args:
        signal_mv: `[samples, leads]`, NaN where nothing was recorded.

    Yields:
        The tile's name, see `tile_name`, and its compressed content.
    """
    codes = to_microvolts(signal_mv).T
    yield from _cut(0, codes)
    lowest = highest = codes
    for level in range(1, level_count(len(signal_mv))):
        lowest, highest = _coarser(lowest, np.minimum), _coarser(highest, np.maximum)
        yield from _cut(level, np.stack((lowest, highest), axis=-1))


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


def _coarser(codes: NDArray[np.int16], extreme: np.ufunc) -> NDArray[np.int16]:
    """The extremes of each four bins; a bin is missing where all four are.

    `MISSING` is below every value: a maximum passes it over by itself, and as the minimum is
    taken it stands for the largest value.
    """
    leads, bins = codes.shape
    padded = np.full((leads, -(-bins // LEVEL_FACTOR) * LEVEL_FACTOR), MISSING, np.int16)
    padded[:, :bins] = codes
    groups = padded.reshape(leads, -1, LEVEL_FACTOR)
    if extreme is np.maximum:
        return groups.max(axis=2)
    known = np.where(groups == MISSING, _LARGEST, groups).min(axis=2)
    return np.where((groups == MISSING).all(axis=2), MISSING, known).astype(np.int16)


def _cut(level: int, codes: NDArray[np.int16]) -> Iterator[tuple[str, bytes]]:
    for index, first in enumerate(range(0, codes.shape[1], TILE_BINS)):
        piece = np.ascontiguousarray(codes[:, first : first + TILE_BINS], "<i2")
        yield tile_name(level, index), zlib.compress(piece.tobytes(), 1)
