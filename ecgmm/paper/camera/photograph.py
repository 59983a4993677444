"""The camera: from a picture of a sheet to the photo that a person takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.exposure import expose, hold
from ecgmm.paper.camera.families import generator, in_order
from ecgmm.paper.camera.fault import Fault, PixelFault, Pixels, SheetFault
from ecgmm.paper.camera.warp import Mesh


@dataclass(frozen=True)
class PointMap:
    """Where points of the sheet are in the photo.

    Attributes:
        mesh: where the camera sees the sheet; None where it sees it as it was printed.
        scale: size of the file over what the camera saw, in x and y.
    """

    mesh: Mesh | None
    scale: tuple[float, float]

    def __call__(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions in the photo.

        Args:
            points_px: `[..., 2]`, positions in the picture of the sheet; a whole number is the
                middle of a pixel.

        Returns:
            `[..., 2]`; outside the photo for what is cut off. NaN stays NaN.
        """
        seen = points_px if self.mesh is None else self.mesh.to_photo(points_px)
        return np.asarray((seen + 0.5) * np.array(self.scale) - 0.5, np.float64)


@dataclass(frozen=True)
class Photo:
    """A photo and the truth about it.

    Attributes:
        pixels: `[height, width, 3]` RGB or `[height, width]` grey, uint8, as the sheet was.
        map_points: takes positions in the picture of the sheet to positions in the photo.
    """

    pixels: Pixels
    map_points: PointMap


def photograph(
    sheet: Pixels,
    px_per_mm: float,
    faults: Sequence[Fault] = (),
    seed: int = 0,
    *,
    frame_px: tuple[int, int] | None = None,
) -> Photo:
    """Take a photo of a sheet.

    Args:
        sheet: `[height, width, 3]` RGB or `[height, width]` grey, as it was printed.
        px_per_mm: its resolution.
        faults: what goes wrong, in any order.
        seed: the same seed gives the same photo; each family draws from it on its own.
        frame_px: width and height of the photo; those of `sheet` by default.

    Returns:
        The photo. Without faults its pixels are those of the sheet.
    """
    faults = in_order(faults)
    for fault in faults:
        if isinstance(fault, SheetFault):
            sheet = fault.mark(sheet, px_per_mm, generator(seed, fault.family))
    sheet_px = sheet.shape[1], sheet.shape[0]
    shot = hold(sheet_px, px_per_mm, faults, seed, frame_px or sheet_px)
    pixels = expose(sheet, shot)
    for fault in faults:
        if isinstance(fault, PixelFault):
            pixels = fault.expose(pixels, shot.px_per_mm, generator(seed, fault.family))
    scale = pixels.shape[1] / shot.frame_px[0], pixels.shape[0] / shot.frame_px[1]
    return Photo(pixels, PointMap(shot.mesh, scale))
