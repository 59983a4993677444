"""How long people wait for what is on the screen.

    python -m benchmarks.web_speed [--repeats 5] [--hours 24] [--seed 3]

Starts `ecgmm serve --no-store` on a free port and lets a headless Chromium upload a strip of ten
seconds and a photographed page of twelve leads, each `--repeats` times: from the choice of the
file to its verdict on the screen. Then a day of two leads is uploaded and scrolled by its wheel:
the time that the page's own code takes in each frame. Chromium draws in software here, without a
graphics card, so that frames a second would say more of the machine than of the page. Everything
is simulated. Needs Chromium on the PATH and the `dev` extra; some minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.page_kinds import KINDS, draw
from benchmarks.web_load import wait_until_ready
from ecgmm.simulator import Noise, simulate

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 900_000
STRIP_S = 10.0
STRIP_HZ = 250.0
DAY_HZ = 125.0
COUNTS_PER_MV = 200
HOUR_S = 3600.0
LEADS = ("MLII", "V5")
PHOTO_KIND = "report, photographed"
PHOTO_SHOWS = 0.4
"""How hard the photo is, from 0 to 1, as in the documentation's picture of it."""
WHEEL_TURNS = 300
WHEEL_PX = 120
SMOOTH_MS = 1000 / 60
STRIP_GOAL_MS = 1500
PHOTO_GOAL_MS = 3000

# Wraps what the page asks to be called in each frame, and notes for how long that ran.
TIME_OWN_CODE = """
window.ownMs = [];
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => ask((now) => {
  const begun = performance.now();
  callback(now);
  window.ownMs.push(performance.now() - begun);
});
"""
# From the choice of a file to the first frame after its verdict has been put into the page.
TIME_READING = """() => {
  document.getElementById("pick").addEventListener("change", () => {
    const begun = performance.now();
    const seen = new MutationObserver(() => {
      if (!document.querySelector(".upload .chip")) return;
      seen.disconnect();
      requestAnimationFrame(() => { window.waitedMs = performance.now() - begun; });
    });
    seen.observe(document.body, { childList: true, subtree: true });
  }, { capture: true });
}"""


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    print("| what | goal | median | longest |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, served() as url, opened_pages(url) as open_page:
        for name, path, goal_ms in (
            ("strip of 10 s, to its verdict", strip(Path(folder), args.seed), STRIP_GOAL_MS),
            ("photo of 12 leads, to its verdict", photo(Path(folder), args.seed), PHOTO_GOAL_MS),
        ):
            waited_ms = [reading_ms(open_page(), path) for _ in range(args.repeats + 1)][1:]
            tell(name, f"{goal_ms / 1000:g} s", waited_ms)
        own_ms = scrolling_ms(open_page(), day(Path(folder), args.hours, args.seed))
        tell(f"a frame of {args.hours} h of two leads, own code", f"{SMOOTH_MS:.1f} ms", own_ms)


def tell(name: str, goal: str, durations_ms: list[float]) -> None:
    """Print a row of the table."""
    median, longest = np.percentile(durations_ms, (50, 100))
    print(f"| {name} | {goal} | {median:.1f} ms | {longest:.1f} ms |", flush=True)


def reading_ms(page: Page, path: Path) -> float:
    """From the choice of a file to its verdict on the screen."""
    page.evaluate(TIME_READING)
    page.set_input_files("#pick", path)
    page.wait_for_function("() => window.waitedMs")
    return float(page.evaluate("window.waitedMs"))


def scrolling_ms(page: Page, paths: list[Path]) -> list[float]:
    """Of the page's own code in each frame, while a long recording is scrolled by the wheel."""
    page.set_input_files("#pick", paths)
    page.click(".upload a")
    page.wait_for_selector(".viewer canvas.ecg")
    page.wait_for_load_state("networkidle")
    page.locator(".ecg").hover()
    page.evaluate("window.ownMs = []")
    for _ in range(WHEEL_TURNS):
        page.mouse.wheel(WHEEL_PX, 0)
    page.wait_for_load_state("networkidle")
    return [float(ms) for ms in page.evaluate("window.ownMs")]


def strip(folder: Path, seed: int) -> Path:
    """Ten seconds of one lead as CSV."""
    heart = simulate(
        "NNNV", duration_s=STRIP_S, sampling_rate_hz=STRIP_HZ, leads=("II",), seed=seed
    )
    rows = (f"{at / STRIP_HZ:.3f},{mv:.3f}" for at, mv in enumerate(heart.signal_mv[:, 0]))
    path = folder / "strip.csv"
    path.write_text("\n".join(("time_s,II_mV", *rows)))
    return path


def photo(folder: Path, seed: int) -> Path:
    """A page of twelve leads on a table, as JPEG."""
    (kind,) = [kind for kind in KINDS if kind.name == PHOTO_KIND]
    file = io.BytesIO()
    Image.fromarray(draw(kind, seed, PHOTO_SHOWS).photo.pixels).save(file, "JPEG", quality=90)
    path = folder / "photo.jpg"
    path.write_bytes(file.getvalue())
    return path


def day(folder: Path, hours: int, seed: int) -> list[Path]:
    """Two leads as WFDB, an hour again and again."""
    noise = Noise(baseline_wander_mv=0.05, muscle_snr_db=24.0)
    heart = simulate(
        "N" * 20 + "V",
        duration_s=HOUR_S,
        sampling_rate_hz=DAY_HZ,
        leads=LEADS,
        noise=noise,
        seed=seed,
    )
    counts = np.rint(heart.signal_mv * COUNTS_PER_MV).astype("<i2")
    signals, header = folder / "day.dat", folder / "day.hea"
    signals.write_bytes(counts.tobytes() * hours)
    lines = [f"day.dat 16 {COUNTS_PER_MV} 16 0 0 0 0 {lead}" for lead in LEADS]
    header.write_text(f"day 2 {DAY_HZ:g} {len(counts) * hours}\n" + "\n".join(lines) + "\n")
    return [header, signals]


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The web app on a free port of loopback; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ecgmm", "serve", "--no-store", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "ECGMM_TOKEN"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def opened_pages(url: str) -> Iterator[Any]:
    """What opens the page in a tab of its own, of a headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )

        def open_page() -> Page:
            page = browser.new_context().new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.add_init_script(TIME_OWN_CODE)
            page.goto(url, wait_until="networkidle")
            return page

        yield open_page
        browser.close()


if __name__ == "__main__":
    main()
