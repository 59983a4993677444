import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.scoring.digitization import (
    LeadPowers,
    compare_lead,
    lead_powers,
    mean_ratio_db,
    pooled_ratio,
    snr_db,
)
from ecgmm.simulator import simulate

RATE_HZ = 125
PRINTED_MV = simulate("NNV", duration_s=10.0, sampling_rate_hz=RATE_HZ, seed=4).signal_mv[:, 0]
CENTRED_MV = PRINTED_MV - PRINTED_MV.mean()


def noise(share, seed=0):
    """White noise with that share of the printed signal's power."""
    wave = np.random.default_rng(seed).standard_normal(len(CENTRED_MV))
    return (wave * np.sqrt(share * np.sum(CENTRED_MV**2) / np.sum(wave**2))).astype(np.float32)


@pytest.mark.parametrize(("share", "expected_db"), [(1.0, 0.0), (0.1, 10.0), (0.001, 30.0)])
def test_a_tenth_of_the_power_as_noise_is_ten_decibels(share, expected_db):
    assert snr_db(CENTRED_MV, CENTRED_MV + noise(share)) == pytest.approx(expected_db, abs=1e-3)


def test_what_was_not_read_counts_as_a_flat_line():
    read = CENTRED_MV.copy()
    read[:625] = np.nan
    lost = np.sum(CENTRED_MV[:625] ** 2) / np.sum(CENTRED_MV**2)
    assert snr_db(CENTRED_MV, read) == pytest.approx(-10 * np.log10(lost), abs=1e-3)
    assert snr_db(CENTRED_MV, np.full_like(CENTRED_MV, np.nan)) == pytest.approx(0.0)


def test_what_was_not_printed_does_not_count():
    printed, read = CENTRED_MV.copy(), CENTRED_MV + noise(0.1)
    printed[:625] = np.nan
    wild = read.copy()
    wild[:625] = 50.0
    assert snr_db(printed, wild) == snr_db(printed, read)


@given(shift=st.integers(-60, 60), offset_mv=st.floats(-2, 2))
def test_neither_the_place_of_0_mv_nor_a_late_start_counts_against_it(shift, offset_mv):
    read = np.roll(PRINTED_MV, shift) + np.float32(offset_mv)
    if shift > 0:
        read[:shift] = np.nan
    elif shift < 0:
        read[shift:] = np.nan
    found = compare_lead(PRINTED_MV, read, RATE_HZ)
    assert found.shift_s == pytest.approx(shift / RATE_HZ)
    assert found.correlation == pytest.approx(1.0, abs=1e-4)


def test_an_error_of_gain_costs_what_it_is():
    found = compare_lead(PRINTED_MV, 0.9 * PRINTED_MV, RATE_HZ)
    assert found.snr_db == pytest.approx(20.0, abs=0.01)
    assert found.shift_s == 0


def test_nothing_read_is_no_correlation():
    found = compare_lead(PRINTED_MV, np.full_like(PRINTED_MV, np.nan), RATE_HZ)
    assert found.correlation == 0
    assert found.snr_db <= 0.5


@pytest.mark.parametrize(("shift_s", "ratio"), [(0.2, 1e4), (-0.2, 1e4), (0.4, 1.5)])
def test_a_late_start_of_a_fifth_of_a_second_and_an_offset_are_forgiven_a_later_one_is_not(
    shift_s, ratio
):
    late = np.roll(PRINTED_MV, round(shift_s * RATE_HZ))
    printed = PRINTED_MV.copy()
    printed[:60], printed[-60:] = np.nan, np.nan
    powers = lead_powers(printed, late + np.float32(0.7), RATE_HZ)
    assert (powers.ratio > ratio) == (abs(shift_s) <= 0.2)


def test_what_was_not_read_is_noise_of_the_whole_signal():
    powers = lead_powers(PRINTED_MV, np.full_like(PRINTED_MV, np.nan), RATE_HZ)
    assert powers.ratio == pytest.approx(1.0)


def test_a_page_pools_powers_and_pages_are_averaged_before_decibels():
    page = pooled_ratio([LeadPowers(9.0, 1.0), LeadPowers(1.0, 0.0)])
    assert page == pytest.approx(10.0)
    assert mean_ratio_db([page, 190.0]) == pytest.approx(20.0)
