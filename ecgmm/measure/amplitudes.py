"""What the waves of one lead measure on its median beat."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.measure.delineate import Span

SMALLEST_MV = 0.03
"""A third of a millimetre of paper: less is no deflection, but noise or the baseline's slope."""
SHORTEST_S = 0.006
"""As in the recommendations of the CSE working party (1985): a wave lasts 6 ms at least."""
_LEVEL_S = 0.016
"""Before the QRS complex, where the level that all heights are measured from is taken."""
_MS = 1000.0


@dataclass(frozen=True)
class LeadMeasures:
    """One lead, in millivolts from the level just before the QRS complex, downwards negative.

    A QRS complex without an R wave (QS) is told as `q_mv` and as `s_mv`; waves that are not there
    are 0. None where there is nothing to measure: no P or T wave, or the lead was not seen.

    Attributes:
        p_mv: P, the largest deflection from the level before it.
        p_end_mv: the deepest point of the later half of P, from the same level.
        q_mv: Q.
        q_ms: how long Q lasts.
        r_mv: the first R.
        r_ms: how long it lasts.
        s_mv: the S that follows.
        s_ms: how long it lasts.
        r_prime_mv: the second R.
        st_j_mv: at the J point.
        st_60_mv: 60 ms after it.
        t_mv: T, the largest deflection.
        t_low_mv: the deepest point of T; of a T that goes up and down, its negative part.
        peak_ms: intrinsicoid deflection: from the begin of QRS to the last peak of R.
        notched: whether R has more than one peak.
    """

    p_mv: float | None
    p_end_mv: float | None
    q_mv: float | None
    q_ms: float | None
    r_mv: float | None
    r_ms: float | None
    s_mv: float | None
    s_ms: float | None
    r_prime_mv: float | None
    st_j_mv: float | None
    st_60_mv: float | None
    t_mv: float | None
    t_low_mv: float | None
    peak_ms: float | None
    notched: bool

    def to_dict(self) -> dict[str, float | bool | None]:
        """The lead in the report: microvolts and whole milliseconds."""
        return {
            name: value
            if value is None or isinstance(value, bool)
            else round(value, 3 if name.endswith("_mv") else 0) + 0.0
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Deflection:
    """A part of a QRS complex that lies on one side of the level."""

    height_mv: float
    start: int
    stop: int
    peak: int


def measure_lead(
    beat_mv: NDArray[np.float64], rate_hz: float, p: Span | None, qrs: Span, t: Span | None
) -> LeadMeasures:
    """Measure one lead of a median beat.

    Args:
        beat_mv: `[samples]`, at the recording's own rate, its baseline not filtered away.
        rate_hz: of `beat_mv`.
        p: where P is over all leads, on the clock of `beat_mv`; None where there is none.
        qrs: where QRS is.
        t: where T is.
    """
    onset, end = round(qrs.onset_s * rate_hz), round(qrs.end_s * rate_hz)
    level = np.mean(beat_mv[max(0, onset - round(_LEVEL_S * rate_hz)) : onset + 1])
    from_level = beat_mv - level
    waves = _named(deflections(from_level[onset : end + 1], rate_hz))
    q, r, s, r_prime = (waves.get(name) for name in ("q", "r", "s", "r_prime"))
    last_r = r_prime or r
    p_mv, p_end_mv = _p_wave(beat_mv, rate_hz, p)
    t_mv, t_low_mv = _t_wave(from_level, rate_hz, t)
    return LeadMeasures(
        p_mv=p_mv,
        p_end_mv=p_end_mv,
        q_mv=_height(q),
        q_ms=_lasting_ms(q, rate_hz),
        r_mv=_height(r),
        r_ms=_lasting_ms(r, rate_hz),
        s_mv=_height(s),
        s_ms=_lasting_ms(s, rate_hz),
        r_prime_mv=_height(r_prime),
        st_j_mv=float(from_level[min(end, len(beat_mv) - 1)]),
        st_60_mv=float(from_level[min(end + round(0.06 * rate_hz), len(beat_mv) - 1)]),
        t_mv=t_mv,
        t_low_mv=t_low_mv,
        peak_ms=_MS * last_r.peak / rate_hz if last_r else None,
        notched=r is not None and _is_notched(from_level[onset : end + 1][r.start : r.stop]),
    )


def deflections(qrs_mv: NDArray[np.float64], rate_hz: float) -> list[Deflection]:
    """The parts of a QRS complex above and below its level that are waves.

    What still grows where QRS ends is no wave of it, but the begin of a raised or lowered ST.

    Args:
        qrs_mv: `[samples]` from the begin of QRS to its end, from the level before it.
        rate_hz: of `qrs_mv`.
    """
    sign = np.sign(np.where(np.abs(qrs_mv) < SMALLEST_MV / 3, 0.0, qrs_mv))
    edges = np.flatnonzero(np.diff(sign)) + 1
    runs = np.split(np.arange(len(qrs_mv)), edges)
    found = []
    for run in runs:
        peak = int(run[np.abs(qrs_mv[run]).argmax()])
        is_wave = abs(qrs_mv[peak]) >= SMALLEST_MV and len(run) >= SHORTEST_S * rate_hz
        is_st = peak == len(qrs_mv) - 1
        if is_wave and sign[peak] and not is_st:
            found.append(Deflection(float(qrs_mv[peak]), int(run[0]), int(run[-1]) + 1, peak))
    return _joined(found)


def _joined(found: list[Deflection]) -> list[Deflection]:
    """Neighbours on one side of the level are one wave."""
    waves: list[Deflection] = []
    for each in found:
        if waves and (waves[-1].height_mv > 0) == (each.height_mv > 0):
            larger = max(waves[-1], each, key=lambda wave: abs(wave.height_mv))
            waves[-1] = Deflection(larger.height_mv, waves[-1].start, each.stop, larger.peak)
        else:
            waves.append(each)
    return waves


def _named(waves: list[Deflection]) -> dict[str, Deflection]:
    """Q, R, S, R' by their order; a complex without R is Q and S at once."""
    named: dict[str, Deflection] = {}
    for wave in waves:
        if wave.height_mv < 0:
            name = "s" if "r" in named else "q"
        else:
            name = "r_prime" if "s" in named else "r"
        named.setdefault(name, wave)
    if "q" in named and "r" not in named:
        named["s"] = named["q"]
    return named


def _height(wave: Deflection | None) -> float:
    return wave.height_mv if wave else 0.0


def _lasting_ms(wave: Deflection | None, rate_hz: float) -> float:
    return _MS * (wave.stop - wave.start) / rate_hz if wave else 0.0


def _is_notched(r_mv: NDArray[np.float64]) -> bool:
    """Whether R has two peaks with a valley of 50 uV or more between them."""
    from scipy.signal import find_peaks

    return len(find_peaks(r_mv, prominence=0.05)[0]) > 1


def _p_wave(
    beat_mv: NDArray[np.float64], rate_hz: float, p: Span | None
) -> tuple[float | None, float | None]:
    if p is None:
        return None, None
    first, last = round(p.onset_s * rate_hz), round(p.end_s * rate_hz) + 1
    of_wave = beat_mv[first:last]
    line = np.linspace(of_wave[0], of_wave[-1], len(of_wave))
    from_line = of_wave - line
    later = from_line[len(from_line) // 2 :]
    return float(from_line[np.abs(from_line).argmax()]), float(later.min())


def _t_wave(
    from_level: NDArray[np.float64], rate_hz: float, t: Span | None
) -> tuple[float | None, float | None]:
    if t is None:
        return None, None
    of_wave = from_level[round(t.onset_s * rate_hz) : round(t.end_s * rate_hz) + 1]
    if not len(of_wave):
        return None, None
    return float(of_wave[np.abs(of_wave).argmax()]), float(of_wave.min())
