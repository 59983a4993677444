"""The page's monitor view as people use it, in a headless Chromium."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from browser import DESKTOP, PATIENCE_MS, PHONE, find_chromium
from ecg_uploads import csv_bytes
from served_app import serving
from spike_runtime import open_runtime
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from ecgmm.simulator import Episode, simulate_episodes
from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

playwright_api = pytest.importorskip("playwright.sync_api")
OpenPage = Callable[..., Any]

TRACE = "document.getElementById('trace')"
RATE_HZ = 125
FRAME_S = 0.2
TALL_MV = 2.0
TOKEN = "a-long-enough-secret"


class Bed:
    """A producer that sends a simulated record again and again, at true speed, until it is left.

    Args:
        address: of the server.
        stream_id: what it calls its stream.
        episodes: what it sends.
        headers: what its connection bears.
    """

    def __init__(
        self,
        address: str,
        stream_id: str,
        *episodes: Episode,
        headers: dict[str, str] | None = None,
    ) -> None:
        recording = simulate_episodes(episodes, sampling_rate_hz=RATE_HZ, leads=("II",), seed=2)
        self._signal_mv = recording.signal_mv[:, 0]
        self._address = f"{address.replace('http', 'ws')}/api/v1/stream?id={stream_id}&title=Bed+7"
        self._headers = headers or {}
        self._is_left = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> "Bed":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_left.set()
        self._thread.join()

    def _send(self) -> None:
        frames = enumerate(self._frames())
        begun_s = time.monotonic()
        while not self._is_left.is_set():
            with contextlib.suppress(ConnectionClosed), self._connected() as socket:
                for number, samples_mv in frames:
                    frame = {"sampling_rate_hz": RATE_HZ, "leads": ["II"], "sequence": number}
                    socket.send(json.dumps({**frame, "samples_mv": samples_mv}))
                    due_s = begun_s + number * FRAME_S
                    if self._is_left.wait(max(0.0, due_s - time.monotonic())):
                        break

    def _connected(self) -> ClientConnection:
        return connect(self._address, additional_headers=self._headers, ping_interval=None)

    def _frames(self) -> Iterator[list[float]]:
        size = round(FRAME_S * RATE_HZ)
        while True:
            for first in range(0, len(self._signal_mv), size):
                yield np.round(self._signal_mv[first : first + size], 3).tolist()


SINUS = Episode("N", duration_s=60.0, heart_rate_bpm=80.0)
RUN_BPM = 170.0
RUN = (Episode("N", duration_s=6.0), Episode("V", duration_s=54.0, run_rate_bpm=RUN_BPM))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[OpenPage]:
    """Opens a page; at the end of the test nothing may have gone wrong in it."""
    faults: list[str] = []
    contexts = []

    def open_page(url: str, device: dict[str, Any] = DESKTOP) -> Any:
        context = chromium.new_context(**device)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def picture_of_trace(page: Any) -> str:
    return page.evaluate(f"{TRACE}.toDataURL()")


def dark_columns(page: Any) -> int:
    """How many columns of the canvas show a trace."""
    return page.evaluate(
        """() => {
            const canvas = document.getElementById("trace");
            const { data, width, height } = canvas.getContext("2d")
                .getImageData(0, 30, canvas.width, canvas.height - 30);
            let columns = 0;
            for (let x = 0; x < width; x += 1) {
                for (let y = 0; y < height; y += 1) {
                    const at = 4 * (y * width + x);
                    if (data[at] < 60 && data[at + 1] < 60) { columns += 1; break; }
                }
            }
            return columns;
        }"""
    )


def wait_for_live(page: Any) -> None:
    page.wait_for_selector(".link-state.live")


def wait_for_rate(page: Any, lowest: int, highest: int) -> None:
    page.wait_for_function(
        """([lowest, highest]) => {
            const rate = Number(document.getElementById("rate").textContent);
            return rate >= lowest && rate <= highest;
        }""",
        arg=[lowest, highest],
    )


def test_a_trace_moves_its_beats_are_named_and_its_rate_is_shown(
    open_page: OpenPage, address: str
) -> None:
    with Bed(address, "sinus", SINUS):
        page = open_page(f"{address}/monitor")
        page.click("#streams a:has-text('Bed 7')")
        wait_for_live(page)
        wait_for_rate(page, 74, 86)
        before = picture_of_trace(page)
        page.wait_for_function(f"before => {TRACE}.toDataURL() !== before", arg=before)
        assert dark_columns(page) > 100
        assert "normal" in page.locator("#last-beat").inner_text()
        assert "Not a medical device" in page.locator("#scale").inner_text()


def test_an_alarm_is_raised_acknowledged_by_key_and_logged_for_all_viewers(
    open_page: OpenPage, address: str
) -> None:
    with Bed(address, "alarm", *RUN):
        one = open_page(f"{address}/monitor#alarm")
        other = open_page(f"{address}/monitor#alarm", PHONE)
        for page in (one, other):
            page.wait_for_selector(".alarm.critical button")
        text = one.locator(".alarm.critical .alarm-text").first.inner_text()
        assert "achycardia" in text
        assert "Critical" in one.locator("#alarm-announcer").inner_text()
        while one.locator(".alarm button").count():
            one.keyboard.press("a")
            one.wait_for_timeout(300)
        for page in (one, other):
            page.wait_for_selector(".alarm.critical.heeded")
            page.wait_for_selector("#log tr:has-text('Acknowledged')")
            page.wait_for_selector("#log tr:has-text('Raised')")


def test_the_rhythm_of_an_alarm_has_its_own_rate_and_the_trace_its_lead_name(
    open_page: OpenPage, address: str
) -> None:
    with Bed(address, "rhythm", *RUN):
        page = open_page(f"{address}/monitor#rhythm", {**DESKTOP, "locale": "de-DE"})
        page.wait_for_selector("#rhythm:has-text('Ventrikuläre Tachykardie, ')")
        shown = page.locator("#rhythm").inner_text()
        assert float(re.search(r", (\d+)/min$", shown)[1]) == pytest.approx(RUN_BPM, abs=5)
        assert page.locator("#lead-names").inner_text() == "II"
        names, trace = (page.locator(part).bounding_box() for part in ("#lead-names", "#frame"))
        assert names["x"] + names["width"] <= trace["x"]
        said = page.locator("#screen").inner_text()
        assert "Ventrikuläre Tachykardie: 5 oder mehr ventrikuläre Schläge nacheinander" in said
        for english in ("Heart rate", "Acknowledge", "Raised", "Keys", "Not a medical device"):
            assert english not in said


def test_a_lost_connection_is_said_and_found_again(open_page: OpenPage, address: str) -> None:
    connections: list[Any] = []

    def pass_on(route: Any) -> None:
        route.connect_to_server()
        connections.append(route)

    with Bed(address, "back", SINUS):
        page = open_page("about:blank")
        page.route_web_socket("**/api/v1/stream/back", pass_on)
        page.goto(f"{address}/monitor#back")
        wait_for_live(page)
        connections[0].close(code=4008, reason="too slow")
        page.wait_for_selector(".link-state.trouble:has-text('Connection lost')")
        wait_for_live(page)
        assert len(connections) >= 2


def test_limits_are_set_in_a_dialog_and_a_wrong_one_is_explained(
    open_page: OpenPage, address: str
) -> None:
    with Bed(address, "limits-view", SINUS):
        page = open_page(f"{address}/monitor#limits-view")
        wait_for_live(page)
        page.click("#limits")
        page.fill("input[name=high_bpm]", "5")
        page.click("text=Set limits")
        page.wait_for_selector("#limits-dialog .problem:has-text('high_bpm')")
        page.fill("input[name=high_bpm]", "60")
        page.click("text=Set limits")
        page.wait_for_selector("#limits-dialog", state="hidden")
        page.wait_for_selector(".alarm.warning:has-text('achycardia')")
        page.click("#limits")
        assert page.input_value("input[name=high_bpm]") == "60"


def test_a_stream_without_its_source_says_so(open_page: OpenPage, address: str) -> None:
    with Bed(address, "left", SINUS):
        page = open_page(f"{address}/monitor#left")
        wait_for_live(page)
    page.wait_for_selector(".link-state.trouble:has-text('No samples')")
    page.wait_for_selector(".watch.stale")


def test_anybody_can_watch_the_sample_or_a_recording_of_their_own(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(f"{address}/")
    heart = {"name": "heart.csv", "mimeType": "text/csv", "buffer": csv_bytes(duration_s=30.0)}
    page.set_input_files("#pick", [heart])
    page.wait_for_selector(".upload a:has-text('heart.csv')")
    page.click("text=watch one live")
    page.click("#watch-sample")
    wait_for_live(page)
    page.click("[aria-label='All streams']")
    page.click("[aria-label='Replay heart.csv']")
    wait_for_live(page)
    assert page.locator("#screen-title").inner_text() == "heart.csv"


def test_a_browser_watches_with_the_token(open_page: OpenPage) -> None:
    bearing = {"Authorization": f"Bearer {TOKEN}"}
    with (
        serving(create_app(Settings(token=TOKEN), open_runtime)) as address,
        Bed(address, "guarded", SINUS, headers=bearing),
    ):
        page = open_page(f"{address}/monitor#guarded")
        page.fill("#token", TOKEN)
        page.keyboard.press("Enter")
        wait_for_live(page)


def test_drawing_takes_no_more_memory_as_time_goes(open_page: OpenPage, address: str) -> None:
    with Bed(address, "long", SINUS):
        page = open_page(f"{address}/monitor#long")
        wait_for_live(page)
        measure = page.context.new_cdp_session(page)
        sizes = []
        for _ in range(2):
            page.wait_for_timeout(4000)
            measure.send("HeapProfiler.collectGarbage")
            sizes.append(page.evaluate("performance.memory.usedJSHeapSize"))
        assert sizes[1] - sizes[0] < 1_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_view_shuts_anybody_out_or_sticks_out(
    open_page: OpenPage, address: str, device: dict[str, Any], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with Bed(address, "open", *RUN):
        page = open_page(f"{address}/monitor", {**device, "color_scheme": scheme})
        page.wait_for_selector("#streams a")
        views = {"picker": found_by(axe, page)}
        page.goto(f"{address}/monitor#open")
        page.wait_for_selector(".alarm.critical button")
        views["alarm"] = found_by(axe, page)
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
        page.keyboard.press("a")
        page.wait_for_selector(".alarm.heeded")
        views["acknowledged"] = found_by(axe, page)
        page.click("#limits")
        views["limits"] = found_by(axe, page)
    assert {view: found for view, found in views.items() if found} == {}


def found_by(axe: Any, page: Any) -> list[Any]:
    violations = axe.run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
