"""Alarms on real recordings: how soon they are raised, and how often falsely.

    python -m benchmarks.monitor_alarms [RECORD...] [--data-dir DIR] [--model DIR] [--out FILE]

Needs `python -m datasets.build mitdb`. By default 207 (ventricular flutter), 203, 205 and 223
(ventricular tachycardia), 201 (atrial fibrillation) and, in sinus rhythm, 101 and 122: all of them
training records (DS1); those of DS2 are refused. Each is replayed as fast as it is read, half a
second at a time, all at once; times are those of the stream, so that they hold at true speed but
for the time that reading takes (a few tenths of a second).

The truth follows from the annotators' beats and rhythms: see `truth`. An episode is found if an
alarm of its kind stands at any time from its beginning to ten seconds after its end, and the time
to the alarm counts from its beginning. An alarm is false if it stands at no episode of its kind.
Ventricular fibrillation and tachycardia are one kind, as "VF/VT" is on bedside monitors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecgmm.commands.arguments import DEFAULT_DATA_DIR
from ecgmm.labels import aami_class
from ecgmm.monitor.engine import MonitorEngine
from ecgmm.monitor.events import AlarmEvent
from ecgmm.monitor.heart_rate import displayed_rate_bpm
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.sources.replay import replay
from ecgmm.pipeline.splits import DS1
from ecgmm.pipeline.training_set import training_recordings
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Annotations, Recording
from ecgmm.scoring.spans import marked_spans, rhythm_spans
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

RECORDS = ("207", "203", "205", "223", "201", "101", "122")
_TACHYCARDIC = ("ventricular_tachycardia", "ventricular_fibrillation")
KINDS = {
    "VF or flutter": ("ventricular_fibrillation", "ventricular_tachycardia"),
    "VT, 5 beats": ("ventricular_tachycardia", "ventricular_fibrillation"),
    "V run, 3 beats": ("pvc_run", "ventricular_tachycardia", "ventricular_fibrillation"),
    "AF, 30 s": ("af_onset",),
    "asystole": ("asystole",),
    "pause": ("pause", "asystole"),
    "extreme tachycardia": ("extreme_tachycardia", *_TACHYCARDIC),
    "extreme bradycardia": ("extreme_bradycardia", "asystole", "ventricular_fibrillation"),
    "tachycardia": ("tachycardia", "extreme_tachycardia", *_TACHYCARDIC),
    "bradycardia": (
        "bradycardia",
        "extreme_bradycardia",
        "asystole",
        "ventricular_fibrillation",
    ),
}
"""Each kind of episode and the alarms that tell it: its own, and those that speak for it. False or
true is judged of its own."""
AFTER_S = 10.0
MERGE_S = 5.0
LIMITS = AlarmLimits()

Span = tuple[float, float]


@dataclass(frozen=True)
class Watched:
    """One record: what was true, and what the monitor said."""

    name: str
    duration_s: float
    truth: dict[str, list[Span]]
    alarms: dict[str, list[Span]]


def truth(annotations: Annotations, rate_hz: float, duration_s: float) -> dict[str, list[Span]]:
    """The episodes that the annotators' beats and rhythms hold, by kind.

    - VF or flutter: between the marks `[` and `]`.
    - VT: 5 ventricular beats in a row at 100 bpm or faster; V run: 3 at any rate.
    - AF: `(AFIB` for 30 s or longer, `(AFL` in between included.
    - Asystole, pause: 4 s and 3 s between two beats, fibrillation aside.
    - Extreme tachycardia: 17 beats above 140 bpm; bradycardia: 5 beats below 40 bpm.
    - Tachycardia, bradycardia: the displayed rate, by these beats, beyond 120 and 50 bpm.
    """
    fibrillating = marked_spans(
        annotations.marker_samples / rate_hz, annotations.marker_symbols, "[", "]", duration_s
    )
    times_s, labels = _beats(annotations, rate_hz)
    rr_s = np.diff(times_s)
    for start_s, end_s in fibrillating:
        rr_s[(times_s[:-1] < end_s) & (times_s[1:] > start_s)] = np.nan
    shown = np.array(
        [np.nan, np.nan]
        + [displayed_rate_bpm(rr_s[:count]) or np.nan for count in range(2, len(times_s))]
    )
    with np.errstate(invalid="ignore"):
        return {
            "VF or flutter": fibrillating,
            "VT, 5 beats": _runs(times_s, labels, LIMITS.vt_beats, LIMITS.vt_bpm),
            "V run, 3 beats": _runs(times_s, labels, LIMITS.pvc_run_beats, 0.0),
            "AF, 30 s": _fibrillating_atria(annotations, rate_hz, duration_s),
            "asystole": _long(times_s, rr_s, LIMITS.asystole_s),
            "pause": _long(times_s, rr_s, LIMITS.pause_s),
            "extreme tachycardia": _sustained(
                times_s, rr_s, 17, lambda rr_s: np.mean(rr_s) < 60 / LIMITS.extreme_high_bpm
            ),
            "extreme bradycardia": _sustained(
                times_s, rr_s, 5, lambda rr_s: np.median(rr_s) > 60 / LIMITS.extreme_low_bpm
            ),
            "tachycardia": _while_true(times_s, shown > LIMITS.high_bpm),
            "bradycardia": _while_true(times_s, shown < LIMITS.low_bpm),
        }


def _beats(annotations: Annotations, rate_hz: float) -> tuple[np.ndarray, str]:
    classes = [aami_class(symbol) for symbol in annotations.beat_symbols]
    is_beat = np.array([label is not None for label in classes])
    return annotations.beat_samples[is_beat] / rate_hz, "".join(filter(None, classes))


def _runs(times_s: np.ndarray, labels: str, fewest: int, slowest_bpm: float) -> list[Span]:
    spans = []
    for first in range(len(labels) - fewest + 1):
        last = first + fewest - 1
        if labels[first : last + 1] == "V" * fewest:
            length_s = float(times_s[last] - times_s[first])
            if slowest_bpm == 0 or 60 * (fewest - 1) / length_s >= slowest_bpm:
                spans.append((float(times_s[first]), float(times_s[last])))
    return _merged(spans)


def _fibrillating_atria(annotations: Annotations, rate_hz: float, duration_s: float) -> list[Span]:
    times_s = annotations.rhythm_samples / rate_hz
    names = ("(AFIB", "(AFL")
    spans = rhythm_spans(times_s, annotations.rhythm_names, names, duration_s)
    return [span for span in _merged(spans) if span[1] - span[0] >= LIMITS.af_s]


def _long(times_s: np.ndarray, rr_s: np.ndarray, shortest_s: float) -> list[Span]:
    return [(float(times_s[i]), float(times_s[i + 1])) for i in np.flatnonzero(rr_s >= shortest_s)]


def _sustained(
    times_s: np.ndarray, rr_s: np.ndarray, beats: int, holds: Callable[[np.ndarray], bool]
) -> list[Span]:
    firsts = range(len(times_s) - beats + 1)
    spans = [
        (float(times_s[first]), float(times_s[first + beats - 1]))
        for first in firsts
        if holds(rr_s[first : first + beats - 1])
    ]
    return _merged(spans)


def _while_true(times_s: np.ndarray, holds: np.ndarray) -> list[Span]:
    return _merged([(float(time_s), float(time_s)) for time_s in times_s[holds]])


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Spans less than five seconds apart as one."""
    merged: list[Span] = []
    for start_s, end_s in sorted(spans):
        if merged and start_s - merged[-1][1] <= MERGE_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((start_s, end_s))
    return merged


async def watch(engine: MonitorEngine, recording: Recording) -> Watched:
    """Replay one record through the engine."""
    stream = engine.open_stream(recording.name, every_hop=True)
    alarms = asyncio.create_task(_collect(stream.events(), recording.duration_s))
    async for frame in replay(SignalFile.in_memory(recording), math.inf):
        await stream.push(frame)
    await stream.end()
    if recording.annotations is None:
        raise SystemExit(f"Expected annotations of record {recording.name}.")
    true = truth(recording.annotations, recording.sampling_rate_hz, recording.duration_s)
    return Watched(recording.name, recording.duration_s, true, await alarms)


async def _collect(events: object, duration_s: float) -> dict[str, list[Span]]:
    """When each alarm stood, by code."""
    raised: dict[int, AlarmEvent] = {}
    spans: dict[str, list[Span]] = {}
    async for event in events:  # type: ignore[attr-defined]
        if isinstance(event, AlarmEvent) and event.state == "raised":
            raised[event.id] = event
        elif isinstance(event, AlarmEvent) and event.state == "cleared":
            start = raised.pop(event.id)
            spans.setdefault(event.code, []).append((start.time_s, event.time_s))
    for event in raised.values():
        spans.setdefault(event.code, []).append((event.time_s, duration_s))
    return {code: sorted(of_code) for code, of_code in spans.items()}


def judge(records: Sequence[Watched], kind: str) -> dict[str, object]:
    """One row of the table."""
    codes = KINDS[kind]
    delays_s, missed, false = [], [], []
    for record in records:
        episodes = record.truth[kind]
        alarms = sorted(span for code in codes for span in record.alarms.get(code, []))
        for start_s, end_s in episodes:
            hits = [a for a in alarms if a[1] >= start_s and a[0] <= end_s + AFTER_S]
            if hits:
                delays_s.append(max(0.0, hits[0][0] - start_s))
            else:
                missed.append(f"{record.name} at {start_s:.0f} s")
        also = _related(record, kind)
        false += [
            f"{record.name} at {start_s:.0f} s"
            for start_s, end_s in record.alarms.get(codes[0], [])
            if not any(start_s <= e[1] + AFTER_S and end_s >= e[0] for e in [*episodes, *also])
        ]
    hours = sum(record.duration_s for record in records) / 3600
    return {
        "kind": kind,
        "episodes": len(delays_s) + len(missed),
        "found": len(delays_s),
        "median_s": float(np.median(delays_s)) if delays_s else None,
        "longest_s": max(delays_s, default=None),
        "missed": missed,
        "false": false,
        "false_per_hour": len(false) / hours,
    }


def _related(record: Watched, kind: str) -> list[Span]:
    """Episodes of other kinds at which an alarm of this kind is none too many."""
    if kind in ("VF or flutter", "VT, 5 beats", "V run, 3 beats"):
        return [*record.truth["VF or flutter"], *record.truth["VT, 5 beats"]]
    return []


def table(records: Sequence[Watched]) -> str:
    """The figures in Markdown."""
    hours = sum(record.duration_s for record in records) / 3600
    names = ", ".join(record.name for record in records)
    lines = [
        f"Records {names} ({hours:.1f} h):",
        "",
        "| alarm | episodes | found | time to alarm, median | longest | false, in an hour |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in KINDS:
        row = judge(records, kind)
        median, longest = (
            "" if row[key] is None else f"{row[key]:.1f} s" for key in ("median_s", "longest_s")
        )
        lines.append(
            f"| {kind} | {row['episodes']} | {row['found']} | {median} | {longest} | "
            f"{row['false_per_hour']:.1f} |"
        )
    return "\n".join(lines)


async def measure(arguments: argparse.Namespace) -> list[Watched]:
    """Watch every record, all at once."""
    recordings = [
        recording
        for recording in training_recordings(arguments.data_dir, "mitdb")
        if recording.name in arguments.records
    ]
    async with MonitorEngine(LocalRuntime(released_model(arguments.model))) as engine:
        watching = (watch(engine, recording) for recording in recordings)
        return list(await asyncio.gather(*watching))


def main() -> None:
    """Print the table; what was missed and what was false goes to the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", nargs="*", default=RECORDS)
    parser.add_argument("--data-dir", type=Path, default=DEFAULT_DATA_DIR)
    parser.add_argument("--model", type=Path, help="a SavedModel; the released one")
    parser.add_argument("--out", type=Path, help="JSON file of every figure")
    arguments = parser.parse_args()
    if not set(arguments.records) <= set(DS1):
        parser.error("Expected training records (DS1) only: the others are the test.")
    records = asyncio.run(measure(arguments))
    print(table(records))
    if arguments.out:
        rows = [judge(records, kind) for kind in KINDS]
        arguments.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
