"""The tables of ANSI/AAMI EC57 with the column names of the WFDB programs.

`beat_line` and `shutdown_line` are one record's lines of `bxb -L`, `summarise_beats`
and `summarise_shutdown` the lines that `sumstats` puts under them (WFDB Applications
Guide, https://physionet.org/physiotools/wag/). A column `Nv` holds the beats that are
`N` in the reference and `V` in the test; a prime means that classes are pooled as
`bxb` pools them: test labels `n`, `f` and `q` together, `F` with `Q`, `O` with `X`.

What EC57 does not penalise follows from which columns enter a figure: an `F` or `Q`
beat called `V` is no false VEB, a `Q` beat called `S` no false SVEB.

Figures are in percent, as the programs print them; NaN where the programs print `-`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ecgmm.scoring.beat_scores import share
from ecgmm.scoring.comparison import BXB_CLASSES, BeatComparison

Line = dict[str, Any]

BEAT_COUNT_COLUMNS = (
    ("Nn'", "N", "NFQ"),
    ("Sn'", "S", "NFQ"),
    ("Vn'", "V", "NFQ"),
    ("Fn'", "FQ", "NFQ"),
    ("On'", "OX", "NFQ"),
    ("Ns", "N", "S"),
    ("Ss", "S", "S"),
    ("Vs", "V", "S"),
    ("Fs'", "FQ", "S"),
    ("Os'", "OX", "S"),
    ("Nv", "N", "V"),
    ("Sv", "S", "V"),
    ("Vv", "V", "V"),
    ("Fv'", "FQ", "V"),
    ("Ov'", "OX", "V"),
    ("No'", "N", "OX"),
    ("So'", "S", "OX"),
    ("Vo'", "V", "OX"),
    ("Fo'", "FQ", "OX"),
)
SHUTDOWN_CLASSES = tuple("NSVFQ")


def percent(part: float, whole: float) -> float:
    """`part` of `whole` in percent, or NaN where there is no whole."""
    return 100 * share(part, whole)


def count(comparison: BeatComparison, reference: str, test: str) -> int:
    """Beats of any of the reference classes that were called any of the test classes."""
    rows = [BXB_CLASSES.index(name) for name in reference]
    columns = [BXB_CLASSES.index(name) for name in test]
    return int(comparison.counts[np.ix_(rows, columns)].sum())


def beat_line(comparison: BeatComparison) -> Line:
    """One record's line of the beat-by-beat table.

    `V FPR` is on `bxb -l` lines; `S FPR` is the same figure for SVEBs, which `bxb` does
    not have. An `F` beat called `S` counts against `S +P` here, as in `bxb`; `sumstats`,
    which sees only `Fs'`, leaves it out.
    """
    counts: Line = {
        name: count(comparison, reference, test) for name, reference, test in BEAT_COUNT_COLUMNS
    }
    figures = _beat_figures(counts)
    false_s = counts["Ns"] + counts["Vs"] + counts["Os'"] + count(comparison, "F", "S")
    figures["S +P"] = percent(counts["Ss"], counts["Ss"] + false_s)
    return {"Record": comparison.record, **counts, **figures, "RR err": comparison.rr_error_ms}


def summarise_beats(lines: Sequence[Line]) -> list[Line]:
    """The lines `Sum`, `Gross` and `Average` under a beat-by-beat table.

    Gross figures are of the summed counts, so every beat weighs the same; average
    figures are the mean over the records in which they are defined, so every record
    weighs the same.
    """
    names = [name for name, _, _ in BEAT_COUNT_COLUMNS]
    total, gross, average = summarise(lines, names, _beat_figures)
    average["RR err"] = _mean_where_defined([line["RR err"] for line in lines])
    return [total, gross, average]


def shutdown_line(comparison: BeatComparison) -> Line:
    """One record's line of the shutdown table: beats missed while the reader saw nothing.

    `% beats missed` counts all five classes; `bxb` forgets `Sx` in that one figure.
    """
    line: Line = {"Record": comparison.record}
    for name in SHUTDOWN_CLASSES:
        line[f"{name}x"] = count(comparison, name, "X")
    totals = {name: count(comparison, name, "".join(BXB_CLASSES)) for name in SHUTDOWN_CLASSES}
    line["% beats missed"] = percent(
        sum(line[f"{name}x"] for name in SHUTDOWN_CLASSES), sum(totals.values())
    )
    for name in "NSVF":
        line[f"% {name} missed"] = percent(line[f"{name}x"], totals[name])
    line["Total Shutdown Time"] = round(comparison.shutdown_s)
    return line


def summarise_shutdown(lines: Sequence[Line]) -> list[Line]:
    """The line `Sum` under a shutdown table."""
    columns = [*(f"{name}x" for name in SHUTDOWN_CLASSES), "Total Shutdown Time"]
    return [{"Record": "Sum", **_sum(lines, columns)}]


def summarise(
    lines: Sequence[Line],
    count_columns: Sequence[str],
    figures_of: Callable[[Mapping[str, int]], Line],
) -> list[Line]:
    """The lines `Sum`, `Gross` and `Average` as `sumstats` derives them.

    Args:
        lines: one line a record.
        count_columns: columns that hold counts and are summed.
        figures_of: figures in percent of a record's counts, or of the sums.
    """
    sums = _sum(lines, count_columns)
    figures = [figures_of({name: line[name] for name in count_columns}) for line in lines]
    average = {name: _mean_where_defined([f[name] for f in figures]) for name in figures_of(sums)}
    return [
        {"Record": "Sum", **sums},
        {"Record": "Gross", **figures_of(sums)},
        {"Record": "Average", **average},
    ]


def _beat_figures(n: Mapping[str, int]) -> Line:
    """The figures that `sumstats` derives from the counts of a line."""
    missed = n["No'"] + n["So'"] + n["Vo'"] + n["Fo'"]
    extra = n["On'"] + n["Os'"] + n["Ov'"]
    found = sum(n.values()) - missed - extra
    false_v = n["Nv"] + n["Sv"] + n["Ov'"]
    false_s = n["Ns"] + n["Vs"] + n["Os'"]
    not_v = sum(n[name] for name in ("Nn'", "Ns", "Sn'", "Ss", "Fn'", "Fs'", "On'", "Os'"))
    not_s = sum(n[name] for name in ("Nn'", "Nv", "Vn'", "Vv", "Fn'", "Fv'", "On'", "Ov'"))
    return {
        "Q Se": percent(found, found + missed),
        "Q +P": percent(found, found + extra),
        "V Se": percent(n["Vv"], n["Vn'"] + n["Vs"] + n["Vv"] + n["Vo'"]),
        "V +P": percent(n["Vv"], n["Vv"] + false_v),
        "V FPR": percent(false_v, not_v + false_v),
        "S Se": percent(n["Ss"], n["Sn'"] + n["Ss"] + n["Sv"] + n["So'"]),
        "S +P": percent(n["Ss"], n["Ss"] + false_s),
        "S FPR": percent(false_s, not_s + false_s),
    }


def _sum(lines: Sequence[Line], columns: Sequence[str]) -> dict[str, int]:
    return {name: sum(line[name] for line in lines) for name in columns}


def _mean_where_defined(values: Sequence[float]) -> float:
    defined = [value for value in values if not np.isnan(value)]
    return float(np.mean(defined)) if defined else float("nan")
