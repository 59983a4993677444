"""Draws the app's icons from `icon.svg`: `python docs/icons.py`.

Needs Chromium on the PATH and the `dev` extra. A launcher may cut a maskable icon to a circle of
four fifths of its width (W3C, Web App Manifest), so that one has the icon's colour to its edges
and the trace within that circle.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[1] / "ecgmm" / "web" / "static"
SAFE_SHARE = 0.8
ICONS = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-maskable-512.png": (512, SAFE_SHARE),
}
"""Name: its width in pixels, and the share of it that the drawing takes."""
GROUND = "#9b2c3f"
"""The colour of `icon.svg`."""


def main() -> None:
    """Draw them all."""
    drawing = (STATIC / "icon.svg").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (width_px, share) in ICONS.items():
            page = browser.new_page(viewport={"width": width_px, "height": width_px})
            ground = GROUND if share < 1 else "transparent"
            drawn_px, margin_px = share * width_px, (1 - share) / 2 * width_px
            page.set_content(
                f"<style>body {{ margin: {margin_px}px; background: {ground} }}"
                f"svg {{ display: block; width: {drawn_px}px }}</style>{drawing}"
            )
            page.screenshot(path=STATIC / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
