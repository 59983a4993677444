"""How well is the signal given back from photos of printed ECGs whose signal is known?

    python -m benchmarks.digitized_photos FOLDER [--model DIR]

The folder has pairs of `NAME-0.jpg` and the WFDB record `NAME` that was printed as 3x4+1: four
leads of 2.5 s in each of three rows, and lead II for 10 s below. SNR as the PhysioNet Challenge
2024 defines it; the start of a row and its 0 mV, which paper does not tell, are aligned first.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

from ecgmm.analysis.digitize import digitize_paper
from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_SAMPLES
from ecgmm.paper.reader import read_paper
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording
from ecgmm.resampling import resample
from ecgmm.scoring.digitization import Digitization, compare_lead
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

RHYTHM_LEAD = "II"
COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))


def printed_leads(record: Path) -> dict[str, NDArray[np.float32]]:
    """`[1250]` at 125 Hz for each lead, NaN where it was not printed."""
    stored = wfdb.rdrecord(str(record))
    signal_mv = resample(stored.p_signal.astype(np.float32), stored.fs, SAMPLING_RATE_HZ)
    by_name = {name.lower(): lead for name, lead in zip(stored.sig_name, signal_mv.T, strict=True)}
    ends = np.round(np.linspace(0, STRIP_SAMPLES, len(COLUMNS) + 1)).astype(int)
    printed = {}
    for column, (first, end) in zip(COLUMNS, itertools.pairwise(ends), strict=True):
        for name in column:
            lead_mv = np.full(STRIP_SAMPLES, np.nan, np.float32)
            shown = slice(None) if name == RHYTHM_LEAD else slice(first, end)
            lead_mv[shown] = by_name[name.lower()][:STRIP_SAMPLES][shown]
            printed[name] = lead_mv
    return printed


def compare(
    printed: Mapping[str, NDArray[np.float32]], digitized: Recording
) -> dict[str, Digitization]:
    """Every lead that was printed beside what was read of it."""
    read = dict(zip(digitized.lead_names, digitized.signal_mv.T, strict=True))
    nothing = np.full(STRIP_SAMPLES, np.nan, np.float32)
    return {
        name: compare_lead(lead_mv, read.get(name, nothing), SAMPLING_RATE_HZ)
        for name, lead_mv in printed.items()
    }


def main() -> None:
    """Print a line for each photo, then medians."""
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
        rhythm = rows[-1][RHYTHM_LEAD]
        snrs_db = [lead.snr_db for lead in rows[-1].values()]
        print(
            f"{photo.stem}: {len(digitized.lead_names)} leads; lead II {rhythm.snr_db:5.1f} dB, "
            f"correlation {rhythm.correlation:.3f}; all leads, median {np.median(snrs_db):5.1f} dB",
            flush=True,
        )
    rhythm_rows = [row[RHYTHM_LEAD] for row in rows]
    leads = [lead for row in rows for lead in row.values()]
    for title, found in (("rhythm rows", rhythm_rows), ("all leads", leads)):
        print(
            f"{title}: median SNR {np.median([f.snr_db for f in found]):.1f} dB, "
            f"median correlation {np.median([f.correlation for f in found]):.3f} of {len(found)}"
        )


if __name__ == "__main__":
    main()
