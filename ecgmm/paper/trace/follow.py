"""The network that tells where in each column of a strip the trace runs, run by OpenCV.

It was trained by `ecgmm.training.traces`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ecgmm.grid import PIXELS_PER_MV, SHARP_WIDTH_PX, STRIP_HEIGHT_PX, STRIP_S
from ecgmm.opencv_network import network_answer
from ecgmm.paper.strips import FLAT_GREY_LEVELS

Pixel = TypeVar("Pixel", np.float32, np.uint8)

WEIGHTS = Path(__file__).with_name("trace.onnx")
TRACE_RATE_HZ = 500
"""As most electrocardiographs store; the network's places are 2.5 ms apart."""
TRACE_SAMPLES = round(STRIP_S * TRACE_RATE_HZ)
PLACES_PER_PIXEL = 2
"""Heights that are told in each column of a sharp strip: one every 2.5 ms; flanks take 10."""
PLACES = SHARP_WIDTH_PX * PLACES_PER_PIXEL
PLACE_PX = (np.arange(PLACES) + 0.5) / PLACES_PER_PIXEL - 0.5
"""Where each place is; a whole number is the middle of a column of pixels."""

REACH_PX = 4
"""1 mm: rows to either side of the likeliest that its height is averaged over."""
LEAST_SURE = 0.2
"""Less of a column's probability around its likeliest row is no more than a guess: a steep
flank, which is spread over many rows, has more."""
LONGEST_BRIDGE_S = 0.1
"""Over a blot or a bar, shorter than a QRS complex, a straight line is drawn."""
LONGEST_BRIDGE = round(LONGEST_BRIDGE_S / STRIP_S * PLACES)
"""The same in places."""

FAINTEST_LEVELS = 8.0
"""A strip with less contrast than that is not stretched to full contrast."""
DARKEST_SHARE = 0.995
"""As dark as ink is: all but the darkest pixels are brighter."""
SAMPLE_PX = np.arange(TRACE_SAMPLES) * (SHARP_WIDTH_PX / TRACE_SAMPLES) + 0.5
"""Where each sample is: the first one is in the middle of the first column of `[160, 1000]`."""
_NEAREST_PLACE = np.arange(TRACE_SAMPLES) * PLACES // TRACE_SAMPLES
_ROWS = np.arange(STRIP_HEIGHT_PX, dtype=np.float32)[:, np.newaxis]


class FollowedTrace(NamedTuple):
    """Where the trace of a strip runs, at 500 Hz.

    Attributes:
        trace_mv: `[5000]` millivolts above the strip's middle at 10 mm/mV; NaN where no trace is
            seen for more than a tenth of a second.
        uncertainty_mv: `[5000]` standard deviation of that height, as the network's answer spreads
            over the rows of the column; NaN where the trace is.
    """

    trace_mv: NDArray[np.float32]
    uncertainty_mv: NDArray[np.float32]


def follow_ink(grey: NDArray[np.uint8]) -> FollowedTrace:
    """Where the trace runs in a strip.

    Args:
        grey: `[160, 2000]` strip, or one of `[160, 1000]`, which shows flanks less well.
    """
    sharp = sharpened(grey)
    expected = expected_height(_logits(sharp))
    contrast = np.repeat(np.ptp(sharp, axis=0), PLACES_PER_PIXEL)
    is_seen = (expected.sure >= LEAST_SURE) & (contrast > FLAT_GREY_LEVELS)
    if not is_seen.any():
        nothing = np.full(TRACE_SAMPLES, np.nan, np.float32)
        return FollowedTrace(nothing, nothing.copy())
    trace_mv = np.interp(SAMPLE_PX, PLACE_PX[is_seen], expected.height_mv[is_seen])
    spread_mv = np.interp(SAMPLE_PX, PLACE_PX, expected.spread_mv)
    unbridged = _unbridged(is_seen)[_NEAREST_PLACE]
    return FollowedTrace(
        *(np.where(unbridged, np.nan, of).astype(np.float32) for of in (trace_mv, spread_mv))
    )


def sharpened(grey: NDArray[Pixel]) -> NDArray[Pixel]:
    """`[160, 2000]`, a strip with as many columns as the network takes."""
    return np.repeat(grey, SHARP_WIDTH_PX // grey.shape[1], axis=1)


def _unbridged(is_seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`[places]`, which of them lie in a gap too long for a straight line."""
    change = np.flatnonzero(np.diff(is_seen)) + 1
    unbridged = np.zeros(PLACES, bool)
    for run in np.split(np.arange(PLACES), change):
        unbridged[run] = not is_seen[run[0]] and len(run) > LONGEST_BRIDGE
    return unbridged


def darkness(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[160, 2000]` what the network sees: 0 for paper, about 1 for the darkest ink."""
    below = np.float32(np.median(grey)) - grey.astype(np.float32)
    darkest = max(float(np.quantile(below, DARKEST_SHARE)), FAINTEST_LEVELS)
    return np.clip(below / np.float32(darkest), -1, 2)


class ExpectedHeight(NamedTuple):
    """What the logits of each place, `[places]`, say of its height.

    Attributes:
        height_mv: millivolts above the strip's middle at 10 mm/mV.
        sure: share of the place's probability around that height, from 0 to 1.
        spread_mv: standard deviation of the place's probability around that height.
    """

    height_mv: NDArray[np.float32]
    sure: NDArray[np.float32]
    spread_mv: NDArray[np.float32]


def expected_height(logits: NDArray[np.float32]) -> ExpectedHeight:
    """Heights, and how sure each is, from `[160, places]` logits.

    A height is the mean over the rows around the likeliest one: ink of something else pulls at
    the mean over all rows, and not at this one. Its spread is that of all rows.
    """
    share = softmax(logits, axis=0)
    near = share * (np.abs(_ROWS - logits.argmax(axis=0)) <= REACH_PX)
    sure = near.sum(axis=0)
    row = (near * _ROWS).sum(axis=0) / sure
    height_mv = (STRIP_HEIGHT_PX / 2 - row) / np.float32(PIXELS_PER_MV)
    spread_mv = np.sqrt((share * (_ROWS - row) ** 2).sum(axis=0)) / np.float32(PIXELS_PER_MV)
    return ExpectedHeight(*(of.astype(np.float32) for of in (height_mv, sure, spread_mv)))


def _logits(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[160, 4000]`, how likely the trace is in each row at each place."""
    answer = network_answer(WEIGHTS, darkness(grey)[np.newaxis, np.newaxis])[0]
    return answer.transpose(1, 2, 0).reshape(STRIP_HEIGHT_PX, PLACES)
