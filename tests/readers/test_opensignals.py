"""OpenSignals text: counts become millivolts as the sensor's data sheet has it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.route import identify, read_input

COUNTS = np.round(512 + 300 * np.sin(np.arange(1500) / 9)).astype(int)
BITALINO: dict[str, Any] = {
    "sensor": ["ECG", "EDA"],
    "device": "bitalino_rev",
    "column": ["nSeq", "I1", "A1", "A2"],
    "sampling rate": 1000,
    "resolution": [4, 1, 10, 10],
    "label": ["A1", "A2"],
}


def write(path: Path, *devices: dict[str, Any]) -> Path:
    described = {f"00:07:80:00:00:0{i}": device for i, device in enumerate(devices)}
    lines = ["# OpenSignals Text File Format", f"# {json.dumps(described)}", "# EndOfHeader"]
    lines += ["\t".join(f"{i % 16}\t0\t{c}\t7" for _ in devices) for i, c in enumerate(COUNTS)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_counts_of_bitalino(tmp_path: Path) -> None:
    path = write(tmp_path / "opensignals.txt", BITALINO)
    assert identify(path) == "opensignals"
    with pytest.warns(InputWarning, match=r"no ECG: A2 \(EDA\)"):
        recording = read_input(path)
    assert (recording.sampling_rate_hz, recording.lead_names) == (1000.0, ("A1",))
    expected_mv = (COUNTS / 1024 - 0.5) * 3.3 / 1100 * 1000
    np.testing.assert_allclose(recording.signal_mv[:, 0], expected_mv, atol=1e-6)


@pytest.mark.filterwarnings("ignore::ecgmm.errors.InputWarning")
def test_devices_stand_side_by_side(tmp_path: Path) -> None:
    plux = BITALINO | {"device": "biosignalsplux", "resolution": [4, 1, 16, 16]}
    other = BITALINO | {"sensor": ["EMG", "EDA"]}
    recording = read_input(write(tmp_path / "two.txt", other, plux))
    assert recording.lead_names == ("A1",)
    expected_mv = (COUNTS / 65536 - 0.5) * 3.0
    np.testing.assert_allclose(recording.signal_mv[:, 0], expected_mv, atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sensor": ["EMG", "EDA"]}, "no_ecg"),
        ({"device": "unheard_of"}, "no_ecg"),
        ({"label": ["A7", "A2"]}, "damaged"),
        ({"resolution": []}, "damaged"),
        ({"resolution": [4, 1, 900, 900]}, "damaged"),
        ({"sampling rate": None}, "damaged"),
        ({"sampling rate": 0}, "bad_sampling_rate"),
    ],
)
@pytest.mark.filterwarnings("ignore::ecgmm.errors.InputWarning")
def test_what_cannot_be_told_is_refused(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    assert code_of(write(tmp_path / "bad.txt", BITALINO | changes)) == code
