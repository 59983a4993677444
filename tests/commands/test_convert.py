"""`ecgmm convert` writes the same recording in another format, whole files or none."""

from pathlib import Path

import numpy as np
import pytest

from ecgmm.cli import main
from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

SAMPLE = Path(__file__).parents[2] / "samples" / "sinus_with_pvcs"


@pytest.mark.parametrize(
    ("name", "form"), [("r.hea", "wfdb"), ("r.edf", "edf"), ("r.dcm", "dicom"), ("r.csv", "csv")]
)
def test_a_recording_in_another_format_is_the_same(tmp_path: Path, name: str, form: str) -> None:
    source = SAMPLE.with_suffix(".csv")
    assert main(["convert", str(source), str(tmp_path / "new" / name)]) == 0
    written = tmp_path / "new" / name
    assert identify(written) == form
    before, after = read_input(source), read_input(written)
    assert isinstance(before, Recording)
    assert isinstance(after, Recording)
    assert after.lead_names == before.lead_names
    assert after.sampling_rate_hz == before.sampling_rate_hz
    np.testing.assert_allclose(after.signal_mv, before.signal_mv, atol=1e-4)


def test_what_the_file_does_not_say_is_said_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "bare.npy", np.sin(np.arange(500) / 9))
    words = ["convert", str(tmp_path / "bare.npy"), str(tmp_path / "said.csv")]
    assert main(words) == 2
    assert capsys.readouterr().err.endswith("Give it with --sampling-rate HZ.\n")
    assert not (tmp_path / "said.csv").exists()
    assert main([*words, "--sampling-rate", "250", "--unit", "mV"]) == 0
    written = read_input(tmp_path / "said.csv")
    assert isinstance(written, Recording)
    assert written.duration_s == 2.0


@pytest.mark.parametrize(
    ("source", "output", "complaint"),
    [
        (SAMPLE.with_suffix(".csv"), "out.xyz", "Expected OUT to end in"),
        (Path("missing.csv"), "out.edf", "does not exist"),
        (SAMPLE.with_suffix(".csv"), "bad name.hea", "record name"),
    ],
)
def test_what_cannot_be_converted_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: Path,
    output: str,
    complaint: str,
) -> None:
    assert main(["convert", str(source), str(tmp_path / output)]) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())
