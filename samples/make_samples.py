"""Makes the samples beside this file: one simulated heart, as a signal and as a picture.

Run from the checkout: `python -m samples.make_samples`. The same seed gives the same files.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.recording import Recording
from ecgmm.resampling import resample
from ecgmm.simulator import Noise, simulate

FOLDER = Path(__file__).parent
NAME = "sinus_with_pvcs"
PATTERN = "NNNNV"
SIGNAL_RATE_HZ = 250.0
PICTURED_LEAD = 0
JPEG_QUALITY = 92
SEED = 7


def main() -> None:
    """Write the CSV file and the JPEG."""
    recording = simulate(
        PATTERN,
        duration_s=STRIP_S,
        heart_rate_bpm=72.0,
        sampling_rate_hz=SIGNAL_RATE_HZ,
        leads=("MLII", "V1"),
        noise=Noise(baseline_wander_mv=0.05, mains_mv=0.005, muscle_snr_db=24.0),
        seed=SEED,
        name=NAME,
    )
    write_csv(recording, FOLDER / f"{NAME}.csv")
    write_picture(recording, FOLDER / f"{NAME}.jpg")


def write_csv(recording: Recording, path: Path) -> None:
    """Write time in seconds and each lead in millivolts, to a microvolt."""
    time_s = np.arange(len(recording.signal_mv)) / recording.sampling_rate_hz
    names = ["time_s", *(f"{name}_mV" for name in recording.lead_names)]
    np.savetxt(
        path,
        np.column_stack((time_s, recording.signal_mv)),
        fmt="%.3f",
        delimiter=",",
        header=",".join(names),
        comments="",
    )


def write_picture(recording: Recording, path: Path) -> None:
    """Draw the first lead as a strip of paper: 25 mm/s, 10 mm/mV."""
    signal_mv = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    picture = draw_strip(signal_mv[:, PICTURED_LEAD], StripStyle())
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


if __name__ == "__main__":
    main()
