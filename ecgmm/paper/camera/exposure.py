"""What reaches the sensor: the sheet where the camera sees it, the table, and the light on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.background import Background
from ecgmm.paper.camera.families import generator
from ecgmm.paper.camera.fault import CameraFault, Fault, LightFault, Pixels, Scene, ShapeFault
from ecgmm.paper.camera.field import bands, node_count, node_positions_px, spread
from ecgmm.paper.camera.relief import flat_nodes_mm, shade
from ecgmm.paper.camera.surface import scale_light
from ecgmm.paper.camera.view import straight_above
from ecgmm.paper.camera.warp import Mesh

_GEOMETRY_CELL_MM = 0.75
_LIGHT_CELL_MM = 4.0
_SMALLEST_CELL_PX = 3
_CONTACT_SHADOW_MM = 5.0
_CONTACT_SHADOW = 0.5
_WHITE = 255
_OPAQUE = 255

Kind = TypeVar("Kind", np.uint8, np.float32)

Nodes = NDArray[np.float32]
"""`[rows, columns]` or `[rows, columns, channels]`, values at the nodes of `field`."""


@dataclass(frozen=True)
class Shot:
    """A camera held over a sheet.

    Attributes:
        faults: what is wrong, in order.
        seed: of every chance.
        sheet_px: width and height of the picture of the sheet.
        frame_px: width and height of the photo.
        px_per_mm: pixels a millimetre of the sheet, at the photo's middle.
        bent: the sheet's own nodes in millimetres, `[rows, columns, 3]`, and where the camera
            sees them; None where it is flat and seen straight from above, filling the frame.
    """

    faults: Sequence[Fault]
    seed: int
    sheet_px: tuple[int, int]
    frame_px: tuple[int, int]
    px_per_mm: float
    bent: tuple[NDArray[np.float64], Mesh] | None

    @property
    def mesh(self) -> Mesh | None:
        """Where the camera sees the sheet; None where it sees it as it was printed."""
        return None if self.bent is None else self.bent[1]

    @property
    def cell_px(self) -> int:
        """Distance of the nodes: geometry needs closer ones than light."""
        cell_mm = _LIGHT_CELL_MM if self.bent is None else _GEOMETRY_CELL_MM
        return max(_SMALLEST_CELL_PX, round(cell_mm * self.px_per_mm))


def hold(
    sheet_px: tuple[int, int],
    px_per_mm: float,
    faults: Sequence[Fault],
    seed: int,
    frame_px: tuple[int, int],
) -> Shot:
    """Bend the sheet and hold the camera over it."""
    shapes = [fault for fault in faults if isinstance(fault, ShapeFault)]
    aims = [fault for fault in faults if isinstance(fault, CameraFault)]
    if not shapes and not aims and frame_px == sheet_px:
        return Shot(faults, seed, sheet_px, frame_px, px_per_mm, bent=None)
    sheet_mm = sheet_px[0] / px_per_mm, sheet_px[1] / px_per_mm
    flat_mm = flat_nodes_mm(sheet_mm)
    x_mm, y_mm = flat_mm[..., 0], flat_mm[..., 1]
    nodes_mm = flat_mm.copy()
    for shape in shapes:
        nodes_mm += shape.displacement_mm(x_mm, y_mm, generator(seed, shape.family))
    camera = straight_above(sheet_mm, frame_px)
    for aim in aims:
        camera = aim.aim(camera, sheet_mm, generator(seed, aim.family))
    mesh = Mesh(camera.project(nodes_mm), sheet_px)
    return Shot(faults, seed, sheet_px, frame_px, camera.px_per_mm, (nodes_mm, mesh))


def expose(sheet: Pixels, shot: Shot) -> Pixels:
    """The picture on the sensor, before lens blur and noise.

    Args:
        sheet: `[height, width, 3]` or `[height, width]`.
        shot: the camera over it.
    """
    lamps = _lamps(shot, coloured=sheet.ndim == 3)
    if shot.bent is None:
        return sheet if lamps is None else _lit(sheet, shot, lamps)
    nodes_mm, mesh = shot.bent
    seen = _sheet_at_nodes(shot, mesh)
    shading, contact = _relief_light(shot, nodes_mm, seen)
    photo = _lit(_table(shot, sheet.ndim), shot, _product(lamps, contact))
    on_sheet = _product(lamps, shading)
    width, height = shot.frame_px
    for band in bands(height, shot.cell_px):
        at = spread(seen, shot.cell_px, band, width)
        paper = _look_up(sheet, at)
        scale_light(paper, spread(on_sheet, shot.cell_px, band, width))
        cv2.copyTo(paper, _is_inside(at, shot.sheet_px), photo[band])
    return photo


def _sheet_at_nodes(shot: Shot, mesh: Mesh) -> Nodes:
    """`[rows, columns, 2]`, the point of the sheet that is seen at each node of the photo."""
    x, y = (
        node_positions_px(node_count(side, shot.cell_px), shot.cell_px) for side in shot.frame_px
    )
    nodes_px = np.stack(np.meshgrid(x, y), axis=-1)
    seen = mesh.to_sheet(nodes_px.reshape(-1, 2))
    return seen.reshape(nodes_px.shape).astype(np.float32)


def _lamps(shot: Shot, *, coloured: bool) -> Nodes | None:
    """The light of the faults on each node, or None where it is even."""
    width, height = shot.frame_px
    scene = Scene(
        rows=node_count(height, shot.cell_px),
        columns=node_count(width, shot.cell_px),
        cell_mm=shot.cell_px / shot.px_per_mm,
    )
    total = None
    for fault in shot.faults:
        if isinstance(fault, LightFault):
            light = fault.light(scene, generator(shot.seed, fault.family))
            if light.ndim == 3 and not coloured:
                light = light.mean(axis=-1)
            total = _product(total, light)
    return total


def _product(first: Nodes | None, second: Nodes) -> Nodes:
    if first is None or first.ndim == second.ndim:
        return second if first is None else first * second
    flat, coloured = sorted((first, second), key=np.ndim)
    return coloured * flat[..., np.newaxis]


def _relief_light(shot: Shot, nodes_mm: NDArray[np.float64], seen: Nodes) -> tuple[Nodes, Nodes]:
    """Light and shade of the sheet's relief, and the shadow that the sheet casts on the table."""
    shading = shade(nodes_mm, generator(shot.seed, "lamp"))
    node_rows, node_columns = shading.shape
    per_px = (node_columns - 1) / shot.sheet_px[0], (node_rows - 1) / shot.sheet_px[1]
    at = ((seen + 0.5) * np.array(per_px)).astype(np.float32)
    covered = (_is_inside(seen, shot.sheet_px) / _OPAQUE).astype(np.float32)
    sigma = _CONTACT_SHADOW_MM * shot.px_per_mm / shot.cell_px
    contact = 1 - _CONTACT_SHADOW * cv2.GaussianBlur(covered, (0, 0), sigma)
    return _look_up(shading, at), contact.astype(np.float32)


def _is_inside(at: NDArray[np.float32], sheet_px: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask of the positions that lie on the sheet, 255 for yes."""
    width, height = sheet_px
    return np.asarray(cv2.inRange(at, (-0.5, -0.5), (width - 0.5, height - 0.5)), np.uint8)


def _table(shot: Shot, dimensions: int) -> Pixels:
    """The table alone, filling the frame."""
    width, height = shot.frame_px
    table = np.full((height, width, 3), _WHITE, np.uint8)
    for fault in shot.faults:
        if isinstance(fault, Background):
            rng = generator(shot.seed, fault.family)
            table = fault.table(height, width, shot.px_per_mm, rng)
    return table if dimensions == 3 else np.asarray(cv2.cvtColor(table, cv2.COLOR_RGB2GRAY))


def _lit(picture: Pixels, shot: Shot, light: Nodes) -> Pixels:
    lit = picture.copy()
    width, height = shot.frame_px
    for band in bands(height, shot.cell_px):
        scale_light(lit[band], spread(light, shot.cell_px, band, width))
    return lit


def _look_up(picture: NDArray[Kind], at: NDArray[np.float32]) -> NDArray[Kind]:
    """A picture at positions, `[rows, columns, 2]`; beyond its edge, the edge."""
    x, y = cv2.split(at)
    found = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, picture.dtype)
