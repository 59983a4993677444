"""Write the builders' `dummy_data`: `python -m datasets.make_dummy_data`.

Tiny archives, laid out and named as the publisher's; the records in them are simulated
and of no person.
"""

import io
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import scipy.io
import wfdb
from numpy.typing import NDArray

from ecgmm.leads import LEADS
from ecgmm.recording import Annotations, Recording
from ecgmm.simulator import Noise, simulate

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_GAIN_ADU_PER_MV = 200.0
_CINC2017_ADU_PER_MV = 1000.0
_PTBXL_ADU_PER_MV = 1000.0

_PTBXL_DATABASE = b"""\
ecg_id,patient_id,age,sex,scp_codes,strat_fold
1,15709.0,56.0,1,"{'NORM': 100.0, 'SR': 0.0}",3
2,13243.0,19.0,0,"{'ILMI': 15.0, 'PVC': 100.0, 'NST_': 0.0}",9
21837,9178.0,,1,"{'1AVB': 100.0, 'DIG': 0.0, 'SR': 0.0}",10
"""
_PTBXL_STATEMENTS = b"""\
,description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass
NST_,non-specific ST changes,1.0,1.0,,STTC,NST_
DIG,digitalis-effect,1.0,1.0,,STTC,STTC
NORM,normal ECG,1.0,,,NORM,NORM
ILMI,inferolateral myocardial infarction,1.0,,,MI,IMI
1AVB,first degree AV block,1.0,,,CD,_AVB
PVC,ventricular premature complex,,1.0,,,
SR,sinus rhythm,,,1.0,,
"""


def main() -> None:
    """Writes the archives beside their builders."""
    here = Path(__file__).parent
    for path, files in (
        ("mitdb/dummy_data/mit-bih-arrhythmia-database-1.0.0.zip", mitdb_files()),
        ("svdb/dummy_data/mit-bih-supraventricular-arrhythmia-database-1.0.0.zip", svdb_files()),
        ("nstdb/dummy_data/mit-bih-noise-stress-test-database-1.0.0.zip", nstdb_files()),
        ("cinc2017/dummy_data/training2017.zip", cinc2017_files()),
        (
            "ptbxl/dummy_data/"
            "ptb-xl-a-large-publicly-available-electrocardiography-dataset-1.0.3.zip",
            ptbxl_files(),
        ),
    ):
        write_archive(here / path, files)


def mitdb_files() -> dict[str, bytes]:
    """A sinus rhythm, a trigeminy and an atrial fibrillation, as records of MIT-BIH."""
    leads = ("MLII", "V1")
    return (
        annotated_record(simulate(leads=leads, seed=1, name="100"), baseline_adu=1024)
        | annotated_record(simulate("NNV", leads=leads, seed=2, name="119"), baseline_adu=1024)
        | annotated_record(
            simulate(rhythm="af", leads=leads, seed=3, name="202"), baseline_adu=1024
        )
    )


def svdb_files() -> dict[str, bytes]:
    """Atrial premature beats and runs of them, as records of SVDB."""
    simulate_128_hz = partial(simulate, leads=("MLII", "V1"), sampling_rate_hz=128.0)
    return annotated_record(simulate_128_hz("NNA", seed=4, name="800")) | annotated_record(
        simulate_128_hz("NAAA", seed=5, name="894")
    )


def nstdb_files() -> dict[str, bytes]:
    """Baseline wander, a mixture in the place of electrode motion, and muscle noise."""
    return (
        noise_record("bw", Noise(baseline_wander_mv=0.5))
        | noise_record("em", Noise(baseline_wander_mv=0.5, muscle_snr_db=6.0))
        | noise_record("ma", Noise(muscle_snr_db=6.0))
    )


def cinc2017_files() -> dict[str, bytes]:
    """One record of each rhythm class, and the list of the classes."""
    simulate_300_hz = partial(simulate, leads=("I",), sampling_rate_hz=300.0)
    recordings = {
        "N": simulate_300_hz(seed=6, name="A00001"),
        "A": simulate_300_hz(rhythm="af", seed=7, name="A00002"),
        "O": simulate_300_hz("NNNA", seed=8, name="A00003"),
        "~": simulate_300_hz(noise=Noise(muscle_snr_db=-10.0), seed=9, name="A00004"),
    }
    rows = [f"{recording.name},{label}\n" for label, recording in recordings.items()]
    files = {"REFERENCE-v3.csv": "".join(rows).encode()}
    for recording in recordings.values():
        files |= cinc2017_record(recording)
    return files


def ptbxl_files() -> dict[str, bytes]:
    """Three twelve-lead records with the publisher's two tables, by their path."""
    files = {"ptbxl_database.csv": _PTBXL_DATABASE, "scp_statements.csv": _PTBXL_STATEMENTS}
    for ecg_id, pattern in ((1, "N"), (2, "NNNV"), (21837, "NNA")):
        recording = simulate(
            pattern,
            leads=LEADS,
            duration_s=10.0,
            sampling_rate_hz=100.0,
            seed=ecg_id,
            name=f"{ecg_id:05d}_lr",
        )
        folder = f"records100/{ecg_id // 1000 * 1000:05d}"
        record = signal_record(recording)
        files |= {f"{folder}/{name}": content for name, content in record.items()}
    return files


def signal_record(recording: Recording) -> dict[str, bytes]:
    """The `.hea` and `.dat` of a recording, as PTB-XL stores them."""
    with tempfile.TemporaryDirectory() as folder:
        wfdb.wrsamp(
            recording.name,
            fs=recording.sampling_rate_hz,
            units=["mV"] * len(recording.lead_names),
            sig_name=list(recording.lead_names),
            d_signal=np.round(recording.signal_mv * _PTBXL_ADU_PER_MV).astype(np.int64),
            fmt=["16"] * len(recording.lead_names),
            adc_gain=[_PTBXL_ADU_PER_MV] * len(recording.lead_names),
            baseline=[0] * len(recording.lead_names),
            write_dir=folder,
        )
        return _files_of(Path(folder))


def write_archive(path: Path, files: dict[str, bytes]) -> None:
    """Packs files into one folder of a zip archive, the same bytes every time.

    Args:
        path: the archive; the folder in it gets the same name.
        files: content of each file by its bare name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{path.stem}/{name}", date_time=_ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def annotated_record(recording: Recording, baseline_adu: int = 0) -> dict[str, bytes]:
    """The `.hea`, `.dat` and `.atr` of a recording, in the format of MIT-BIH.

    Args:
        recording: in millivolts, with annotations.
        baseline_adu: ADC count of 0 mV.
    """
    if recording.annotations is None:
        raise ValueError("Expected a recording with annotations. Received one without.")
    with tempfile.TemporaryDirectory() as folder:
        _write_signals(recording, baseline_adu, folder)
        _write_annotations(recording.name, recording.annotations, folder)
        return _files_of(Path(folder))


def noise_record(name: str, noise: Noise) -> dict[str, bytes]:
    """The `.hea` and `.dat` of noise alone, whose header states no gain, as NSTDB's do.

    Args:
        name: record name.
        noise: what the record holds.
    """
    noisy, clean = simulate(leads=("I", "II"), noise=noise), simulate(leads=("I", "II"))
    recording = Recording(
        signal_mv=noisy.signal_mv - clean.signal_mv,
        sampling_rate_hz=clean.sampling_rate_hz,
        lead_names=("noise1", "noise2"),
        name=name,
    )
    with tempfile.TemporaryDirectory() as folder:
        _write_signals(recording, 0, folder)
        files = _files_of(Path(folder))
    stated_gain = f"{_GAIN_ADU_PER_MV}(0)/mV".encode()
    return files | {f"{name}.hea": files[f"{name}.hea"].replace(stated_gain, b"0")}


def cinc2017_record(recording: Recording) -> dict[str, bytes]:
    """The `.hea` and `.mat` of a one-lead recording, as the Challenge packs them."""
    counts = np.round(recording.signal_mv.T * _CINC2017_ADU_PER_MV).astype(np.int16)
    matlab_file = io.BytesIO()
    scipy.io.savemat(matlab_file, {"val": counts}, format="4")
    name = recording.name
    header = (
        f"{name} 1 {recording.sampling_rate_hz:g} {counts.shape[1]} 00:00:00 1/01/2000\r\n"
        f"{name}.mat 16+24 {_CINC2017_ADU_PER_MV:g}/mV 16 0 {counts[0, 0]} 0 0 ECG\r\n"
    )
    return {f"{name}.hea": header.encode(), f"{name}.mat": matlab_file.getvalue()}


def _write_signals(recording: Recording, baseline_adu: int, folder: str) -> None:
    leads = len(recording.lead_names)
    counts: NDArray[np.int64] = (
        np.round(recording.signal_mv * _GAIN_ADU_PER_MV).astype(np.int64) + baseline_adu
    )
    wfdb.wrsamp(
        recording.name,
        fs=recording.sampling_rate_hz,
        units=["mV"] * leads,
        sig_name=list(recording.lead_names),
        d_signal=counts,
        fmt=["212"] * leads,
        adc_gain=[_GAIN_ADU_PER_MV] * leads,
        baseline=[baseline_adu] * leads,
        write_dir=folder,
    )


def _write_annotations(name: str, annotations: Annotations, folder: str) -> None:
    beats = [
        (sample, symbol, "")
        for sample, symbol in zip(annotations.beat_samples, annotations.beat_symbols, strict=True)
    ]
    changes = [
        (sample, "+", text)
        for sample, text in zip(annotations.rhythm_samples, annotations.rhythm_names, strict=True)
    ]
    samples, symbols, texts = zip(*sorted(beats + changes), strict=True)
    wfdb.wrann(
        name,
        "atr",
        sample=np.asarray(samples),
        symbol=list(symbols),
        aux_note=list(texts),
        write_dir=folder,
    )


def _files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


if __name__ == "__main__":
    main()
