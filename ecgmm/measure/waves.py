"""The waves of a heart beat, and what the network says of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WaveName = Literal["P", "QRS", "T"]
WAVE_NAMES: tuple[WaveName, ...] = ("P", "QRS", "T")

NO_WAVE = "none"
SAMPLE_CLASSES = (NO_WAVE, *WAVE_NAMES)
"""What a sample belongs to, in the order of the network's answer."""

WAVES_HZ = 250
"""The network's rate: 4 ms, and a crossing of two probabilities is known more exactly still."""
SAMPLES_PER_STEP = 4
"""Of the network, which answers for four samples at once."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave of one beat, in seconds.

    Attributes:
        name: which wave.
        onset_s: where it begins; None where that is not known.
        peak_s: where its highest or deepest point is.
        end_s: where it ends; None where that is not known.
    """

    name: WaveName
    onset_s: float | None
    peak_s: float
    end_s: float | None
