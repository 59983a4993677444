"""Every kind of picture that is not an ECG, by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STRIP_WIDTH_PX
from ecgmm.pipeline.not_ecg import photos, prints, traces, unreadable
from ecgmm.pipeline.printing.config import PictureConfig
from ecgmm.pipeline.printing.spoil import spoil

Kind = Callable[[int, np.random.Generator], NDArray[np.uint8]]

KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        prints.blank_grid,
        prints.blank_paper,
        prints.text,
        prints.text_on_grid,
        prints.table,
        prints.line_chart,
        prints.bar_chart,
        prints.scatter_chart,
        prints.barcode,
        prints.handwritten,
        prints.scribbles,
        traces.eeg,
        traces.eeg_on_grid,
        traces.plethysmogram,
        traces.blood_pressure,
        traces.respiration,
        traces.sine,
        traces.square_wave,
        traces.seismogram,
        traces.stock_chart,
        traces.flat_line,
        photos.texture,
        photos.fur,
        photos.foliage,
        photos.things,
        unreadable.too_dark,
        unreadable.overexposed,
        unreadable.blurred,
        unreadable.drowned,
    )
}
"""Each takes a width in pixels and chance and draws `[160, width]`."""

HELD_OUT_KINDS = ("eeg_on_grid", "blood_pressure", "stock_chart", "bar_chart", "foliage")
"""Never trained on; the first three look most like an ECG."""

TRAINING_KINDS = tuple(name for name in KINDS if name not in HELD_OUT_KINDS)
"""What the network learns from."""


def not_ecg_picture(
    rng: np.random.Generator,
    config: PictureConfig | None = None,
    kinds: Sequence[str] = TRAINING_KINDS,
    width_px: int = STRIP_WIDTH_PX,
) -> tuple[str, NDArray[np.uint8]]:
    """A picture of something else, spoiled like the pictures of strips.

    Args:
        rng: source of chance.
        config: how it is spoiled; as for training by default.
        kinds: what it may show, names of `KINDS`.
        width_px: its width.

    Returns:
        The name of its kind, and `[160, width_px]` grey.

    Raises:
        ValueError: for a kind that there is not, or none.
    """
    unknown = [name for name in kinds if name not in KINDS]
    if unknown or not kinds:
        raise ValueError(f"Expected kinds out of {tuple(KINDS)}. Received {tuple(kinds)}.")
    name = kinds[int(rng.integers(len(kinds)))]
    return name, spoil(KINDS[name](width_px, rng), config or PictureConfig(), rng)
