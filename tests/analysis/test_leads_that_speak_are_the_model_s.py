"""Leads and waves named for a condition are those of the released model: shuffled, it names none.

Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
"""

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import find_peaks
from scipy.stats import spearmanr

from benchmarks.saliency import SAVED_MODELS, shuffle
from ecgmm.analysis.evidence_of_leads import leads_that_speak, log_odds_drops
from ecgmm.analysis.evidence_of_waves import QRS, waves_that_speak
from ecgmm.analysis.measuring import mark_beats
from ecgmm.analysis.reading import Beat
from ecgmm.conditions import CONDITION_CODES
from ecgmm.grid import SAMPLES_PER_STEP, SAMPLING_RATE_HZ
from ecgmm.leads import LEADS
from ecgmm.model.conditions_head import thresholds_of
from ecgmm.model.multimodal import conditions_head_of, load_model
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Conditions
from ecgmm.simulator import Noise, simulate

SHUFFLES = 3
ANTERIOR_LEADS = ("V1", "V2", "V3", "V4")
ASKED = [CONDITION_CODES.index(code) for code in ("MI", "AMI", "CD", "LVH", "AFIB", "PVC", "NORM")]
AMI = CONDITION_CODES.index("AMI")


class HeadRuntime:
    """The part of a Keras model that judges conditions, whose weights can be changed."""

    def __init__(self, head: keras.Model) -> None:
        self.head = head

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        steps = leads_mv.reshape(*leads_mv.shape[:2], -1, SAMPLES_PER_STEP)
        seen = steps.any(axis=-1).astype(np.float32)
        answer = np.asarray(self.head.predict_on_batch({"leads_mv": leads_mv, "seen": seen}))
        thresholds = np.tile(np.float32(thresholds_of(self.head)), (len(answer), 1))
        return Conditions(answer, thresholds, ("",) * len(answer))


@pytest.fixture
def runtime() -> HeadRuntime:
    head = conditions_head_of(load_model(max(SAVED_MODELS.glob("*.keras"))))
    assert head is not None
    return HeadRuntime(head)


def heart(noise_mv: float = 0.0, **simulated: str) -> NDArray[np.float32]:
    """`[12, samples]` of ten seconds."""
    wander = Noise(baseline_wander_mv=0.05)
    recording = simulate(
        **simulated, leads=LEADS, duration_s=10.0, sampling_rate_hz=SAMPLING_RATE_HZ, noise=wander
    )
    leads_mv = recording.signal_mv.T
    noise = np.random.default_rng(0).normal(0, noise_mv, leads_mv.shape)
    return (leads_mv + noise).astype(np.float32)


def infarcted(noise_mv: float = 0.0) -> NDArray[np.float32]:
    """QS complexes instead of R waves, and inverted T waves, in the anterior leads."""
    leads_mv = heart(noise_mv, pattern="N")
    leads_mv[[LEADS.index(lead) for lead in ANTERIOR_LEADS]] *= -1
    return leads_mv


def beat_times_s(leads_mv: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where the R waves of lead II are."""
    peaks, _ = find_peaks(leads_mv[LEADS.index("II")], height=0.5, distance=50)
    return peaks / SAMPLING_RATE_HZ


def drops_of_hearts(runtime: HeadRuntime, noise_mv: float = 0.0) -> list[NDArray[np.float32]]:
    """`[12]` of each condition asked of each heart."""
    hearts = (
        infarcted(noise_mv),
        heart(noise_mv, pattern="N", rhythm="af"),
        heart(noise_mv, pattern="NNNV"),
    )
    return [drops for leads_mv in hearts for drops in log_odds_drops(leads_mv, ASKED, runtime).T]


def likeness(some: list[NDArray[np.float32]], others: list[NDArray[np.float32]]) -> float:
    """Mean rank correlation; what is level is like no other."""
    found = [spearmanr(a, b).statistic for a, b in zip(some, others, strict=True)]
    return float(np.mean(np.nan_to_num(found)))


def test_leads_speak_for_an_infarction_in_the_trained_model_alone(
    runtime: HeadRuntime,
) -> None:
    answer = runtime.conditions(infarcted()[np.newaxis])
    assert answer.probabilities[0, AMI] >= answer.thresholds[0, AMI]
    assert leads_that_speak(infarcted(), [AMI], runtime)[AMI]
    shuffle((runtime.head,), seed=0)
    assert leads_that_speak(infarcted(), [AMI], runtime)[AMI] == ()


def test_waves_speak_for_an_infarction_in_the_trained_model_alone(runtime: HeadRuntime) -> None:
    leads_mv = infarcted()
    file = SignalFile.in_memory(Recording(leads_mv.T, SAMPLING_RATE_HZ, LEADS))
    beats = [Beat(float(time_s), "N", 1.0) for time_s in beat_times_s(leads_mv)]
    marks = mark_beats(file, beats, 0.0, 10.0, without_p=False)
    leads = {AMI: ANTERIOR_LEADS}
    assert QRS in waves_that_speak(leads_mv, marks, 0.0, leads, runtime)[AMI]
    shuffle((runtime.head,), seed=0)
    assert waves_that_speak(leads_mv, marks, 0.0, leads, runtime)[AMI] == ()


@pytest.mark.slow
def test_shuffled_weights_weigh_the_leads_otherwise_and_a_little_noise_does_not(
    runtime: HeadRuntime,
) -> None:
    trained = drops_of_hearts(runtime)
    assert likeness(trained, drops_of_hearts(runtime, noise_mv=0.01)) > 0.9
    weights = runtime.head.get_weights()
    shuffled = []
    for seed in range(SHUFFLES):
        shuffle((runtime.head,), seed)
        shuffled.append(likeness(trained, drops_of_hearts(runtime)))
        runtime.head.set_weights(weights)
    assert abs(np.mean(shuffled)) < 0.3
