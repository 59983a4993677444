"""What `import ecgmm` promises."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ecgmm
from ecgmm.grid import STRIP_SAMPLES
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import keras_file, released_model
from ecgmm.simulator import simulate

CHECKOUT = Path(ecgmm.__file__).parents[1]
SAMPLES = CHECKOUT / "samples"
KERAS_FILE = keras_file(released_model())


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    """A fresh process, in the root of the checkout."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


def signal() -> np.ndarray:
    recording = simulate("NNNNV", duration_s=20, sampling_rate_hz=250, leads=("MLII", "V1"), seed=3)
    return recording.signal_mv


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = {"tensorflow", "keras", "numpy", "scipy", "pandas", "matplotlib", "cv2", "wfdb"}
    done = run_python(f"import ecgmm, sys; print(sorted({heavy} & set(sys.modules)))")
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_every_public_name_is_there_and_documented() -> None:
    assert set(ecgmm.__all__) <= set(dir(ecgmm))
    for name in ecgmm.__all__:
        assert getattr(ecgmm, name).__doc__


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'diagnose'"):
        ecgmm.diagnose  # noqa: B018


@pytest.mark.parametrize("as_given", [str, Path])
def test_a_path_is_read_and_is_the_name_of_the_input(as_given: type) -> None:
    reading = ecgmm.analyze(as_given(SAMPLES / "sinus_with_pvcs.csv"))
    assert reading.input == str(SAMPLES / "sinus_with_pvcs.csv")
    assert reading.summary.beat_counts["V"] == 2


@pytest.mark.parametrize("ending", ["csv", "jpg"])
def test_the_bytes_of_a_file_are_read_as_the_file(ending: str) -> None:
    path = SAMPLES / f"sinus_with_pvcs.{ending}"
    from_file, from_bytes = ecgmm.analyze(path), ecgmm.analyze(path.read_bytes())
    assert from_bytes.input == "bytes"
    assert from_bytes.to_dict() == {**from_file.to_dict(), "input": "bytes"}


def test_an_array_is_read_with_its_rate_its_leads_and_its_unit() -> None:
    reading = ecgmm.analyze(signal(), sampling_rate_hz=250, leads=["ii", "V1"], name="bed 3")
    assert (reading.input, reading.leads, reading.duration_s) == ("bed 3", ("II", "V1"), 20.0)
    in_microvolts = ecgmm.analyze(1000 * signal(), sampling_rate_hz=250, unit="uV")
    assert in_microvolts.leads == ("lead 1", "lead 2")
    pd.testing.assert_frame_equal(in_microvolts.to_dataframe(), reading.to_dataframe(), atol=2e-3)


def test_a_single_lead_may_have_one_axis() -> None:
    reading = ecgmm.analyze(signal()[:, 0], sampling_rate_hz=250, leads=["II"])
    assert reading.leads == ("II",)
    assert reading.summary.beat_counts["V"] > 0


@pytest.mark.parametrize(
    ("array", "options", "message"),
    [
        (signal(), {}, "sampling_rate_hz of an array"),
        (signal().T, {"sampling_rate_hz": 250}, "transpose it"),
        (signal(), {"sampling_rate_hz": 250, "leads": ["II"]}, "one name a lead"),
        (np.zeros((4, 5, 6)), {"sampling_rate_hz": 250}, r"Received shape \(4, 5, 6\)"),
        (np.array(["I", "II"]), {"sampling_rate_hz": 250}, "Expected numbers"),
    ],
)
def test_an_array_that_says_too_little_is_refused(
    array: np.ndarray, options: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ecgmm.analyze(array, **options)


def test_what_is_no_ecg_at_all_is_refused() -> None:
    with pytest.raises(TypeError, match="Received list"):
        ecgmm.analyze([0.1, 0.2])  # type: ignore[arg-type]


def test_bytes_that_cannot_be_read_are_named_without_a_place() -> None:
    with pytest.raises(ecgmm.InputError) as caught:
        ecgmm.analyze(b"no ECG")
    assert caught.value.code == "unknown_format"
    assert caught.value.message.startswith("bytes: format not known")


def test_beats_are_a_table_with_the_figures_of_the_dictionary() -> None:
    reading = ecgmm.analyze(SAMPLES / "sinus_with_pvcs.csv")
    beats = reading.to_dataframe()
    assert beats.to_dict("records") == reading.to_dict()["beats"]
    nothing = ecgmm.analyze(np.zeros(2500), sampling_rate_hz=250).to_dataframe()
    assert nothing.columns.tolist() == beats.columns.tolist()
    assert nothing.empty


def test_a_reading_is_drawn_over_what_it_was_read_from() -> None:
    path = SAMPLES / "sinus_with_pvcs.jpg"
    reading = ecgmm.analyze(path)
    for ecg in (path, path.read_bytes()):
        assert ecgmm.plot(reading, ecg).axes


def test_a_model_is_named_by_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ecgmm.InputError) as caught:
        ecgmm.analyze(signal(), sampling_rate_hz=250, model=tmp_path)
    assert caught.value.code == "model_not_found"


def test_the_keras_model_is_the_one_that_reads() -> None:
    strip_mv = signal()[np.newaxis, : 2 * STRIP_SAMPLES : 2, 0]
    inputs = {
        "signal": strip_mv,
        "image": np.zeros((1, 160, 1000, 1), np.uint8),
        "modality": np.zeros(1, np.int32),
    }
    read = ecgmm.load_model().predict(inputs, verbose=0)
    expected = LocalRuntime(released_model()).signal(strip_mv)
    np.testing.assert_allclose(read["beats"], expected.beats, atol=1e-4)
    np.testing.assert_allclose(read["rhythm"], expected.rhythm, atol=1e-4)


def test_another_keras_file_can_be_named(tmp_path: Path) -> None:
    assert ecgmm.load_model(str(KERAS_FILE)).name == "ecgmm"
    with pytest.raises(ecgmm.InputError) as caught:
        ecgmm.load_model(tmp_path / "mine.keras")
    assert caught.value.code == "model_not_found"


@pytest.mark.slow
@pytest.mark.parametrize(
    "imports", ["import ecgmm, keras", "import keras, ecgmm", "import ecgmm, tensorflow as tf"]
)
def test_importing_it_is_enough_for_keras_to_load_its_model(imports: str) -> None:
    module = "tf.keras" if "tensorflow" in imports else "keras"
    done = run_python(f"{imports}; print({module}.models.load_model('{KERAS_FILE}').name)")
    assert done.stdout.strip() == "ecgmm", done.stderr


@pytest.mark.slow
def test_reading_is_quiet() -> None:
    done = run_python(
        "import ecgmm; print(ecgmm.analyze('samples/sinus_with_pvcs.jpg').summary.verdict);"
        "ecgmm.load_model()"
    )
    assert (done.stdout.strip(), done.stderr) == ("abnormal", "")
