"""A signal of any length on a screen: no spike is lost, no gap is filled."""

import zlib

import hypothesis.extra.numpy as extra
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.web.tiles import (
    MISSING,
    STRETCH_SAMPLES,
    TILE_BINS,
    level_count,
    make_tiles,
    samples_of,
    tile_name,
)


def in_memory(signal_mv: np.ndarray) -> SignalFile:
    names = tuple(["I", "II"][: signal_mv.shape[1]])
    one_sample_a_second = 1.0
    return SignalFile.in_memory(Recording(signal_mv, one_sample_a_second, names))


def bins(tiles: dict[str, bytes], level: int, leads: int) -> np.ndarray:
    """`[leads, bins, 2]` of a whole level."""
    count = sum(name.startswith(f"tile/{level}/") for name in tiles)
    width = 2 if level else 1
    parts = [
        np.frombuffer(zlib.decompress(tiles[tile_name(level, index)]), "<i2").reshape(
            leads, -1, width
        )
        for index in range(count)
    ]
    return np.concatenate(parts, axis=1)


def test_the_finest_level_is_the_signal_itself() -> None:
    signal_mv = np.random.default_rng(0).normal(size=(TILE_BINS + 100, 2)).astype(np.float32)
    tiles = dict(make_tiles(in_memory(signal_mv)))
    first, second = (samples_of(tiles[tile_name(0, index)], leads=2) for index in (0, 1))
    np.testing.assert_allclose(np.concatenate((first, second)), signal_mv, atol=0.0006)


def test_a_spike_of_one_sample_is_seen_at_every_zoom() -> None:
    signal_mv = np.zeros((20 * TILE_BINS, 1), np.float32)
    signal_mv[54_321] = 3.0
    tiles = dict(make_tiles(in_memory(signal_mv)))
    for level in range(1, level_count(len(signal_mv))):
        values = bins(tiles, level, 1)
        assert values[0, 54_321 // 4**level, 1] == 3000
        assert (values[0, :, 0] == 0).all()


def test_a_gap_stays_a_gap() -> None:
    signal_mv = np.full((8 * TILE_BINS, 1), -1.0, np.float32)
    signal_mv[1000:3000] = np.nan
    values = bins(dict(make_tiles(in_memory(signal_mv))), 2, 1)
    assert (values[0, 64:187] == MISSING).all()
    assert (values[0, :62] == -1000).all()


@given(
    extra.arrays(
        np.float32,
        st.tuples(st.integers(1, 9000), st.integers(1, 2)),
        elements=st.floats(-40, 40, width=32),
    ),
)
def test_each_bin_spans_its_samples(signal_mv: np.ndarray) -> None:
    tiles = dict(make_tiles(in_memory(signal_mv)))
    codes = np.rint(np.clip(signal_mv * np.float32(1000), -32767, 32767))
    for level in range(1, level_count(len(signal_mv))):
        values = bins(tiles, level, signal_mv.shape[1])
        size = 4**level
        for index in range(values.shape[1]):
            piece = codes[index * size : (index + 1) * size]
            np.testing.assert_array_equal(values[:, index, 0], piece.min(axis=0))
            np.testing.assert_array_equal(values[:, index, 1], piece.max(axis=0))


@pytest.mark.parametrize(("samples", "levels"), [(1, 1), (4096, 1), (4097, 2), (21_600_000, 8)])
def test_the_coarsest_level_is_one_tile(samples: int, levels: int) -> None:
    assert level_count(samples) == levels
    assert samples / 4 ** (levels - 1) <= TILE_BINS


def test_a_recording_of_several_stretches_is_one_at_every_zoom() -> None:
    signal_mv = np.zeros((2 * STRETCH_SAMPLES + 5000, 1), np.float32)
    spikes = [0, STRETCH_SAMPLES - 1, STRETCH_SAMPLES, 2 * STRETCH_SAMPLES + 4999]
    signal_mv[spikes] = 2.0
    tiles = dict(make_tiles(in_memory(signal_mv)))
    assert level_count(len(signal_mv)) == 5
    for level in range(5):
        values = bins(tiles, level, 1)
        assert values.shape[1] == -(-len(signal_mv) // 4**level)
        found = np.flatnonzero(values[0, :, -1] == 2000)
        assert found.tolist() == sorted({spike // 4**level for spike in spikes})


def test_a_long_recording_is_never_in_memory_as_a_whole() -> None:
    asked = []

    def read_mv(start: int, stop: int) -> np.ndarray:
        asked.append(stop - start)
        return np.zeros((stop - start, 1), np.float32)

    samples = 5 * STRETCH_SAMPLES + 1
    list(make_tiles(SignalFile("day", 250.0, ("I",), samples, read_mv)))
    assert (sum(asked), max(asked)) == (samples, STRETCH_SAMPLES)
