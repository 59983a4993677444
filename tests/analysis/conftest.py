"""Readings to report on."""

from collections.abc import Callable
from typing import Any

import pytest

from ecgmm.analysis.reading import Beat, Finding, Quality, Reading, Rhythm, Summary


@pytest.fixture
def make_reading() -> Callable[..., Reading]:
    """Makes a reading of a minute with ectopic beats; any part can be given instead."""

    def make(**parts: Any) -> Reading:
        beats = tuple(
            Beat(0.5 + 0.8 * number, "V" if number % 5 == 4 else "N", 0.97) for number in range(74)
        )
        ectopic = tuple(range(4, 74, 5))
        reading = {
            "input": "folder/heart.csv",
            "modality": "signal",
            "duration_s": 60.0,
            "leads": ("MLII", "V1"),
            "beats": beats,
            "rhythm": Rhythm("normal", {"normal": 0.9, "af": 0.004, "other": 0.06, "noise": 0.03}),
            "findings": (
                Finding("bradycardia", "Slow.", "info", tuple(range(74))),
                Finding("pvc", "14 ventricular premature beats.", "warning", ectopic),
            ),
            "summary": Summary(75.0, {"N": 60, "S": 0, "V": 14, "F": 0, "Q": 0}, "abnormal", 0.97),
            "quality": Quality(0.91, ("Lead V1: 4 % of the signal is missing.",)),
            "model_name": "ecgmm",
            "model_version": "1",
        }
        return Reading(**{**reading, **parts})

    return make
