"""What the released model's monitor tells of the standard's steps, and how soon."""

import pytest
from simulated_streams import frames_of, monitored, of_type

from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.simulator import Episode, Noise, simulate_episodes

pytestmark = pytest.mark.slow
STEP_S = 20.0
QUIET = Noise(baseline_wander_mv=0.05, mains_mv=0.005, muscle_snr_db=25.0)


@pytest.fixture(scope="module")
def runtime():
    return LocalRuntime(released_model())


def said_of(runtime, *episodes):
    recording = simulate_episodes(
        [Episode("N", STEP_S, 80.0), *episodes],
        sampling_rate_hz=250.0,
        leads=("II", "V1"),
        noise=QUIET,
    )
    return monitored(frames_of(recording), runtime=runtime)


@pytest.mark.parametrize("to_bpm", [120.0, 40.0])
def test_a_step_from_80_bpm_is_shown_within_eleven_seconds(runtime, to_bpm):
    said = said_of(runtime, Episode("N", STEP_S, to_bpm))
    reached = [
        event["time_s"]
        for event in of_type(said, "heart_rate")
        if event["bpm"] and abs(event["bpm"] - to_bpm) <= 0.05 * to_bpm
    ]
    assert reached[0] - STEP_S <= 11.0


@pytest.mark.parametrize(
    ("episode", "codes"),
    [
        (Episode("-", 12.0), {"asystole"}),
        (Episode("V", 12.0, run_rate_bpm=195.0),
         {"ventricular_tachycardia", "ventricular_fibrillation"}),
        (Episode("N", 14.0, 150.0), {"extreme_tachycardia"}),
        (Episode("N", 14.0, 32.0), {"extreme_bradycardia"}),
    ],
)  # fmt: skip
def test_what_threatens_life_is_told_within_eleven_seconds(runtime, episode, codes):
    said = said_of(runtime, episode)
    raised = of_type(said, "alarm", severity="critical", state="raised")
    assert raised[0]["code"] in codes
    assert STEP_S < raised[0]["time_s"] <= STEP_S + 11.0


def test_a_quiet_heart_is_left_alone(runtime):
    said = said_of(runtime, Episode("N", STEP_S, 75.0))
    assert of_type(said, "alarm") == []
