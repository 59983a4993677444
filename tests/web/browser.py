"""Chromium, where there is one, and the devices that it plays."""

import shutil
from typing import Any

import pytest
from patience import PATIENCE_S

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 1000 * PATIENCE_S
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def find_chromium() -> str:
    """Path of a Chromium; the test is skipped where there is none."""
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    pytest.skip(f"no Chromium on the PATH ({', '.join(CHROMIUM_NAMES)}): apt-get install chromium")
