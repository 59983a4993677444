"""From any picture to the strips of ECG in it: the one way in for pictures."""

from __future__ import annotations

from dataclasses import replace

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Picture
from ecgmm.paper.read import read_flat
from ecgmm.paper.reading.flat_copy import flat_copy, in_photo
from ecgmm.paper.reading.flatness import is_flat
from ecgmm.paper.reading.geometry import Geometry, find_geometry
from ecgmm.paper.reading.page import read_page_on
from ecgmm.paper.reading.picture_fault import picture_fault
from ecgmm.paper.reading.rectify import MM_PER_BOX
from ecgmm.paper.strips import PaperStrips


def read_paper(
    picture: Picture, *, is_upright: bool = False, options: PageOptions = NOTHING_STATED
) -> PaperStrips:
    """Find the rows of ECG in a picture and cut them into strips on the common grid.

    - Where the grid is even all over, or there is none, the picture is read as it lies there:
      a screenshot, a machine's report, a scan; see `read.read_flat`.
    - Otherwise it is a photo: its grid says where every point of the paper lies. Rows that begin
      with reference pulses are read whichever way the photo is turned; see
      `reading.page.read_page`. Without pulses nothing says which side is up: the paper is laid
      flat as it lies in the photo and then read like a scan.

    Args:
        picture: any picture.
        is_upright: whether it is known to be the right way up.
        options: what is known of its paper; it overrules what is found on it.

    Returns:
        The strips; none, and the reason in words, where there is nothing to be read.
    """
    read = _read(picture, is_upright)
    if read.strips:
        return read
    fault = picture_fault(picture.rgb)
    return replace(read, faults=(fault,)) if fault else read


def _read(picture: Picture, is_upright: bool) -> PaperStrips:
    if picture.rgb.shape[:2] == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
        return _read_flat(picture)
    geometry = find_geometry(picture.rgb)
    if geometry is None:
        return _read_flat(picture)
    return replace(_read_on(picture, geometry, is_upright), grid_px=geometry.grid_px)


def _read_on(picture: Picture, geometry: Geometry, is_upright: bool) -> PaperStrips:
    """The strips of a picture whose grid was found."""
    if is_flat(geometry.mesh):
        flat = _read_flat(picture)
        if flat.strips:
            return flat
    page = read_page_on(picture, geometry, is_upright=is_upright).strips
    if page.strips or picture_fault(picture.rgb):
        return page
    laid_flat = _read_flat(flat_copy(picture, geometry))
    return _placed_in_photo(laid_flat, geometry) if laid_flat.strips else page


def _read_flat(picture: Picture) -> PaperStrips:
    """The strips of a flat picture, each with its place."""
    read = read_flat(picture)
    strips = tuple(replace(row.strip, baseline_px=row.baseline_px) for row in read.rows)
    return replace(read.strips, strips=strips)


def _placed_in_photo(flat: PaperStrips, geometry: Geometry) -> PaperStrips:
    """The strips of a flat copy, with their place and the typical scale of the photo."""
    px_per_mm = (geometry.box_px / geometry.scale / MM_PER_BOX,) * 2
    strips = tuple(
        replace(strip, px_per_mm=px_per_mm, baseline_px=in_photo(strip.baseline_px, geometry))
        for strip in flat.strips
        if strip.baseline_px is not None
    )
    return replace(flat, strips=strips)
