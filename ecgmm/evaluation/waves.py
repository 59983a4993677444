"""Waves and intervals against the marks of cardiologists, and the report on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.measuring import mark_beats, measure_signal
from ecgmm.analysis.raw_reading import read_source
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.errors import InputError
from ecgmm.evaluation.figures import draw_bland_altman
from ecgmm.evaluation.peers import WaveDelineator
from ecgmm.evaluation.report import ModelIdentity, Protocol, plain, write_json
from ecgmm.evaluation.waves_markdown import ALL_LEADS, JSON_NAME, render_waves
from ecgmm.measure.measurements import BeatMarks
from ecgmm.measure.network import WEIGHTS
from ecgmm.measure.waves import WAVE_NAMES, Wave, WaveName
from ecgmm.pipeline.waves.folds import FOLDS, fold_of
from ecgmm.pipeline.waves.records import MarkedRecord
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.scoring.waves import INTERVALS, Found, agreement, found_waves, intervals_ms
from ecgmm.serving.runtime import Runtime

SCHEMA_VERSION = 1
"""Goes up when a key changes its meaning."""
MARKDOWN_NAME = "waves.md"
FIGURE_NAME = "waves_bland_altman.png"
SINGLE_LEADS = ("II", "MLII")
"""What a delineator of one lead is given, where it is there; the first lead otherwise."""


@dataclass(frozen=True)
class WaveReading:
    """What was found in a record.

    Attributes:
        intervals: in milliseconds, None where one was not measured.
        peaks_s: of each wave, beat by beat.
    """

    intervals: dict[str, float | None]
    peaks_s: dict[WaveName, list[float]]


@dataclass(frozen=True)
class Way:
    """One way of reading records, and the leads that it reads.

    Attributes:
        name: what a report calls it.
        read: gives what is found in a record of these leads; the second argument is the place of
            the record in the list.
        single_lead: whether it is shown one lead alone.
    """

    name: str
    read: Callable[[Recording, int], WaveReading]
    single_lead: bool


def read_waves(recording: Recording, runtime: Runtime, weights: Path = WEIGHTS) -> WaveReading:
    """Read a record as `ecgmm analyze` does.

    Args:
        recording: the record.
        runtime: finds its beats.
        weights: the network that marks waves.
    """
    file = SignalFile.in_memory(recording)
    raw = read_source(file, runtime)
    without_p = is_fibrillating(raw.rhythm)
    measured = measure_signal(file, raw.beats, raw.rhythm, None, weights=weights)
    marks = measured.beats or mark_beats(
        file, BeatList.of(raw.beats), 0.0, file.duration_s, without_p, weights
    )
    return WaveReading(
        {name: getattr(measured, name) for name in INTERVALS},
        {name: _peaks_s(marks, name) for name in WAVE_NAMES},
    )


def _peaks_s(marks: Sequence[BeatMarks], name: WaveName) -> list[float]:
    times = [getattr(beat, f"{name.lower()}_s") for beat in marks]
    return [of_beat[1] for of_beat in times if of_beat is not None]


def read_with_peer(delineate: WaveDelineator, recording: Recording) -> WaveReading:
    """Read the first lead of a record with somebody else's delineator."""
    waves = delineate(recording.signal_mv[:, 0], recording.sampling_rate_hz)
    intervals = intervals_ms([waves])
    return WaveReading(
        {name: intervals.get(name) for name in INTERVALS},
        {name: [wave.peak_s for wave in waves if wave.name == name] for name in WAVE_NAMES},
    )


def own_ways(runtime: Runtime, fold_networks: Path | None) -> list[Way]:
    """This project's reading, of all leads and of one.

    Args:
        runtime: finds the beats.
        fold_networks: holds `0.onnx` to `4.onnx`, each learned without a fifth of the records;
            None for the network that is released, which learned from all of them.

    Raises:
        InputError: `no_networks` when one of the five is missing.
    """
    networks = _fold_networks(fold_networks) if fold_networks else [WEIGHTS] * FOLDS

    def read(recording: Recording, place: int) -> WaveReading:
        return read_waves(recording, runtime, networks[fold_of(place)])

    return [Way(ALL_LEADS, read, False), Way("ecgmm, one lead", read, True)]


def peer_way(name: str, delineate: WaveDelineator) -> Way:
    """Somebody else's reading of one lead."""
    return Way(f"{name}, one lead", lambda recording, _: read_with_peer(delineate, recording), True)


def evaluate_waves(
    records: Sequence[MarkedRecord],
    ways: Sequence[Way],
    model: ModelIdentity,
    protocol: Protocol,
    out_dir: Path,
) -> dict[str, Any]:
    """Read records in every way, score, and write `waves.json`, `waves.md` and a figure.

    Args:
        records: with their marks.
        ways: how they are read.
        model: finds the beats.
        protocol: how the figures come about.
        out_dir: folder to write to; made if it is not there.

    Returns:
        The JSON.
    """
    rows = [
        _score(database, way, records)
        for database in dict.fromkeys(record.database for record in records)
        for way in ways
    ]
    report = plain(
        {"schema_version": SCHEMA_VERSION, "model": model, "protocol": protocol, "rows": rows}
    )
    write_json(report, out_dir / JSON_NAME)
    draw_bland_altman(report["rows"]).savefig(out_dir / FIGURE_NAME, dpi=130)
    (out_dir / MARKDOWN_NAME).write_text(render_waves(report, FIGURE_NAME), encoding="utf-8")
    return report


def _score(database: str, way: Way, records: Sequence[MarkedRecord]) -> dict[str, Any]:
    pairs: dict[str, list[tuple[float, float | None]]] = {name: [] for name in INTERVALS}
    waves = {name: Found(0, 0, 0) for name in WAVE_NAMES}
    of_database = [(n, record) for n, record in enumerate(records) if record.database == database]
    for place, record in tqdm(of_database, desc=f"{database}, {way.name}", unit=" records"):
        shown, leads = _shown(record, way.single_lead)
        read = way.read(shown, place)
        for name, reference_ms in intervals_ms(leads).items():
            pairs[name].append((reference_ms, read.intervals[name]))
        for wave, found in found_waves(leads, read.peaks_s).items():
            waves[wave] += found
    return {
        "database": database,
        "name": way.name,
        "records": len(of_database),
        "intervals": {name: agreement(of_name) for name, of_name in pairs.items()},
        "pairs": pairs,
        "waves": {
            name: {"sensitivity": found.sensitivity, "predictivity": found.predictivity}
            for name, found in waves.items()
        },
    }


def _shown(record: MarkedRecord, single_lead: bool) -> tuple[Recording, list[tuple[Wave, ...]]]:
    """What is shown of a record, and the marks of the leads shown."""
    recording = record.recording
    if not single_lead:
        return recording, [record.waves[name] for name in recording.lead_names]
    name = next((n for n in SINGLE_LEADS if n in recording.lead_names), recording.lead_names[0])
    place = recording.lead_names.index(name)
    shown = Recording(
        np.ascontiguousarray(recording.signal_mv[:, place : place + 1]),
        recording.sampling_rate_hz,
        (name,),
        recording.name,
    )
    return shown, [record.waves[name]]


def protocol_of(date: str, command: str, *, held_out: bool) -> Protocol:
    """How the figures come about."""
    return Protocol(
        description="Each record is read by a network that learned from the four fifths of the "
        "records that it is not among; beats are found by the released model."
        if held_out
        else "The released network has learned from these very records: other hearts are measured "
        "less well. With --fold-networks no record is read by a network that learned from it.",
        trained_on="the other four fifths of these records" if held_out else "the same records",
        tested_on="the marked records of LUDB and of the QT Database at hand",
        command=command,
        date=date,
    )


def _fold_networks(folder: Path) -> list[Path]:
    networks = [folder / f"{fold}.onnx" for fold in range(FOLDS)]
    missing = [network.name for network in networks if not network.is_file()]
    if missing:
        raise InputError(
            "no_networks",
            f"{folder}: expected 0.onnx to {FOLDS - 1}.onnx, each made by python -m "
            f"ecgmm.training.waves --without-fold N. {', '.join(missing)} missing.",
        )
    return networks
