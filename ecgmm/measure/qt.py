"""The QT interval at a rate of 60 a minute, by the four usual formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MS_PER_S = 1000.0


@dataclass(frozen=True)
class Correction:
    """A formula and the heart rates that it is good for.

    Attributes:
        name: its author's.
        at_60: QT in seconds and RR in seconds to QTc in seconds.
        lowest_bpm: below, it corrects too much or too little.
        highest_bpm: above, it corrects too much or too little.
    """

    name: str
    at_60: Callable[[float, float], float]
    lowest_bpm: float
    highest_bpm: float

    def corrected_ms(self, qt_ms: float, heart_rate_bpm: float) -> float:
        """QTc in milliseconds."""
        return MS_PER_S * self.at_60(qt_ms / MS_PER_S, 60.0 / heart_rate_bpm)

    def holds_at(self, heart_rate_bpm: float) -> bool:
        """Whether the formula is good for this rate."""
        return self.lowest_bpm <= heart_rate_bpm <= self.highest_bpm


CORRECTIONS = (
    Correction("bazett", lambda qt_s, rr_s: qt_s / rr_s**0.5, 60, 100),
    Correction("fridericia", lambda qt_s, rr_s: qt_s / rr_s ** (1 / 3), 50, 110),
    Correction("framingham", lambda qt_s, rr_s: qt_s + 0.154 * (1 - rr_s), 50, 110),
    Correction("hodges", lambda qt_s, rr_s: qt_s + 0.00175 * (60 / rr_s - 60), 50, 110),
)
"""Bazett 1920, Fridericia 1920, Sagie et al. 1992 (Framingham), Hodges et al. 1983. Bazett's square
root corrects too much above 100 and too little below 60 a minute; the other three agree with each
other within 20 ms, for a QT of 400 ms at 60, from 50 to 110 a minute and part beyond."""
