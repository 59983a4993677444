"""Counts beats that are read beside cut-out stretches of recorded ECGs, where there are none.

    python -m benchmarks.invented_beats

Five minutes of every second record of MIT-BIH's DS1 (first lead) are read by the model that ships:
as they are, and with stretches of 0.6 to 5 s missing, flat or saturated every 12 s or so. Counted
are the beats within a second of a stretch, those with no annotated beat within 150 ms, and
annotated beats there that are not read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.pieces import read_in_pieces
from ecgmm.commands.arguments import add_data_dir
from ecgmm.labels import aami_class
from ecgmm.pipeline.training_set import training_recordings
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

EXCERPT_S = 300.0
MATCH_S = 0.15
NEAR_S = 1.0
SATURATED_ABOVE_MV = 1.0
LENGTHS_S = {"nothing": (), "missing": (0.6, 2.5, 5.0), "flat": (2.5, 5.0), "saturated": (0.6, 5.0)}


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_dir(parser)
    data_dir: Path = parser.parse_args().data_dir
    runtime = LocalRuntime(released_model())
    excerpts = list(_excerpts(data_dir))
    print("| cut out | beats within 1 s | of these none | annotated | of these not read |")
    print("|---|---|---|---|---|")
    for fault, lengths_s in LENGTHS_S.items():
        counts = np.zeros(4, int)
        for recording, truth_s in excerpts:
            spans = _spans(lengths_s or LENGTHS_S["missing"])
            cut = _cut(recording, fault, spans) if lengths_s else recording
            times_s = read_in_pieces(SignalFile.in_memory(cut), runtime).beats.time_s
            counts += _count(times_s, truth_s, spans)
        print(f"| {fault} | {' | '.join(str(count) for count in counts)} |", flush=True)


def _excerpts(data_dir: Path) -> Iterator[tuple[Recording, NDArray[np.float64]]]:
    rng = np.random.default_rng(0)
    for recording in training_recordings(data_dir, "mitdb")[::2]:
        truth, rate_hz = recording.annotations, recording.sampling_rate_hz
        if truth is None:
            continue
        start_s = rng.uniform(0, recording.duration_s - EXCERPT_S)
        first, length = round(start_s * rate_hz), round(EXCERPT_S * rate_hz)
        is_beat = [aami_class(symbol) is not None for symbol in truth.beat_symbols]
        yield (
            replace(
                recording,
                signal_mv=recording.signal_mv[first : first + length, :1],
                lead_names=recording.lead_names[:1],
                annotations=None,
            ),
            (truth.beat_samples[is_beat] - first) / rate_hz,
        )


def _spans(lengths_s: tuple[float, ...]) -> list[tuple[float, float]]:
    rng = np.random.default_rng(1)
    starts_s = np.arange(10.0, EXCERPT_S - 20.0, 12.0) + rng.uniform(0, 3, 23)
    return [(start_s, start_s + rng.choice(lengths_s)) for start_s in starts_s.tolist()]


def _cut(recording: Recording, fault: str, spans: list[tuple[float, float]]) -> Recording:
    signal_mv = recording.signal_mv.copy()
    rail_mv = signal_mv.max() + SATURATED_ABOVE_MV
    for start_s, end_s in spans:
        first, last = (round(time_s * recording.sampling_rate_hz) for time_s in (start_s, end_s))
        value = {"missing": np.nan, "flat": signal_mv[first, 0], "saturated": rail_mv}[fault]
        signal_mv[first:last] = value
    return replace(recording, signal_mv=signal_mv)


def _count(
    times_s: NDArray[np.float64], truth_s: NDArray[np.float64], spans: list[tuple[float, float]]
) -> NDArray[np.int64]:
    counts = np.zeros(4, int)
    for start_s, end_s in spans:
        for first_s, last_s in ((start_s - NEAR_S, start_s), (end_s, end_s + NEAR_S)):
            read_s = times_s[(times_s >= first_s) & (times_s < last_s)]
            true_s = truth_s[(truth_s >= first_s) & (truth_s < last_s)]
            invented = sum(np.abs(truth_s - time_s).min() > MATCH_S for time_s in read_s)
            missed = sum(np.abs(times_s - time_s).min() > MATCH_S for time_s in true_s)
            counts += (len(read_s), invented, len(true_s), missed)
    return counts


if __name__ == "__main__":
    main()
