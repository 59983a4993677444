"""Leads have one name, however files write it."""

import pytest

from ecgmm.readers.lead_names import is_standard, standard_lead_name, standard_lead_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("MDC_ECG_LEAD_II", "II"),
        ("MDC_ECG_LEAD_AVR", "aVR"),
        ("MDC_ECG_LEAD_AVRneg", "-aVR"),
        ("ECG Lead II", "II"),
        ("ECG II", "II"),
        ("EKG V2", "V2"),
        ("Lead I (Einthoven)", "I"),
        ("Lead aVF [uV]", "aVF"),
        ("Ableitung I", "I"),
        ("Dérivation II", "II"),
        ("ecg_avl", "aVL"),
        ("v5", "V5"),
        ("DIII", "III"),
        (" II ", "II"),
        ("mlii", "MLII"),
    ],
)
def test_a_lead_that_is_understood(written: str, name: str) -> None:
    assert standard_lead_name(written) == name
    assert is_standard(written)


@pytest.mark.parametrize("written", ["lead 1", "ECG", "ECG1", "III+", "chest", "", "VI", "IIII"])
def test_a_lead_that_is_not_understood_keeps_its_name(written: str) -> None:
    assert standard_lead_name(written) == written
    assert not is_standard(written)


def test_two_leads_never_get_one_name() -> None:
    assert standard_lead_names(["ECG II", "Lead II", "v1"]) == ("ECG II", "Lead II", "V1")
