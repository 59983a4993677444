"""The camera outlines the page that it sees, and says what would make the photo better."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from browser import DESKTOP, PATIENCE_MS, PHONE, find_chromium
from camera_views import (
    FAR_AWAY,
    HALF_OUTSIDE,
    HEIGHT,
    ON_THE_TABLE,
    TABLE,
    WIDTH,
    View,
    save_video,
    sheet,
    view,
)

CUT = "Farther: the whole page belongs in the picture"
NONE = "No page is seen: lay it on a darker ground"
WITHIN_PX = 25
"""At 160 pixels across, one of them is eight of the camera's."""


@contextmanager
def watching(
    address: str, tmp_path: Path, frames: list[View] | None, device: dict[str, Any] = DESKTOP
) -> Iterator[Any]:
    """The page with the camera's view open; the camera plays the frames, or there is none."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    args = ["--no-sandbox", "--disable-gpu"]
    if frames:
        save_video(tmp_path / "view.y4m", frames)
        args += [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={tmp_path / 'view.y4m'}",
        ]
    faults: list[str] = []
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=args)
        page = browser.new_context(**device).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        file_title = page.goto(address).text().partition("<title>")[2].partition("</title>")[0]
        page.wait_for_function("title => document.title !== title", arg=file_title)
        page.locator("#camera").focus()
        page.keyboard.press("Enter")
        yield page
        browser.close()
    assert faults == []


def advice(page: Any, words: str) -> None:
    page.wait_for_selector(f"#camera-advice:text-is('{words}')")


def outline(page: Any) -> list[tuple[float, float]]:
    points = page.locator("#camera-outline polygon").get_attribute("points").split()
    return [tuple(map(float, point.split(","))) for point in points]


@pytest.mark.slow
def test_a_page_is_outlined_photographed_by_keyboard_and_read(address: str, tmp_path: Path) -> None:
    with watching(address, tmp_path, [view()]) as page:
        advice(page, "Page found")
        assert page.locator("#camera-frame.ready").count() == 1
        assert sorted(outline(page)) == [
            pytest.approx(corner, abs=WITHIN_PX) for corner in sorted(ON_THE_TABLE)
        ]
        assert page.evaluate("document.activeElement.id") == "camera-shoot"
        page.keyboard.press("Enter")
        page.click(".upload a:has-text('photo-')")
        page.wait_for_selector("text=2 strips were found and read.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (lambda: [view(FAR_AWAY)], "Closer"),
        (lambda: [view(page=sheet("none"))], "Closer, or sharper: no grid is seen"),
        (lambda: [view(HALF_OUTSIDE, sheet("none"))], CUT),
        (lambda: [view(light=0.12)], "More light"),
        (lambda: [np.full((HEIGHT, WIDTH, 3), TABLE, np.uint8)], NONE),
        (lambda: [cv2.resize(sheet()[:340, :604], (WIDTH, HEIGHT))], "The grid fills the picture"),
        (lambda: [view(shifted(dx)) for dx in (0, 40, 80, 120, 80, 40)], "Hold still"),
    ],
    ids=["far", "no grid", "cut", "dark", "nothing", "fills", "moving"],
)  # fmt: skip
def test_it_says_what_would_make_the_photo_better(
    address: str, tmp_path: Path, frames: Callable[[], list[View]], words: str
) -> None:
    with watching(address, tmp_path, frames()) as page:
        advice(page, words)


def shifted(dx: int) -> tuple[tuple[int, int], ...]:
    return tuple((x - 60 + dx, y) for x, y in ON_THE_TABLE)


@pytest.mark.slow
def test_without_a_camera_it_says_so_and_offers_the_file(address: str, tmp_path: Path) -> None:
    with watching(address, tmp_path, None) as page:
        page.wait_for_selector("#camera-advice:has-text('The camera cannot be used here')")
        assert page.locator("#camera-shoot").is_disabled()
        with page.expect_file_chooser():
            page.click("#camera-app")
        assert not page.locator("#camera-dialog").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_is_accessible_speaks_the_language_and_lets_the_camera_go(
    address: str, tmp_path: Path, size: dict[str, Any], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    device = {**size, "color_scheme": scheme, "locale": "de-DE", "reduced_motion": "reduce"}
    with watching(address, tmp_path, [view()], device) as page:
        advice(page, "Seite gefunden")
        violations = axe.run(page).response["violations"]
        assert [(found["id"], found["nodes"][0]["html"]) for found in violations] == []
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
        page.keyboard.press("Escape")
        assert not page.locator("#camera-dialog").is_visible()
        page.wait_for_function("() => document.getElementById('camera-video').srcObject === null")
