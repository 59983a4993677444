"""Recordings that the server sends itself, as fast as time goes."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.monitor.frames import MOST_LEADS, Frame
from ecgmm.recording import Recording
from ecgmm.simulator import Episode, Noise, simulate_episodes
from ecgmm.web.store import Store
from ecgmm.web.tiles import samples_of, tile_name

FRAME_S = 0.2
SAMPLE_RATE_HZ = 250.0
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

Blocks = AsyncIterator[NDArray[np.float32]]
"""`[samples, leads]` in millivolts, one after the other."""


def sample_frames() -> AsyncIterator[Frame]:
    """A simulated patient, over and over: ventricular tachycardia, fibrillation, a standstill."""
    return _in_time(_sample_blocks(), SAMPLE_RATE_HZ, SAMPLE_LEADS)


def reading_frames(reading_id: str, view: dict[str, Any], store: Store) -> AsyncIterator[Frame]:
    """The signal of a reading that is kept.

    Args:
        reading_id: what the store calls it.
        view: how its signal is laid out.
        store: has its tiles.

    Raises:
        InputError: `no_signal` for a picture.
    """
    if "signal" not in view:
        raise InputError("no_signal", "A picture has no samples: only a recording can be replayed.")
    layout = view["signal"]
    names = tuple(lead["name"] for lead in layout["leads"])
    return _in_time(_stored_blocks(reading_id, layout, store), layout["rate_hz"], names)


async def _in_time(
    blocks: Blocks, sampling_rate_hz: float, lead_names: tuple[str, ...]
) -> AsyncIterator[Frame]:
    """Frames of a fifth of a second, each when its last sample would have been recorded."""
    size = max(1, round(FRAME_S * sampling_rate_hz))
    lead_names = lead_names[:MOST_LEADS]
    due_s = 0.0
    async for block in blocks:
        due_s = due_s or time.monotonic()
        for first in range(0, len(block), size):
            samples_mv = block[first : first + size, : len(lead_names)]
            due_s += len(samples_mv) / sampling_rate_hz
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            yield Frame(samples_mv, sampling_rate_hz, lead_names)


async def _sample_blocks() -> Blocks:
    recording = await anyio.to_thread.run_sync(_sample)
    while True:
        yield recording.signal_mv


@functools.cache
def _sample() -> Recording:
    return simulate_episodes(
        SAMPLE_EPISODES,
        sampling_rate_hz=SAMPLE_RATE_HZ,
        leads=SAMPLE_LEADS,
        noise=SAMPLE_NOISE,
        seed=7,
    )


async def _stored_blocks(reading_id: str, layout: dict[str, Any], store: Store) -> Blocks:
    """Tile after tile, until the recording ends or is forgotten."""
    for number in range(-(-layout["samples"] // layout["tile_bins"])):
        tile = await anyio.to_thread.run_sync(store.piece, reading_id, tile_name(0, number))
        if tile is None:
            return
        yield samples_of(tile, len(layout["leads"]))
