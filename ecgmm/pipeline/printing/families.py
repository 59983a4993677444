"""The families of what makes one picture of a strip differ from another.

Families that bear the name of one of `ecgmm.paper.camera` are quick imitations of it on a strip
that was already cut out of its page; the camera itself works on whole pages.
"""

from __future__ import annotations

PRINT_SHARES = {
    "other_leads": 0.35,
    "neighbours": 0.5,
    "pulse": 0.3,
    "blank": 0.25,
    "writing": 0.6,
    "ink_fade": 0.25,
    "handwriting": 0.4,
    "frame": 0.15,
}
"""What is printed or written, and the share of strips that have it."""

FAULT_SHARES = {
    "thermal_grain": 0.2,
    "folds": 0.5,
    "wrinkles": 0.25,
    "uneven_light": 0.6,
    "hand_shadow": 0.25,
    "defocus": 0.5,
    "motion_blur": 0.4,
    "low_resolution": 0.3,
    "moire": 0.4,
    "sensor_noise": 0.7,
    "jpeg": 0.5,
}
"""What happens to the paper, the light and the picture, in this order."""

FAMILIES = (*PRINT_SHARES, "warp", *FAULT_SHARES)
"""Every family."""

HELD_OUT_FAMILIES = ("moire", "folds", "handwriting", "motion_blur")
"""Never trained on: what a reader makes of them shows what it makes of the unforeseen."""

TRAINING_FAMILIES = tuple(name for name in FAMILIES if name not in HELD_OUT_FAMILIES)
"""What the network learns from."""
