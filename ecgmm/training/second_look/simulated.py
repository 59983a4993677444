"""Simulated patients: rhythms that hardly any annotated recording shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ecgmm.recording import Recording
from ecgmm.simulator import Episode, Noise, simulate_episodes

PATIENTS_OF_A_RHYTHM = 4
SAMPLING_RATE_HZ = 250.0
LEADS = ("MLII", "V1")
STRETCHES = 10
"""Of the rhythm, each after one of the sinus rhythm that it interrupts."""

RHYTHMS: dict[str, tuple[Episode, tuple[float, float]]] = {
    "wandering pacemaker": (Episode("NNNeeejjjNeejj"), (0.9, 1.1)),
    "ectopic atrial rhythm": (Episode("e"), (1.0, 1.3)),
    "junctional rhythm": (Episode("j"), (0.6, 1.1)),
    "atrial tachycardia": (Episode("NNNNNAAAAAAA", run_rate_bpm=130.0), (0.9, 1.1)),
    "Wenckebach": (Episode("NNNNx", pr_growth_s=0.06), (0.9, 1.1)),
    "2:1 block": (Episode("Nx"), (1.0, 1.4)),
    "aberrant conduction": (Episode("NNNNaNNNA"), (0.9, 1.1)),
    "flutter": (Episode("N", rhythm="flutter"), (1.0, 1.0)),
    "bigeminal atrial beats": (Episode("NA"), (0.9, 1.1)),
    "interpolated ventricular beats": (Episode("NNNNV", interpolated=True), (0.7, 0.85)),
    "fusion": (Episode("NNNFNNNV"), (0.9, 1.1)),
}
"""Each with the least and the most of its rate, as a share of the patient's own."""


def simulated_patients(seed: int = 0) -> Iterator[Recording]:
    """Several patients of each rhythm."""
    for name in RHYTHMS:
        for patient in range(PATIENTS_OF_A_RHYTHM):
            yield simulated_patient(name, PATIENTS_OF_A_RHYTHM * seed + patient)


def simulated_patient(name: str, seed: int) -> Recording:
    """An annotated recording of six to twenty minutes, sinus rhythm and another in turn.

    Args:
        name: of `RHYTHMS`.
        seed: of what is drawn: rates, lengths, noise.
    """
    rng = np.random.default_rng((list(RHYTHMS).index(name), seed))
    rhythm, (slowest, fastest) = RHYTHMS[name]
    rate_bpm = rng.uniform(55, 95)
    episodes = []
    for _ in range(STRETCHES):
        own_bpm = rate_bpm * rng.uniform(0.93, 1.07)
        pace_bpm = rate_bpm * rng.uniform(slowest, fastest)
        episodes += [
            Episode("N", rng.uniform(20, 60), own_bpm),
            replace(rhythm, duration_s=rng.uniform(15, 60), heart_rate_bpm=pace_bpm),
        ]
    noise = Noise(baseline_wander_mv=rng.uniform(0.05, 0.3), muscle_snr_db=rng.uniform(12, 30))
    return simulate_episodes(
        episodes,
        sampling_rate_hz=SAMPLING_RATE_HZ,
        leads=LEADS,
        noise=noise,
        seed=int(rng.integers(2**31)),
        name=f"{name} {seed}",
    )
