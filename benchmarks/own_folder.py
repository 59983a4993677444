"""Makes a folder of simulated ECGs with labels, as a user of `ecgmm train --data` has one.

    python -m benchmarks.own_folder FOLDER [--patients 10] [--flutter]

Each patient has a minute of one small lead full of mains hum and muscle noise (CSV, EDF and WFDB
in turn) with premature beats of both kinds, every beat labelled in words of the folder's own, and a
picture of ten other seconds that `ecgmm draw` drew. `classes.toml` says what the words mean. With
`--new-classes` each recording has one label instead, of two that the released model does not know.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from ecgmm.cli import main as main_of_ecgmm
from ecgmm.commands.recording_files import write_recording
from ecgmm.recording import Recording
from ecgmm.simulator import Noise, simulate

SIGNAL_S, PICTURE_S = 60.0, 10.0
SUFFIXES = (".csv", ".edf", ".hea")
PATTERNS = ("NNNNANNNV", "NNANNNNNVN", "NNNVNNNNANN", "NNNNNANNVNN")
WORDS = {"N": "sinus", "A": "PAC", "V": "PVC"}
MEANINGS = {"sinus": "N", "PAC": "A", "PVC": "V"}
RHYTHMS = ("slow", "fast")
RATES_BPM = {"slow": 52.0, "fast": 150.0}


def main() -> None:
    """Write signals, pictures, `labels.csv` and `classes.toml`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--new-classes", action="store_true", help="labels of new classes")
    options = parser.parse_args()
    folder: Path = options.folder
    for name in ("signals", "images"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    make = _new_class_rows if options.new_classes else _beat_rows
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "patient", "time_s", "label"))
        for patient in range(options.patients):
            rows.writerows(make(folder, patient))
    (folder / "classes.toml").write_text(_classes(options.new_classes), encoding="utf-8")


def _beat_rows(folder: Path, patient: int) -> Iterator[tuple[str, str, str, str]]:
    name = f"p{patient:02d}"
    signal = _heart(patient, SIGNAL_S, seed=patient)
    path = folder / "signals" / f"{name}{SUFFIXES[patient % len(SUFFIXES)]}"
    write_recording(signal, path)
    yield from _rows_of(signal, f"signals/{path.name}", name)
    drawn = _heart(patient, PICTURE_S, seed=1000 + patient)
    _draw(drawn, folder, name)
    yield from _rows_of(drawn, f"images/{name}.png", name)


def _new_class_rows(folder: Path, patient: int) -> Iterator[tuple[str, str, str, str]]:
    name, rhythm = f"p{patient:02d}", RHYTHMS[patient % 2]
    recording = simulate(
        "N",
        duration_s=SIGNAL_S,
        heart_rate_bpm=RATES_BPM[rhythm] + patient,
        sampling_rate_hz=250.0,
        noise=Noise(baseline_wander_mv=0.1, muscle_snr_db=18.0),
        seed=patient,
    )
    write_recording(recording, folder / "signals" / f"{name}.csv")
    yield f"signals/{name}.csv", name, "", rhythm


def _heart(patient: int, duration_s: float, seed: int) -> Recording:
    return simulate(
        PATTERNS[patient % len(PATTERNS)],
        duration_s=duration_s,
        heart_rate_bpm=58.0 + 4 * (patient % 8),
        sampling_rate_hz=250.0,
        leads=("aVL",),
        noise=Noise(baseline_wander_mv=0.5, mains_mv=0.15, muscle_snr_db=4.0),
        seed=seed,
    )


def _rows_of(recording: Recording, name: str, patient: str) -> Iterator[tuple[str, str, str, str]]:
    truth = recording.annotations
    if truth is None:
        raise ValueError("Expected a recording whose beats are known.")
    for sample, symbol in zip(truth.beat_samples, truth.beat_symbols, strict=True):
        yield name, patient, f"{sample / recording.sampling_rate_hz:.3f}", WORDS[symbol]


def _draw(recording: Recording, folder: Path, name: str) -> None:
    source = folder / "drawn.csv"
    write_recording(recording, source)
    out = folder / "images" / f"{name}.png"
    status = main_of_ecgmm(["draw", str(source), "--layout", "strip", "--out", str(out)])
    source.unlink()
    if status != 0:
        raise RuntimeError(f"Expected {out} to be drawn.")


def _classes(new: bool) -> str:
    if new:
        return f"new_classes = [{', '.join(repr(name) for name in RHYTHMS)}]\n"
    return "[classes]\n" + "".join(f'{word} = "{ours}"\n' for word, ours in MEANINGS.items())


if __name__ == "__main__":
    main()
