"""What the model that ships says of twelve leads of hearts whose condition is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.leads import LEADS
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.serving.runtime import Conditions
from ecgmm.simulator import Noise, simulate

HEARTS = {
    "NORM": {"pattern": "N"},
    "AFIB": {"pattern": "N", "rhythm": "af"},
    "PVC": {"pattern": "NNNV"},
}


@pytest.fixture(scope="module")
def runtime() -> LocalRuntime:
    return LocalRuntime(released_model())


@pytest.fixture(scope="module")
def leads_mv() -> NDArray[np.float32]:
    """Twelve leads of ten seconds of each of `HEARTS`."""
    wander = Noise(baseline_wander_mv=0.05)
    recordings = [
        simulate(**heart, leads=LEADS, duration_s=10.0, sampling_rate_hz=125.0, noise=wander)
        for heart in HEARTS.values()
    ]
    return np.stack([recording.signal_mv.T for recording in recordings])


def called(answer: Conditions) -> list[set[str]]:
    """Codes of the conditions that are called present, of each row."""
    present = answer.probabilities >= answer.thresholds
    return [{CONDITION_CODES[place] for place in np.flatnonzero(row)} for row in present]


def test_each_heart_is_called_what_it_is(runtime: LocalRuntime, leads_mv: NDArray) -> None:
    sinus, fibrillating, ectopic = called(runtime.conditions(leads_mv))
    assert {"NORM", "SR"} <= sinus
    assert not sinus & {"MI", "STTC", "CD", "HYP", "AFIB", "PVC"}
    assert "AFIB" in fibrillating
    assert not fibrillating & {"NORM", "SR", "PVC"}
    assert "PVC" in ectopic
    assert "AFIB" not in ectopic


def test_a_page_of_the_same_leads_is_read_as_their_signals_are(
    runtime: LocalRuntime, leads_mv: NDArray
) -> None:
    pages = [[_drawn(lead) for lead in leads] for leads in leads_mv]
    sinus, fibrillating, ectopic = called(runtime.page_conditions(pages))
    assert "NORM" in sinus
    assert "AFIB" in fibrillating
    assert "PVC" in ectopic


def test_voltage_is_seen(runtime: LocalRuntime, leads_mv: NDArray) -> None:
    """Beats are read whatever the gain; hypertrophy is told by it."""
    lvh = CONDITION_CODES.index("LVH")
    chest = np.ones((len(LEADS), 1), np.float32)
    chest[LEADS.index("V1") :] = 3.0
    rows = np.stack([leads_mv[0], leads_mv[0] * chest])
    usual, tall = runtime.conditions(rows).probabilities[:, lvh]
    assert tall > usual + 0.2


def _drawn(signal_mv: NDArray[np.float32]) -> bytes:
    return cv2.imencode(".png", draw_strip(signal_mv, StripStyle()))[1].tobytes()
