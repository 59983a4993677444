"""How well is the signal given back from photos of printed ECGs whose signal is known?

    python -m benchmarks.digitized_photos FOLDER [--model DIR]

The folder has pairs of `NAME-0.jpg` and the WFDB record `NAME` that was printed as 3x4+1: four
leads of 2.5 s in each of three rows, and lead II for 10 s below. Two measures, both of which align
the start of a row and its 0 mV, which paper does not tell: SNR as the PhysioNet Challenge 2024
defines it, of each lead; and that of the challenge of 2025, which adds up the powers of a page's
leads and takes the mean of the pages' ratios.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

from ecgmm.analysis.digitize import digitize_paper
from ecgmm.errors import InputError
from ecgmm.grid import STRIP_S
from ecgmm.paper.reader import read_paper
from ecgmm.paper.trace.follow import TRACE_RATE_HZ
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording
from ecgmm.resampling import resample
from ecgmm.scoring.digitization import (
    Digitization,
    LeadPowers,
    compare_lead,
    lead_powers,
    mean_ratio_db,
    pooled_ratio,
)
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

RHYTHM_LEAD = "II"
ROW_SAMPLES = round(STRIP_S * TRACE_RATE_HZ)
COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))


@dataclass(frozen=True)
class ComparedLead:
    """A lead by either measure.

    Attributes:
        alone: it by itself.
        powers: what it adds to its page.
    """

    alone: Digitization
    powers: LeadPowers


def printed_leads(record: Path) -> dict[str, NDArray[np.float32]]:
    """`[5000]` at 500 Hz for each lead, NaN where it was not printed."""
    stored = wfdb.rdrecord(str(record))
    signal_mv = resample(stored.p_signal.astype(np.float32), stored.fs, TRACE_RATE_HZ)
    by_name = {name.lower(): lead for name, lead in zip(stored.sig_name, signal_mv.T, strict=True)}
    ends = np.round(np.linspace(0, ROW_SAMPLES, len(COLUMNS) + 1)).astype(int)
    printed = {}
    for column, (first, end) in zip(COLUMNS, itertools.pairwise(ends), strict=True):
        for name in column:
            lead_mv = np.full(ROW_SAMPLES, np.nan, np.float32)
            shown = slice(None) if name == RHYTHM_LEAD else slice(first, end)
            lead_mv[shown] = by_name[name.lower()][:ROW_SAMPLES][shown]
            printed[name] = lead_mv
    return printed


def compare(
    printed: Mapping[str, NDArray[np.float32]], digitized: Recording
) -> dict[str, ComparedLead]:
    """Every lead that was printed beside what was read of it."""
    read = dict(zip(digitized.lead_names, digitized.signal_mv.T, strict=True))
    nothing = np.full(ROW_SAMPLES, np.nan, np.float32)
    return {
        name: ComparedLead(
            compare_lead(lead_mv, read.get(name, nothing), TRACE_RATE_HZ),
            lead_powers(lead_mv, read.get(name, nothing), TRACE_RATE_HZ),
        )
        for name, lead_mv in printed.items()
    }


def main() -> None:
    """Print a line for each photo, then what all of them come to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, help="a SavedModel other than the one that ships")
    args = parser.parse_args()
    runtime = LocalRuntime(released_model(args.model))
    rows = []
    for photo in sorted(args.folder.glob("*-0.jpg")):
        printed = printed_leads(photo.with_name(photo.stem.rsplit("-", 1)[0]))
        try:
            digitized = digitize_paper(read_paper(read_input(photo)), runtime)
        except InputError as error:
            print(f"{photo.stem}: {error.message}", flush=True)
            continue
        rows.append(compare(printed, digitized))
        print(f"{photo.stem}: {len(digitized.lead_names)} leads; {_line(rows[-1])}", flush=True)
    _print_all(rows)


def _line(row: Mapping[str, ComparedLead]) -> str:
    rhythm = row[RHYTHM_LEAD].alone
    snrs_db = [lead.alone.snr_db for lead in row.values()]
    return (
        f"lead II {rhythm.snr_db:5.1f} dB, correlation {rhythm.correlation:.3f}; all leads, median "
        f"{np.median(snrs_db):5.1f} dB; page {mean_ratio_db([_ratio(row)]):5.1f} dB"
    )


def _ratio(row: Mapping[str, ComparedLead]) -> float:
    return pooled_ratio(lead.powers for lead in row.values())


def _print_all(rows: Sequence[Mapping[str, ComparedLead]]) -> None:
    rhythm_rows = [row[RHYTHM_LEAD].alone for row in rows]
    leads = [lead.alone for row in rows for lead in row.values()]
    for title, found in (("rhythm rows", rhythm_rows), ("all leads", leads)):
        print(
            f"{title}: median SNR {np.median([f.snr_db for f in found]):.1f} dB, "
            f"median correlation {np.median([f.correlation for f in found]):.3f} of {len(found)}"
        )
    print(f"pages, powers pooled: {mean_ratio_db([_ratio(row) for row in rows]):.1f} dB")
    for name in rows[0]:
        print(f"  {name}: {mean_ratio_db([row[name].powers.ratio for row in rows]):.1f} dB")


if __name__ == "__main__":
    main()
