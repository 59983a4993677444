"""A camera and the paper in front of it: what can go wrong between a print and its photo."""

from ecgmm.paper.camera.families import FAMILIES
from ecgmm.paper.camera.photograph import Photo, photograph
from ecgmm.paper.camera.presets import PRESETS

__all__ = ["FAMILIES", "PRESETS", "Photo", "photograph"]
