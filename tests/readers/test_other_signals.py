"""Of what stands beside the ECG in a file nothing is read as an ECG."""

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.readers.other_signals import ecg_only, is_other_signal
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording


def file_of(*names: str) -> SignalFile:
    signal_mv = np.tile(np.arange(len(names), dtype=np.float32), (500, 1))
    return SignalFile.in_memory(Recording(signal_mv, 125.0, names, "bedside"))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "RESP",
            "PLETH",
            "SpO2",
            "EEG (C4-A1)",
            "EOG (right)",
            "ABP",
            "Respiration",
            "EMG",
            "CO2",
        ),
        *("C3-A2", "Fp1-Ref", "O2-M1", "Fz", "LOC", "E1-M2", "chin EMG", "foot GSR", "hand EDA"),
        *("Impedance RESP", "Nasal Pressure", "Skin temperature"),
    ],
)
def test_other_signals_are_known_by_name(name: str) -> None:
    assert is_other_signal(name)


@pytest.mark.parametrize(
    "name",
    [
        *("I", "II", "MLII", "V1", "V", "aVR", "ECG", "ECG1", "lead 1", "X", "CM5", "CC5"),
        *(
            "chest lead",
            "C1",
            "C4",
            "F",
            "MCL1",
            "ECG1-ECG2",
            "EKG-Ref",
            "D3",
            "ML5",
            "A-S",
            "CS12",
        ),
    ],
)
def test_leads_are_not_taken_for_others(name: str) -> None:
    assert not is_other_signal(name)


@pytest.mark.parametrize(
    "name",
    [
        *("THX", "Phono 2", "UC", "Rhythm", "Air Flow", "NIBP", "BVP", "Leg L", "MCAv", "Atmung"),
        *("Blutdruck", "C4A1", "O2", "FP"),
    ],
)
def test_beside_a_lead_a_signal_of_another_name_is_none(name: str) -> None:
    file = file_of("II", name)
    assert ecg_only(file, names_are_free=True).lead_names == ("II",)


@pytest.mark.parametrize(
    "name",
    [
        *("V", "mod.V1", "CM5", "CC5", "D3", "ML5", "MCL1", "A-S", "ES", "AI", "vx", "V2-V3"),
        *("LL-RA", "Vx-RL", "L2", "R", "ECG2", "EKG", "lead 2", "ch2", "channel 3", "signal_1"),
        *("4", "C1", "MV2", "V5 filtered", "II_raw", "V4R", "Ableitung 2", "CS12"),
    ],
)
def test_beside_a_lead_another_lead_or_a_number_is_kept(name: str) -> None:
    assert ecg_only(file_of("II", name), names_are_free=True).lead_names == ("II", name)


def test_where_no_name_is_that_of_a_lead_all_are_kept_that_are_no_others() -> None:
    file = file_of("Rhythm", "Foo", "RESP")
    assert ecg_only(file, names_are_free=True).lead_names == ("Rhythm", "Foo")


def test_where_the_format_says_what_is_an_ecg_names_are_not_looked_at() -> None:
    assert ecg_only(file_of("II", "Foo")).lead_names == ("II", "Foo")


def test_only_the_leads_are_read() -> None:
    file = ecg_only(file_of("II", "PLETH", "V", "RESP"))
    assert file.lead_names == ("II", "V")
    np.testing.assert_array_equal(file.read_mv(10, 11), [[0.0, 2.0]])
    assert file.whole().signal_mv.shape == (500, 2)


def test_a_file_without_a_lead_says_what_it_holds() -> None:
    with pytest.raises(InputError, match=r"bedside holds PLETH, RESP\. Expected a lead of an ECG"):
        ecg_only(file_of("PLETH", "RESP"))
