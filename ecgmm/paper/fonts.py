"""The typefaces that matplotlib brings along, for painters that need the file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.paper.style import Font

if TYPE_CHECKING:
    from PIL import ImageFont


@cache
def font_path(font: Font) -> Path:
    """The TrueType file of a typeface."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"


@cache
def pillow_font(font: Font, size_px: float) -> ImageFont.FreeTypeFont:
    """A typeface for Pillow, its em `size_px` pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(font_path(font)), size_px)
