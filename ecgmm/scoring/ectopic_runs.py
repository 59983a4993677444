"""The run-by-run comparison of ANSI/AAMI EC57, in the reading of the program `rxr`.

A run is a row of consecutive ectopic beats: a couplet has two, a short run three to
five, a long run six or more. Sensitivity goes through the runs of the reference and
looks for the longest run of the test at the same place; positive predictivity goes
through the runs of the test. Fusion beats belong to ventricular runs. Ventricular
fibrillation is one long ventricular run, atrial fibrillation one long supraventricular
run, whose normal beats count as supraventricular (WFDB Applications Guide,
https://physionet.org/physiotools/wag/rxr-1.htm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.scoring.ec57 import Line, percent, summarise
from ecgmm.scoring.matching import MATCH_WINDOW_S
from ecgmm.scoring.results import LEARNING_PERIOD_S, EscapesAs, RecordResult
from ecgmm.scoring.spans import Span, within

LONGEST_RUN = 6
"""EC57 counts runs of six beats and more together."""
RUN_COUNT_COLUMNS = tuple(
    f"{letter}{outcome}" for letter in "CSL" for outcome in ("Ts", "FN", "Tp", "FP")
)

_SAME_TIME_S = 1e-6
"""A microsecond: times are sums of floats."""
_COUPLET, _SHORT, _LONG = slice(2, 3), slice(3, 6), slice(6, 7)


@dataclass(frozen=True)
class RunKind:
    """What counts as a run.

    Attributes:
        name: `"VE"` or `"SVE"`.
        beats: labels that make up a run.
        opening: event that is a longest run at once, fibrillation.
        closing: event that ends it.
        breaking: events that end a run.
    """

    name: str
    beats: str
    opening: str
    closing: str
    breaking: str


VENTRICULAR = RunKind("VE", beats="VF", opening="[", closing="]", breaking="NQSU{")
SUPRAVENTRICULAR = RunKind("SVE", beats="S", opening="{", closing="}", breaking="NQVFU[")


@dataclass(frozen=True)
class EventStream:
    """Beats and episodes of one annotator in time order.

    Attributes:
        times_s: `[events]` seconds, ascending.
        codes: AAMI label of a beat, `[` and `]` around ventricular fibrillation, `{` and
            `}` around atrial fibrillation, `U` where the signal becomes unreadable.
        episodes_s: spans of fibrillation by the code that opens them.
    """

    times_s: NDArray[np.float64]
    codes: tuple[str, ...]
    episodes_s: Mapping[str, Sequence[Span]]

    def is_fibrillating(self, kind: RunKind, time_s: float) -> bool:
        """Whether an episode that is a run of this kind is under way."""
        return any(onset_s < time_s < end_s for onset_s, end_s in self.episodes_s[kind.opening])


@dataclass(frozen=True)
class Run:
    """One run: its length, six at most, and the window in which the other side's is sought."""

    length: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class RunComparison:
    """Runs of one record, reference against test.

    Attributes:
        record: name of the record.
        sensitivity: `[7, 7]` int64, runs of the reference by their length (rows) and by the
            length of the longest run of the test there (columns).
        predictivity: `[7, 7]` int64, runs of the test by their length (columns) and by the
            length of the longest run of the reference there (rows).
    """

    record: str
    sensitivity: NDArray[np.int64]
    predictivity: NDArray[np.int64]


def events_of_reference(result: RecordResult, escapes_as: EscapesAs) -> EventStream:
    """What the reference says of a record, but for beats during ventricular flutter."""
    counted = ~within(result.reference_times_s, result.vf_spans_s)
    labels = np.array(result.reference_labels(escapes_as))[counted]
    return _event_stream(
        result.reference_times_s[counted],
        labels.tolist(),
        vf_spans_s=result.vf_spans_s,
        af_spans_s=result.reference_af_spans_s,
        shutdown_spans_s=result.reference_shutdown_spans_s,
    )


def events_of_test(result: RecordResult) -> EventStream:
    """What the reader says of a record."""
    return _event_stream(
        result.test_times_s,
        result.test_labels,
        vf_spans_s=(),
        af_spans_s=result.test_af_spans_s or (),
        shutdown_spans_s=result.test_shutdown_spans_s,
    )


def compare_runs(
    result: RecordResult,
    kind: RunKind,
    start_s: float = LEARNING_PERIOD_S,
    escapes_as: EscapesAs = "N",
) -> RunComparison:
    """Compares the runs of one record.

    Args:
        result: the record.
        kind: `VENTRICULAR` or `SUPRAVENTRICULAR`.
        start_s: runs are counted from here on; five minutes by EC57.
        escapes_as: where the escape beats `e`, `j` and `n` of the reference count; `S` in
            `rxr` itself.
    """
    reference, test = events_of_reference(result, escapes_as), events_of_test(result)
    sensitivity = np.zeros((LONGEST_RUN + 1,) * 2, np.int64)
    for run in find_runs(reference, kind, start_s):
        sensitivity[run.length, longest_run(test, kind, run.start_s, run.end_s)] += 1
    predictivity = np.zeros_like(sensitivity)
    for run in find_runs(test, kind, start_s):
        predictivity[longest_run(reference, kind, run.start_s, run.end_s), run.length] += 1
    return RunComparison(result.record, sensitivity, predictivity)


def find_runs(events: EventStream, kind: RunKind, start_s: float) -> list[Run]:
    """All runs of one kind from `start_s` on; a lone ectopic beat is a run of one.

    An episode of fibrillation under way at `start_s` is a run that begins there. One that
    sets in during a run of beats only lengthens the window, as in `rxr`.
    """
    first = int(np.searchsorted(events.times_s, start_s - _SAME_TIME_S))
    length = LONGEST_RUN if events.is_fibrillating(kind, start_s) else 0
    onset_s = last_s = start_s
    runs = []
    for time_s, code in zip(events.times_s[first:].tolist(), events.codes[first:], strict=True):
        if code in kind.beats or code == kind.opening:
            if length == 0:
                onset_s = last_s = time_s
                length = LONGEST_RUN if code == kind.opening else 1
            elif code in kind.beats:
                length, last_s = min(length + 1, LONGEST_RUN), time_s
        elif code == kind.closing and length:
            last_s = time_s
        elif code in "NQUSVF" and length:
            runs.append(Run(length, onset_s - MATCH_WINDOW_S, last_s + MATCH_WINDOW_S))
            length = 0
    if length:
        runs.append(Run(length, onset_s - MATCH_WINDOW_S, last_s + MATCH_WINDOW_S))
    return runs


def longest_run(events: EventStream, kind: RunKind, start_s: float, end_s: float) -> int:
    """Length of the longest run, six at most, among the events of a window.

    Args:
        events: where to look.
        kind: `VENTRICULAR` or `SUPRAVENTRICULAR`.
        start_s: beginning of the window; an episode of fibrillation that is under way
            there, or begins in the window, makes the longest run.
        end_s: end of the window, itself included.
    """
    first = int(np.searchsorted(events.times_s, start_s - _SAME_TIME_S))
    stop = int(np.searchsorted(events.times_s, end_s + _SAME_TIME_S))
    if events.is_fibrillating(kind, start_s) or kind.opening in events.codes[first:stop]:
        return LONGEST_RUN
    longest = current = 0
    for code in events.codes[first:stop]:
        if code in kind.beats:
            current += 1
            longest = max(longest, current)
        elif code in kind.breaking:
            current = 0
    return min(longest, LONGEST_RUN)


def run_line(comparison: RunComparison) -> Line:
    """One record's line of the run-by-run table, with the column names of `rxr`.

    `C`, `S`, `L` are couplets, short and long runs; `Ts` and `FN` runs of the reference
    found and missed, `Tp` and `FP` runs of the test confirmed and not.
    """
    s, p = comparison.sensitivity, comparison.predictivity
    counts = {
        "CTs": s[_COUPLET, 2:],
        "CFN": s[_COUPLET, :2],
        "CTp": p[2:, _COUPLET],
        "CFP": p[:2, _COUPLET],
        "STs": s[_SHORT, 3:],
        "SFN": s[_SHORT, :3],
        "STp": p[3:, _SHORT],
        "SFP": p[:3, _SHORT],
        "LTs": s[_LONG, 6:],
        "LFN": s[_LONG, :6],
        "LTp": p[6:, _LONG],
        "LFP": p[:6, _LONG],
    }
    line: Line = {name: int(cells.sum()) for name, cells in counts.items()}
    return {"Record": comparison.record, **line, **_run_figures(line)}


def summarise_runs(lines: Sequence[Line]) -> list[Line]:
    """The lines `Sum`, `Gross` and `Average` under a run-by-run table."""
    return summarise(lines, RUN_COUNT_COLUMNS, _run_figures)


def _event_stream(
    beat_times_s: NDArray[np.float64],
    beat_labels: Sequence[str],
    *,
    vf_spans_s: Sequence[Span],
    af_spans_s: Sequence[Span],
    shutdown_spans_s: Sequence[Span],
) -> EventStream:
    labels = np.array(beat_labels, np.str_)
    labels[within(beat_times_s, af_spans_s) & (labels == "N")] = "S"
    events = [(onset_s, "U") for onset_s, _ in shutdown_spans_s]
    episodes_s = {"[": vf_spans_s, "{": af_spans_s}
    for opening, closing in ("[]", "{}"):
        events += [(onset_s, opening) for onset_s, _ in episodes_s[opening]]
        events += [(end_s, closing) for _, end_s in episodes_s[opening]]
    events += zip(beat_times_s.tolist(), labels.tolist(), strict=True)
    events.sort(key=lambda event: event[0])
    return EventStream(
        times_s=np.array([time_s for time_s, _ in events]),
        codes=tuple(code for _, code in events),
        episodes_s=episodes_s,
    )


def _run_figures(n: Mapping[str, int]) -> Line:
    figures = {}
    for letter in "CSL":
        found, missed = n[f"{letter}Ts"], n[f"{letter}FN"]
        confirmed, false = n[f"{letter}Tp"], n[f"{letter}FP"]
        figures[f"{letter}Se"] = percent(found, found + missed)
        figures[f"{letter}+P"] = percent(confirmed, confirmed + false)
    return figures
