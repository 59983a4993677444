"""Recordings that the server sends itself, as fast as time goes."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import anyio.to_thread
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.monitor.frames import MOST_LEADS, Frame
from ecgmm.monitor.sources.replay import replay
from ecgmm.readers.signal_file import SignalFile
from ecgmm.simulator import Episode, Noise, simulate_episodes
from ecgmm.web.store import Store
from ecgmm.web.tiles import samples_of, tile_name

SAMPLE_RATE_HZ = 250.0
"""A usual rate of monitors."""
SAMPLE_LEADS = ("II", "V1")
SAMPLE_NOISE = Noise(baseline_wander_mv=0.05, mains_mv=0.005, muscle_snr_db=24.0)
SAMPLE_EPISODES = (
    Episode("N", duration_s=14.0, heart_rate_bpm=74.0),
    Episode("V", duration_s=6.0, heart_rate_bpm=74.0, run_rate_bpm=180.0),
    Episode("NNNNNV", duration_s=30.0, heart_rate_bpm=78.0),
    Episode("N", duration_s=50.0, heart_rate_bpm=112.0, rhythm="af"),
    Episode("N", duration_s=14.0, heart_rate_bpm=66.0),
    Episode("-", duration_s=7.0, heart_rate_bpm=66.0),
    Episode("N", duration_s=20.0, heart_rate_bpm=70.0),
)


async def sample_frames() -> AsyncIterator[Frame]:
    """A simulated patient, over and over: ventricular tachycardia, fibrillation, a standstill."""
    sample = await anyio.to_thread.run_sync(_sample)
    while True:
        async for frame in replay(sample):
            yield replace(frame, sequence=None)


def reading_frames(
    reading_id: str, reading: dict[str, Any], view: dict[str, Any], store: Store
) -> AsyncIterator[Frame]:
    """The signal of a reading that is kept.

    Args:
        reading_id: what the store calls it.
        reading: the reading.
        view: how its signal is laid out.
        store: has its tiles.

    Raises:
        InputError: `no_signal` for a picture.
    """
    if "signal" not in view:
        raise InputError("no_signal", "A picture has no samples: only a recording can be replayed.")
    layout = view["signal"]
    names = [lead["name"] for lead in layout["leads"]]

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        bins = layout["tile_bins"]
        tiles = range(start // bins, -(-stop // bins))
        parts = [_tile_mv(store, reading_id, number, len(names)) for number in tiles]
        first = start - start // bins * bins
        return np.concatenate(parts)[first : first + stop - start, :MOST_LEADS]

    kept = tuple(names[:MOST_LEADS])
    return replay(SignalFile(reading["input"], layout["rate_hz"], kept, layout["samples"], read_mv))


def _tile_mv(store: Store, reading_id: str, number: int, leads: int) -> NDArray[np.float32]:
    tile = store.piece(reading_id, tile_name(0, number))
    if tile is None:
        raise InputError("forgotten", "The reading is no longer kept.")
    return samples_of(tile, leads)


@functools.cache
def _sample() -> SignalFile:
    recording = simulate_episodes(
        SAMPLE_EPISODES,
        sampling_rate_hz=SAMPLE_RATE_HZ,
        leads=SAMPLE_LEADS,
        noise=SAMPLE_NOISE,
        seed=7,
    )
    return SignalFile.in_memory(recording)
