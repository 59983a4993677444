"""The rhythm of a whole recording drawn as one bar."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ecgmm.analysis import words
from ecgmm.analysis.reading import EpisodeLabel, Reading
from ecgmm.analysis.sheet import COLOUR_OF_CLASS, INK, draw_text

BAR_MM = 3.0
"""As tall as the letters beside it."""
COURSE_MM = 12.0
"""The bar and, below it, the names of the rhythms in it."""
LEAST_MM = 0.25
"""A run of three beats in a day is a thousandth of it, and is to be seen."""
COLOUR_OF_EPISODE: dict[EpisodeLabel, str] = {
    "sinus": "#dfe7ec",
    "af": "#56b4e9",
    "flutter": "#0072b2",
    "other": "#f0e442",
    "paced": COLOUR_OF_CLASS["Q"],
    "vt": COLOUR_OF_CLASS["V"],
    "idioventricular": "#f2b48a",
    "svt": COLOUR_OF_CLASS["S"],
    "ectopic_atrial": "#f6d58e",
    "junctional": "#b79f00",
    "bigeminy": COLOUR_OF_CLASS["F"],
    "av_block": "#a05195",
    "noise": "#888888",
}
_MM_PER_LETTER = 1.35


def has_course(reading: Reading) -> bool:
    """Whether the rhythm changes, so that there is something to draw."""
    return words.is_readable(reading) and len(reading.rhythm.in_time.episodes) > 1


def draw_course(axes: Axes, reading: Reading, left: float, top: float, width: float) -> None:
    """Draw every episode as long as it lasts, and name each rhythm once."""
    episodes = reading.rhythm.in_time.episodes
    scale = width / max(reading.duration_s, 1e-3)
    for episode in sorted(episodes, key=lambda e: e.start_s - e.end_s):
        long_mm = max((episode.end_s - episode.start_s) * scale, LEAST_MM)
        _box(axes, left + episode.start_s * scale, top, long_mm, episode.label)
    axes.add_patch(
        Rectangle((left, top), width, BAR_MM, fill=False, edgecolor=INK, linewidth=0.4, zorder=5)
    )
    x = left
    for label in dict.fromkeys(episode.label for episode in episodes):
        _box(axes, x, top + BAR_MM + 2.5, BAR_MM, label)
        draw_text(axes, x + BAR_MM + 1.5, top + 1.5 * BAR_MM + 2.5, words.EPISODE_NAMES[label])
        x += BAR_MM + 5.0 + _MM_PER_LETTER * len(words.EPISODE_NAMES[label])


def _box(axes: Axes, x: float, y: float, width: float, label: EpisodeLabel) -> None:
    axes.add_patch(
        Rectangle((x, y), width, BAR_MM, facecolor=COLOUR_OF_EPISODE[label], linewidth=0, zorder=4)
    )
