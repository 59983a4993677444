"""Where the camera stands, and where it sees the points of the sheet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

DISTANCE_MM = 400.0
"""How far a telephone is held from a sheet of A4 that is to fill its frame."""


def _straight() -> NDArray[np.float64]:
    return np.eye(3)


@dataclass(frozen=True)
class Camera:
    """A pinhole camera with one term of radial distortion.

    Attributes:
        frame_px: width and height of the photo.
        px_per_mm: resolution in the plane of the table, below the camera.
        centre_px: where the middle of the sheet is seen.
        rotation: `[3, 3]`, turns the sheet about its middle.
        distortion: how far the lens moves a point in the photo's corner, as a share of its
            distance from the middle; below 0 for a barrel.
    """

    frame_px: tuple[int, int]
    px_per_mm: float
    centre_px: tuple[float, float]
    rotation: NDArray[np.float64] = field(default_factory=_straight)
    distortion: float = 0.0

    def project(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points are seen.

        Args:
            points_mm: `[..., 3]`, from the middle of the sheet: to the right, downwards,
                towards the camera.

        Returns:
            `[..., 2]`, pixels; a whole number is the middle of a pixel.
        """
        seen = points_mm @ self.rotation.T
        nearness = DISTANCE_MM / (DISTANCE_MM - seen[..., 2:])
        straight = np.array(self.centre_px) + seen[..., :2] * nearness * self.px_per_mm
        if self.distortion == 0:
            return straight
        middle = (np.array(self.frame_px) - 1) / 2
        offset = straight - middle
        radius = np.linalg.norm(offset, axis=-1, keepdims=True) / np.linalg.norm(middle)
        return middle + offset * (1 + self.distortion * radius**2)


def straight_above(
    sheet_mm: tuple[float, float], frame_px: tuple[int, int], fill: float = 1.0
) -> Camera:
    """A camera above the middle of the sheet, which just fits into the frame.

    Args:
        sheet_mm: width and height of the sheet.
        frame_px: width and height of the photo.
        fill: how large the sheet is in the frame; 1 just fits.
    """
    px_per_mm = fill * min(frame_px[0] / sheet_mm[0], frame_px[1] / sheet_mm[1])
    centre_px = ((frame_px[0] - 1) / 2, (frame_px[1] - 1) / 2)
    return Camera(frame_px=frame_px, px_per_mm=px_per_mm, centre_px=centre_px)


def framed(camera: Camera, sheet_mm: tuple[float, float], fill: float) -> Camera:
    """Step nearer or back until the turned sheet fills the frame again.

    Args:
        camera: how the camera is held.
        sheet_mm: width and height of the sheet.
        fill: how large the sheet's bounding box is in the frame; 1 just fits.
    """
    half = np.array(sheet_mm) / 2
    corners = np.array([(x, y, 0) for x in (-half[0], half[0]) for y in (-half[1], half[1])])
    seen = camera.project(corners)
    low, high = seen.min(axis=0), seen.max(axis=0)
    factor = fill * float(np.min(np.array(camera.frame_px) / (high - low)))
    middle = (np.array(camera.frame_px) - 1) / 2
    centre = middle + factor * (np.array(camera.centre_px) - (low + high) / 2)
    return replace(
        camera,
        px_per_mm=camera.px_per_mm * factor,
        centre_px=(float(centre[0]), float(centre[1])),
    )
