"""A running app with one worker that needs no TensorFlow, and uploads for it."""

import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser import DESKTOP, PATIENCE_MS, find_chromium
from ecg_uploads import csv_bytes, photo_bytes
from fastapi.testclient import TestClient
from patience import PATIENCE_S
from served_app import serving
from spike_runtime import open_runtime
from visitor import OpenPage

from ecgmm.web.app import create_app
from ecgmm.web.settings import Limits, Settings

LIMITS = Limits(upload_bytes=3_000_000, parts=4, recording_s=3600.0, pending_inputs=6)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page in a browser is slow."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


def wait_until_ready(client: TestClient) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline_s, client.get("/readyz").text
        time.sleep(0.05)


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """A client of an app on loopback whose results live in memory."""
    app = create_app(Settings(limits=LIMITS), open_runtime)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        wait_until_ready(client)
        yield client


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of a server on a free port."""
    with serving(create_app(Settings(), open_runtime)) as address:
        yield address


@pytest.fixture(scope="session")
def analyze(client: TestClient) -> Callable[..., Any]:
    """Uploads files, named in the order given, and returns the job."""

    def upload(files: dict[str, bytes], **fields: str) -> Any:
        parts = [("files", (name, io.BytesIO(content))) for name, content in files.items()]
        response = client.post("/api/v1/analyze", files=parts, data=fields)
        while response.status_code == 202:
            response = client.get(response.headers["location"])
            if response.json()["state"] != "done":
                time.sleep(0.1)
                response.status_code = 202
        assert response.status_code == 200, response.text
        return response.json()

    return upload


@pytest.fixture(scope="session")
def signal_id(analyze: Callable[..., Any]) -> str:
    """A reading of a signal of twenty seconds with ventricular beats."""
    return analyze({"heart.csv": csv_bytes("NNNV", duration_s=20.0)})["inputs"][0]["reading_id"]


@pytest.fixture(scope="session")
def picture_id(analyze: Callable[..., Any]) -> str:
    """A reading of a picture of one row."""
    return analyze({"row.png": photo_bytes()})["inputs"][0]["reading_id"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[OpenPage]:
    """Opens the page; at the end nothing may have gone wrong in it but what is `expected`."""
    faults: list[str] = []
    contexts: list[Any] = []

    def open_page(device: dict[str, Any] = DESKTOP, path: str = "/") -> Any:
        context = chromium.new_context(**device)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: said.type == "error" and faults.append(said.text))
        page.goto(address + path)
        return page

    open_page.expected = []  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    expected = open_page.expected  # type: ignore[attr-defined]
    assert [fault for fault in faults if not any(part in fault for part in expected)] == []
