"""Where do the two modalities see different things? The worst strips, side by side.

    python -m benchmarks.disagreements --out SHEET.png [--model DIR] [--data-dir DIR] [--count 12]

Strips of patients held out of training are read as signals and as phone photos of the same strips.
Those whose readings lie furthest apart are shown with what the signal says above the trace, what
the picture says below it, and the truth in between.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.strips import encode_png
from ecgmm.evaluation.photographed import phone_photo
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S, STRIP_STEPS
from ecgmm.labels import STEP_CLASSES
from ecgmm.pipeline.strips import Strip
from ecgmm.pipeline.training_set import load_training_records, records_of_folds
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.training.config import load_config
from ecgmm.training.validation import validation_strips

STRIPS_READ = 240


@dataclass(frozen=True)
class TwoReadings:
    """One strip, its photo, and what the model says of either.

    Attributes:
        strip: the truth.
        photo: `[160, 1000]` grey.
        by_signal: `[250, 6]` probabilities.
        by_picture: `[250, 6]` probabilities.
    """

    strip: Strip
    photo: NDArray[np.uint8]
    by_signal: NDArray[np.float32]
    by_picture: NDArray[np.float32]

    @property
    def distance(self) -> float:
        """Total variation between the readings, summed over the steps."""
        return float(np.abs(self.by_signal - self.by_picture).sum() / 2)


def read_twice(strips: Sequence[Strip], runtime: LocalRuntime) -> list[TwoReadings]:
    """Read strips as signals and as phone photos."""
    photos = [phone_photo(strip.signal_mv, seed) for seed, strip in enumerate(strips)]
    by_signal = runtime.signal(np.stack([strip.signal_mv for strip in strips])).beats
    by_picture = runtime.image([encode_png(photo) for photo in photos]).beats
    return [TwoReadings(*row) for row in zip(strips, photos, by_signal, by_picture, strict=True)]


def draw(worst: Sequence[TwoReadings], out: Path) -> None:
    """Write the contact sheet."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(len(worst), 1, figsize=(14, 2.6 * len(worst)), layout="tight")
    for axis, row in zip(np.atleast_1d(axes), worst, strict=True):
        axis.imshow(row.photo, cmap="gray", extent=(0, STRIP_S, 0, 40), aspect="auto")
        truth_s = row.strip.beat_position / SAMPLING_RATE_HZ
        for time_s, index in zip(truth_s, row.strip.beat_class, strict=True):
            axis.text(time_s, 20, STEP_CLASSES[index], color="black", ha="center", fontsize=8)
        for beats, height, colour in (
            (row.by_signal, 36, "tab:blue"),
            (row.by_picture, 2, "tab:red"),
        ):
            decoded = decode_beats(beats)
            for time_s, label in zip(decoded.time_s, decoded.labels, strict=True):
                axis.text(time_s, height, label, color=colour, ha="center", weight="bold")
        axis.set(ylabel=f"{row.distance:.1f}", yticks=(), xlim=(0, STRIP_S))
    figure.suptitle("above: the signal says; below: the picture says; in between: the truth")
    figure.savefig(out, dpi=70)


def main() -> None:
    """Read, rank, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the contact sheet, a PNG")
    parser.add_argument("--model", type=Path, help="a SavedModel other than the one that ships")
    parser.add_argument("--data-dir", type=Path, default=Path("~/tensorflow_datasets").expanduser())
    parser.add_argument("--count", type=int, default=12, help="strips shown")
    arguments = parser.parse_args()
    config = load_config()
    records = load_training_records(arguments.data_dir, config.datasets)
    held_out = records_of_folds(records, (config.fold,))
    strips = validation_strips(held_out, STRIP_STEPS, STRIPS_READ, rhythm_strips=0)[:STRIPS_READ]
    strips = [strip for strip in strips if strip.has_beats]
    rows = read_twice(strips, LocalRuntime(released_model(arguments.model)))
    worst = sorted(rows, key=lambda row: -row.distance)[: arguments.count]
    draw(worst, arguments.out)
    median = np.median([row.distance for row in rows])
    print(f"{arguments.out}: the worst {len(worst)} of {len(rows)}; median distance {median:.2f}")


if __name__ == "__main__":
    main()
