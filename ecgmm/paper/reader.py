"""From any picture to the strips of ECG in it: the one way in for pictures."""

from __future__ import annotations

from dataclasses import replace

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.picture import Picture
from ecgmm.paper.read import read_strips
from ecgmm.paper.reading.flat_copy import flat_copies
from ecgmm.paper.reading.flatness import is_flat
from ecgmm.paper.reading.geometry import Geometry, find_geometry
from ecgmm.paper.reading.page import read_page_on
from ecgmm.paper.reading.rectify import MM_PER_BOX
from ecgmm.paper.reading.sharpness import is_blurred
from ecgmm.paper.strips import PaperStrips

BLURRED = "Too blurred: no line in the picture is sharp. Hold the camera still, and closer."


def read_paper(picture: Picture) -> PaperStrips:
    """Find the rows of ECG in a picture and cut them into strips on the common grid.

    - Where the grid is even all over, or there is none, the picture is read as it lies there:
      a screenshot, a machine's report, a scan; see `read.read_flat`.
    - Otherwise it is a photo: its grid says where every point of the paper lies. Rows that begin
      with reference pulses are read whichever way the photo is turned; see
      `reading.page.read_page`. Without pulses the paper is laid flat first and then read like
      a scan.

    Args:
        picture: any picture.

    Returns:
        The strips; none, and the reason in words, where there is nothing to be read.
    """
    if picture.rgb.shape[:2] == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
        return read_strips(picture)
    geometry = find_geometry(picture.rgb)
    if geometry is None:
        flat = read_strips(picture)
        if not flat.strips and is_blurred(picture.rgb):
            return replace(flat, faults=(BLURRED,))
        return flat
    if is_flat(geometry.mesh):
        flat = read_strips(picture)
        if flat.strips:
            return flat
    page = read_page_on(picture, geometry)
    if page.rows:
        return page.strips
    for copy in flat_copies(picture, geometry):
        flat = read_strips(copy)
        if flat.strips:
            return _with_scale_of_photo(flat, geometry)
    return page.strips


def _with_scale_of_photo(flat: PaperStrips, geometry: Geometry) -> PaperStrips:
    """The strips of a flat copy, with the typical scale of the photo that it was made from."""
    px_per_mm = (geometry.box_px / geometry.scale / MM_PER_BOX,) * 2
    strips = tuple(replace(strip, px_per_mm=px_per_mm) for strip in flat.strips)
    return replace(flat, strips=strips)
