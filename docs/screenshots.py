"""Takes the documentation's pictures anew: `python docs/screenshots.py [NAME...]`.

Starts `ecgmm serve`, lets a headless Chromium do what a visitor does, and saves each view beside
this file. What is read is simulated: the sample, and a page drawn and photographed by the program
itself. Needs Chromium on the PATH and the `dev` extra. About two minutes. Made elsewhere are
`contact_sheet.webp` (`benchmarks.drawn_pages --contact-sheet`) and `two_workers.png`
(`benchmarks.two_workers`).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
CHECKOUT = FOLDER.parent
SAMPLE = CHECKOUT / "samples" / "sinus_with_pvcs.csv"
DESKTOP = {"viewport": {"width": 1000, "height": 700}}
PHONE = {
    "viewport": {"width": 440, "height": 870},
    "is_mobile": True,
    "has_touch": True,
}
WEBP_QUALITY = 80
"""Text stays sharp, and a picture of a photo takes a fifth of what it takes as PNG."""
PATIENCE_MS = 120_000
PHOTO_SEED = 6
"""Of a page of twelve leads with ventricular beats."""


def main() -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(VIEWS)}")
    names = parser.parse_args().names or list(VIEWS)
    from benchmarks.web_speed import served

    with tempfile.TemporaryDirectory() as folder, served() as address, chromium() as browser:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(photographed_page())
        for name in names:
            device = PHONE if "phone" in name else DESKTOP
            with contextlib.closing(browser.new_context(**device)) as context:
                page = context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                page.goto(address)
                save(VIEWS[name](page, photo), FOLDER / f"{name}.webp")


def home(page: Page, photo: Path) -> bytes:
    """The page as it opens."""
    return page.screenshot()


def reading(page: Page, photo: Path) -> bytes:
    """A signal's reading."""
    read(page, SAMPLE)
    return page.screenshot(full_page=True)


def picture(page: Page, photo: Path) -> bytes:
    """A photo's reading, and what was found in it."""
    read(page, photo)
    return page.screenshot(full_page=True)


def correction(page: Page, photo: Path) -> bytes:
    """Corners set by hand."""
    read(page, photo)
    page.click("text=Set it by hand")
    return page.locator(".photo-card").screenshot()


def viewer(page: Page, photo: Path) -> bytes:
    """The strip, and what spoke for its first ventricular beat."""
    read(page, SAMPLE)
    page.locator(".ecg").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    page.keyboard.press("w")
    page.wait_for_selector("text=where hiding the trace makes the model less sure")
    return page.locator(".viewer").screenshot()


def printed(page: Page, photo: Path) -> bytes:
    """A reading on paper."""
    read(page, SAMPLE)
    page.emulate_media(media="print")
    return page.screenshot(full_page=True)


def several(page: Page, photo: Path) -> bytes:
    """Several files, one of which is no ECG."""
    page.set_input_files("#pick", [SAMPLE, photo, CHECKOUT / "LICENSE"])
    page.wait_for_selector(".upload.failed")
    page.wait_for_selector(".upload progress", state="detached")
    return page.screenshot(full_page=True)


def alarm(page: Page, photo: Path) -> bytes:
    """The live view when the sample's tachycardia has come."""
    page.goto(page.url.rstrip("/") + "/monitor")
    page.click("text=Watch the sample live")
    page.wait_for_selector(".alarm.critical >> nth=0")
    page.wait_for_timeout(1000)
    return page.screenshot()


def plot(page: Page, photo: Path) -> bytes:
    """What `--plot` draws of the sample."""
    out = photo.parent / "plot"
    command = [sys.executable, "-m", "ecgmm", "analyze", str(SAMPLE), "--plot", "--out", str(out)]
    subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
    (png,) = out.glob("*.png")
    return png.read_bytes()


VIEWS: dict[str, Callable[[Page, Path], bytes]] = {
    "sinus_with_pvcs": plot,
    "web_home": home,
    "web_reading": reading,
    "web_picture": picture,
    "web_correction": correction,
    "web_viewer": viewer,
    "web_print": printed,
    "web_list": several,
    "web_monitor_alarm": alarm,
    "web_phone_home": home,
    "web_phone_reading": reading,
    "web_phone_picture": picture,
    "web_phone_correction": correction,
    "web_phone_viewer": viewer,
    "web_phone_list": several,
    "web_monitor_phone": alarm,
}


def read(page: Page, path: Path) -> None:
    """Upload a file and open its reading."""
    page.set_input_files("#pick", path)
    page.click(f".upload a:has-text('{path.name}')")
    page.wait_for_selector("#headline")
    page.wait_for_selector(".viewer canvas.ecg")
    page.wait_for_load_state("networkidle")


def photographed_page() -> bytes:
    """A page of twelve leads that lies on a table, as JPEG."""
    from benchmarks.page_kinds import KINDS, draw

    (kind,) = [kind for kind in KINDS if kind.name == "report, photographed"]
    file = io.BytesIO()
    Image.fromarray(draw(kind, PHOTO_SEED, 0.4).photo.pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def save(png: bytes, path: Path) -> None:
    """Save a picture in little room."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.save(path, quality=WEBP_QUALITY, method=6)
    print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size // 1000} kB")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    main()
