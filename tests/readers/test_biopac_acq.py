"""AcqKnowledge files of BIOPAC: what is ECG is read, what is none is told."""

from pathlib import Path

import numpy as np
import pytest
from acq_files import Channel, acq_bytes
from format_files import ecg_counts
from refusal import code_of

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers import optional_library
from ecgmm.readers.route import identify, read_input

pytest.importorskip("bioread")

RATE_HZ = 500.0
STEPS = np.asarray(ecg_counts(("II",), 4.0)["II"][:2000], np.int16)
ECG = Channel("EKG - ERS100C", "mV", STEPS, 0.005, 0.25)
RESP = Channel("RESP - RSP100C", "Volts", STEPS[::4], 0.001, divider=4)
EDA = Channel("EDA - GSR100C", "microsiemens", STEPS, 0.001)


def write(folder: Path, *channels: Channel, order: str = "<") -> Path:
    path = folder / "subject1.acq"
    path.write_bytes(acq_bytes(channels, RATE_HZ, order))
    return path


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_ecg_is_read_and_the_others_are_named(tmp_path: Path, order: str) -> None:
    path = write(tmp_path, EDA, ECG, RESP, order=order)
    assert identify(path) == "biopac"
    with pytest.warns(InputWarning, match="left out, no ECG in volts: EDA - GSR100C, RESP"):
        recording = read_input(path)
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("EKG - ERS100C",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], STEPS * 0.005 + 0.25, atol=1e-5)


def test_a_channel_in_volts_is_millivolts_in_the_end(tmp_path: Path) -> None:
    recording = read_input(write(tmp_path, Channel("ECG lead II", "Volts", STEPS, 0.000005)))
    assert recording.lead_names == ("II",)
    np.testing.assert_allclose(recording.signal_mv[:, 0], STEPS * 0.005, atol=1e-5)


def test_channels_without_a_telling_name_are_read(tmp_path: Path) -> None:
    recording = read_input(write(tmp_path, Channel("Analog input", "mV", STEPS, 0.005)))
    assert recording.lead_names == ("Analog input",)


def test_a_slower_lead_is_left_out_and_named(tmp_path: Path) -> None:
    slow = Channel("ECG V1", "mV", STEPS[::2], 0.005, divider=2)
    with pytest.warns(InputWarning, match="slower than 500 Hz: ECG V1"):
        assert len(read_input(write(tmp_path, ECG, slow)).lead_names) == 1


def test_a_file_without_an_ecg_is_refused(tmp_path: Path) -> None:
    assert code_of(write(tmp_path, EDA)) == "no_ecg"


@pytest.mark.parametrize("length", [40, 2600, 4000])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    path = write(tmp_path, ECG)
    path.write_bytes(path.read_bytes()[:length])
    assert code_of(path) == "damaged"


def test_what_a_header_claims_is_given_no_memory(tmp_path: Path) -> None:
    path = write(tmp_path, ECG)
    content = path.read_bytes()
    claim = (2**31 - 1).to_bytes(4, "little")
    path.write_bytes(content.replace(len(STEPS).to_bytes(4, "little"), claim, 1))
    assert code_of(path) == "too_large"


def test_rates_without_a_common_pattern_are_given_no_memory(tmp_path: Path) -> None:
    once = [Channel("ECG", "mV", STEPS[:1], 0.005, divider=divider) for divider in (29_989, 30_011)]
    assert code_of(write(tmp_path, *once)) == "too_large"


def test_without_its_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional_library.importlib, "import_module", missing)
    path = write(tmp_path, ECG)
    with pytest.raises(InputError, match=r"ecgmm\[biopac\]"):
        read_input(path)
