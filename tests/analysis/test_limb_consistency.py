import numpy as np
import pytest

from ecgmm.analysis.limb_consistency import with_consistent_limbs
from ecgmm.leads import LEADS, LIMB_LEADS
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

PRINTED = simulate("N", duration_s=10.0, sampling_rate_hz=500, leads=LEADS, seed=4)
NOISE_MV = 0.05


def read(printed=PRINTED, *, seed=0, uncertainty_mv=NOISE_MV):
    """The printed leads, each with an error of its own."""
    rng = np.random.default_rng(seed)
    error_mv = uncertainty_mv * rng.standard_normal(printed.signal_mv.shape)
    return Recording(
        (printed.signal_mv + error_mv).astype(np.float32),
        printed.sampling_rate_hz,
        printed.lead_names,
        uncertainty_mv=np.broadcast_to(np.float32(uncertainty_mv), error_mv.shape).copy(),
    )


def error_mv(recording, lead, samples=slice(None)):
    return np.std((recording.signal_mv - PRINTED.signal_mv)[samples, LEADS.index(lead)])


def test_six_leads_of_the_same_seconds_lose_most_of_their_errors_and_chest_leads_stay():
    before = read()
    after = with_consistent_limbs(before)
    for lead in LIMB_LEADS:
        assert error_mv(after, lead) < 0.75 * NOISE_MV
        assert np.allclose(after.uncertainty_mv[:, LEADS.index(lead)], NOISE_MV / 3**0.5, rtol=0.2)
    assert (after.signal_mv[:, 6:] == before.signal_mv[:, 6:]).all()
    assert np.allclose(
        np.diff(after.signal_mv[:, 0] + after.signal_mv[:, 2] - after.signal_mv[:, 1]), 0, atol=1e-5
    )


def test_the_lead_that_is_unsure_is_the_one_that_gives_way():
    recording = read()
    recording.signal_mv[1000:1030, 0] += 0.8
    recording.uncertainty_mv[1000:1030, 0] = 1.0
    after = with_consistent_limbs(recording)
    assert error_mv(after, "I", slice(1000, 1030)) < 0.1
    assert error_mv(after, "III", slice(1000, 1030)) < 0.1


@pytest.mark.parametrize("seen", [("I",), ("I", "II"), ("II", "aVF")])
def test_two_leads_explain_themselves(seen):
    recording = read()
    absent = [lead for lead, name in enumerate(LEADS) if name not in seen]
    recording.signal_mv[:, absent] = np.nan
    after = with_consistent_limbs(recording)
    assert np.array_equal(after.signal_mv, recording.signal_mv, equal_nan=True)


def test_levels_which_paper_leaves_open_stay():
    recording = read()
    recording.signal_mv[:, 2] += 0.3
    after = with_consistent_limbs(recording)
    assert np.median(after.signal_mv[:, 2]) == pytest.approx(
        np.median(recording.signal_mv[:, 2]), abs=0.02
    )


def test_leads_that_bear_wrong_names_are_left_alone():
    recording = read()
    recording.signal_mv[:, :3] = recording.signal_mv[:, [3, 6, 7]]
    after = with_consistent_limbs(recording)
    assert np.array_equal(after.signal_mv, recording.signal_mv)


def test_what_was_recorded_and_not_read_from_a_picture_is_not_touched():
    assert with_consistent_limbs(PRINTED) is PRINTED
