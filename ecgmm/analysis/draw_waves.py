"""The waves of each beat drawn as bars above the trace: where they begin, peak and end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from ecgmm.analysis.sheet import INK, SUBDUED_INK, draw_text
from ecgmm.measure.measurements import BeatMarks, Times

_BAR_MM = 0.9
"""Thick enough to be seen in print, thinner than a small box."""
_PEAK_MM = 1.6
_WORDS_MM = 2.2
"""Below the bar."""


def draw_waves(
    axes: Axes, marks: Sequence[BeatMarks], x_of: Callable[[float], float], y: float
) -> None:
    """Draw a bar from onset to end of P, QRS and T, with a tick at the peak.

    The first beat with all three says which is which.

    Args:
        axes: of a sheet in millimetres.
        marks: the beats.
        x_of: where a time lies.
        y: of the middle of the bars.
    """
    named = False
    for beat in marks:
        waves = {"P": beat.p_s, "QRS": beat.qrs_s, "T": beat.t_s}
        names_it = not named and None not in waves.values()
        for name, times_s in waves.items():
            if times_s is not None:
                _draw_wave(axes, times_s, x_of, y, name if names_it else "")
        named = named or names_it


def _draw_wave(
    axes: Axes, times_s: Times, x_of: Callable[[float], float], y: float, name: str
) -> None:
    onset, peak, end = (x_of(time_s) for time_s in times_s)
    axes.fill_between(
        [onset, end], y - _BAR_MM / 2, y + _BAR_MM / 2, color=SUBDUED_INK, linewidth=0, zorder=6
    )
    axes.plot(
        [peak, peak], [y - _PEAK_MM / 2, y + _PEAK_MM / 2], color=INK, linewidth=0.7, zorder=6
    )
    if name:
        draw_text(axes, (onset + end) / 2, y + _WORDS_MM, name, ha="center", fontsize=6)
