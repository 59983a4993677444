"""A map of what spoke for a beat shows the released model: with shuffled weights it is another.

Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
"""

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.saliency import SAVED_MODELS, KerasRuntime, shuffle
from ecgmm.analysis.occlusion import occlude_signal
from ecgmm.analysis.reading import Beat
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_SAMPLES
from ecgmm.model.multimodal import load_model, parts_of
from ecgmm.simulator import simulate

SHUFFLES = 2
REACH_SAMPLES = 2 * SAMPLING_RATE_HZ


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return load_model(max(SAVED_MODELS.glob("*.keras")))


def maps(model: keras.Model, noise_mv: float = 0.0) -> list[NDArray[np.float64]]:
    """Of every beat of a strip of a simulated heart that has two seconds to either side."""
    heart = simulate("NNNNV", duration_s=20.0, sampling_rate_hz=SAMPLING_RATE_HZ, leads=("II",))
    signal_mv = heart.signal_mv[:STRIP_SAMPLES]
    noise = np.random.default_rng(0).normal(0, noise_mv, signal_mv.shape).astype(np.float32)
    runtime = KerasRuntime(model)
    truth = heart.annotations
    assert truth is not None
    beats = [
        Beat(sample / SAMPLING_RATE_HZ, symbol, 1.0)
        for sample, symbol in zip(truth.beat_samples, truth.beat_symbols, strict=True)
        if REACH_SAMPLES < sample < STRIP_SAMPLES - REACH_SAMPLES
    ]
    assert {beat.label for beat in beats} == {"N", "V"}
    return [occlude_signal(signal_mv + noise, 0.0, beat, runtime).log_odds for beat in beats]


def likeness(some: list[NDArray[np.float64]], others: list[NDArray[np.float64]]) -> float:
    """Mean rank correlation; a map that is level is like no other."""
    found = [spearmanr(a, b).statistic for a, b in zip(some, others, strict=True)]
    return float(np.mean(np.nan_to_num(found)))


@pytest.mark.slow
def test_shuffled_weights_give_another_map_and_a_little_noise_the_same(model: keras.Model) -> None:
    trained = maps(model)
    weights = model.get_weights()
    shuffled = []
    for seed in range(SHUFFLES):
        shuffle(parts_of(model), seed)
        shuffled.append(likeness(trained, maps(model)))
        model.set_weights(weights)
    assert likeness(trained, maps(model, noise_mv=0.01)) > 0.8
    assert abs(np.mean(shuffled)) < 0.3
