"""A calibration pulse that a recorder stored in every lead is no part of the ECG."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.errors import InputWarning
from ecgmm.leads import LEADS
from ecgmm.readers.calibration import without_calibration
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

RATE_HZ = 500
PULSE_MV = np.repeat([0.0, 1.0, 0.0], [40, 100, 40]).astype(np.float32)


@pytest.fixture
def ecg() -> Recording:
    clean = simulate("N", leads=LEADS, duration_s=10.0, sampling_rate_hz=RATE_HZ, seed=1)
    offsets_mv = np.linspace(-0.2, 0.2, len(LEADS), dtype=np.float32)
    return replace(clean, signal_mv=clean.signal_mv + offsets_mv)


def with_pulse(ecg: Recording, where: slice) -> SignalFile:
    signal_mv = ecg.signal_mv.copy()
    signal_mv[where] = PULSE_MV[:, np.newaxis]
    return SignalFile.in_memory(replace(ecg, signal_mv=signal_mv))


def test_a_pulse_at_the_end_is_cut_off(ecg: Recording) -> None:
    with pytest.warns(InputWarning, match=r"0\.4 s at the end, is not read"):
        read = without_calibration(with_pulse(ecg, slice(-180, None)))
    assert read.samples == len(ecg.signal_mv) - 180
    np.testing.assert_array_equal(read.whole().signal_mv, ecg.signal_mv[:-180])


def test_a_pulse_at_the_start_is_missing_so_that_the_clock_stays(ecg: Recording) -> None:
    with pytest.warns(InputWarning, match=r"0\.4 s at the start, is not read"):
        read = without_calibration(with_pulse(ecg, slice(0, 180)))
    signal_mv = read.whole().signal_mv
    assert np.isnan(signal_mv[:180]).all()
    np.testing.assert_array_equal(signal_mv[180:], ecg.signal_mv[180:])
    np.testing.assert_array_equal(read.read_mv(100, 300), signal_mv[100:300])


def test_two_leads_are_enough_to_know_it(ecg: Recording) -> None:
    two = replace(ecg, signal_mv=ecg.signal_mv[:, :2], lead_names=ecg.lead_names[:2])
    with pytest.warns(InputWarning, match="calibration pulse"):
        assert without_calibration(with_pulse(two, slice(-180, None))).samples == 4820


@pytest.mark.filterwarnings("error")
def test_one_lead_stored_twice_keeps_its_beats(ecg: Recording) -> None:
    twice = replace(ecg, signal_mv=ecg.signal_mv[:, [1, 1]], lead_names=ecg.lead_names[:2])
    file = SignalFile.in_memory(twice)
    assert without_calibration(file) is file


@pytest.mark.filterwarnings("error")
def test_an_ecg_without_one_stays_whole(ecg: Recording) -> None:
    file = SignalFile.in_memory(ecg)
    assert without_calibration(file) is file


@pytest.mark.filterwarnings("error")
def test_electrodes_that_are_off_are_no_pulse(ecg: Recording) -> None:
    signal_mv = ecg.signal_mv.copy()
    signal_mv[-400:] = 0.0
    file = SignalFile.in_memory(replace(ecg, signal_mv=signal_mv))
    assert without_calibration(file) is file


@pytest.mark.filterwarnings("error")
def test_one_lead_stored_three_times_is_an_ecg(ecg: Recording) -> None:
    thrice = replace(ecg, signal_mv=ecg.signal_mv[:, [1, 1, 1]], lead_names=("a", "b", "c"))
    file = SignalFile.in_memory(thrice)
    assert without_calibration(file) is file
