"""Where the waves of a beat begin and end, from what the network says of each sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.measure.waves import SAMPLE_CLASSES, WAVES_HZ, WaveName

QRS_REACH_S = 0.12
"""How far from a beat's time its QRS complex may be looked for."""
LONGEST_PR_S = 0.5
"""An AV block of first degree seldom delays longer."""
LONGEST_QT_S = 0.9
SHORTEST_P_S = 0.03
"""A third of a usual P wave: what is likely for less is a disturbance."""
PRESENT: dict[WaveName, float] = {"P": 0.5, "QRS": 0.5, "T": 0.5}
"""The highest probability that a wave must reach."""
EDGE: dict[WaveName, tuple[float, float]] = {"P": (0.5, 0.5), "QRS": (0.5, 0.5), "T": (0.5, 0.5)}
"""Where a wave begins and ends: at this share of the probability that it reaches."""
_CLASS: dict[WaveName, int] = {name: SAMPLE_CLASSES.index(name) for name in ("P", "QRS", "T")}


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where a wave goes, in seconds, and how sure it is.

    Attributes:
        onset_s: its begin.
        end_s: its end.
        probability: the highest that it reaches.
    """

    onset_s: float
    end_s: float
    probability: float


def find_beat(
    probabilities: NDArray[np.float32],
    beat_s: float,
    before_s: float = 0.0,
    after_s: float = np.inf,
) -> dict[WaveName, Span]:
    """The waves of one beat.

    Args:
        probabilities: `[samples, 4]` at `WAVES_HZ`, of one lead or the mean over leads.
        beat_s: where the beat is.
        before_s: where the beat before ends: no P wave lies before it.
        after_s: where the next QRS complex begins: the T wave ends before it.

    Returns:
        The waves that are there; none without a QRS complex.
    """
    qrs = _span(probabilities, "QRS", beat_s - QRS_REACH_S, beat_s + QRS_REACH_S)
    if qrs is None:
        return {}
    found: dict[WaveName, Span] = {"QRS": qrs}
    p = _span(probabilities, "P", max(before_s, qrs.onset_s - LONGEST_PR_S), qrs.onset_s)
    t = _span(probabilities, "T", qrs.end_s, min(after_s, qrs.onset_s + LONGEST_QT_S))
    if p is not None:
        found["P"] = p
    if t is not None:
        found["T"] = t
    return found


def find_p_waves(probabilities: NDArray[np.float32]) -> list[float]:
    """The middle of every P wave in seconds, whether a QRS complex follows it or not.

    Args:
        probabilities: `[samples, 4]` at `WAVES_HZ`, the mean over leads.
    """
    of_p = probabilities[:, _CLASS["P"]]
    is_p = np.concatenate(([False], of_p >= PRESENT["P"] * EDGE["P"][0], [False]))
    runs = np.flatnonzero(is_p[1:] != is_p[:-1]).reshape(-1, 2).tolist()
    return [
        (first + last) / 2 / WAVES_HZ
        for first, last in runs
        if last - first >= SHORTEST_P_S * WAVES_HZ and of_p[first:last].max() >= PRESENT["P"]
    ]


def _span(
    probabilities: NDArray[np.float32], name: WaveName, start_s: float, stop_s: float
) -> Span | None:
    """The wave of one name that is largest between two times."""
    of_wave = probabilities[:, _CLASS[name]]
    first = max(0, round(start_s * WAVES_HZ))
    last = min(len(of_wave), round(stop_s * WAVES_HZ) + 1)
    if last - first < 2:
        return None
    peak = _heaviest(of_wave[first:last]) + first
    highest = float(of_wave[peak])
    if highest < PRESENT[name]:
        return None
    onset_share, end_share = EDGE[name]
    return Span(
        _crossing(of_wave, peak, -1, onset_share * highest) / WAVES_HZ,
        _crossing(of_wave, peak, 1, end_share * highest) / WAVES_HZ,
        highest,
    )


def _heaviest(of_wave: NDArray[np.float32]) -> int:
    """The highest place in the run of likely samples whose probabilities add up to most."""
    likely = np.concatenate(([False], of_wave >= of_wave.max() / 2, [False]))
    edges = np.flatnonzero(likely[1:] != likely[:-1]).reshape(-1, 2)
    first, last = max(edges.tolist(), key=lambda run: float(of_wave[run[0] : run[1]].sum()))
    return first + int(of_wave[first:last].argmax())


def _crossing(of_wave: NDArray[np.float32], peak: int, step: int, level: float) -> float:
    """Where the probability falls below a level on the way from a peak, between samples."""
    place = peak
    while 0 <= place + step < len(of_wave) and of_wave[place + step] >= level:
        place += step
    beyond = place + step
    if not 0 <= beyond < len(of_wave):
        return float(place)
    inside_p, outside_p = float(of_wave[place]), float(of_wave[beyond])
    return place + step * (inside_p - level) / max(inside_p - outside_p, 1e-9)
