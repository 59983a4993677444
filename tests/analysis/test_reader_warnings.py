"""What a file holds beside its ECG, or lacks, is told in the reading and not only on the way."""

from pathlib import Path

import numpy as np
import pytest
from peak_runtime import PeakRuntime

from ecgmm.analysis.analyze import analyze, open_source
from ecgmm.errors import InputError, InputWarning
from ecgmm.simulator import simulate


def write(folder: Path, *, lost: slice = slice(0)) -> Path:
    lead_mv = simulate("N", duration_s=10.0, sampling_rate_hz=250.0, seed=2).signal_mv[:, 0]
    rows = [f"{n / 250:.3f},{mv:.3f},{np.sin(n / 99):.3f}" for n, mv in enumerate(lead_mv)]
    del rows[lost]
    path = folder / "bedside.csv"
    path.write_text("\n".join(["time_s,II (mV),RESP (mV)", *rows]) + "\n")
    return path


def test_what_was_left_out_is_a_reason_of_the_reading(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="bedside.csv: not read: RESP"):
        reading = analyze(write(tmp_path), PeakRuntime())
    assert reading.quality.reasons == ("Not read: RESP (mV).",)
    assert reading.summary.verdict == "normal"


def test_lost_samples_are_a_reason_of_the_reading(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="100 samples are missing"):
        reading = analyze(write(tmp_path, lost=slice(500, 600)), PeakRuntime())
    assert "100 samples are missing, in 1 gap." in reading.quality.reasons


def test_where_a_file_is_refused_its_warnings_are_shown_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "bedside.csv"
    path.write_text("# fs: 250\nII,RESP (mV)\n" + "0.1,0.2\n" * 500)
    with pytest.warns(InputWarning, match="RESP"), pytest.raises(InputError, match="unit"):
        open_source(path)
