"""Reads the channels of an AcqKnowledge file: `python -m ecgmm.readers.acq_channels FILE OUT.npz`.

A process of its own, with bounded memory: the library makes room for what headers claim.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ecgmm.readers.array_process import Arrays, main
from ecgmm.readers.limits import unpacked_limit

NAMES, UNITS, RATES_HZ = "names", "units", "rates_hz"
"""Arrays of a value a channel; the samples of channel 3 are the array `3`."""


def read_channels(path: Path) -> Arrays:
    """Every channel's name, unit, rate and samples.

    Raises:
        OverflowError: when the channels unpack to more than an ECG is.
    """
    from bioread.reader import Reader

    headers = Reader.read_headers(str(path)).datafile
    if headers is None:
        raise ValueError("its headers lead nowhere")
    _check_size(headers.channels, path)
    channels = Reader.read(str(path)).datafile.channels
    samples = {str(n): np.asarray(channel.data) for n, channel in enumerate(channels)}
    return {
        NAMES: np.array([str(channel.name) for channel in channels]),
        UNITS: np.array([str(channel.units) for channel in channels]),
        RATES_HZ: np.array([float(channel.samples_per_second) for channel in channels]),
        **samples,
    }


def _check_size(channels: Sequence[Any], path: Path) -> None:
    """That samples, and the pattern in which the library expects them, fit into memory."""
    limit = unpacked_limit(path.stat().st_size)
    samples = sum(channel.point_count * channel.sample_size for channel in channels)
    pattern = math.lcm(*(channel.frequency_divider for channel in channels)) * len(channels)
    if max(samples, pattern * np.dtype(np.int64).itemsize) > limit:
        raise OverflowError


if __name__ == "__main__":
    sys.exit(main(read_channels))
