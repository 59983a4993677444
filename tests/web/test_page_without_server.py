"""Once it was loaded the page opens without its server, and says that it cannot read without it."""

import io
import json

from ecg_uploads import csv_bytes
from fastapi.testclient import TestClient
from PIL import Image
from visitor import OpenPage, file


def test_the_page_opens_again_and_says_that_reading_needs_the_server(open_page: OpenPage) -> None:
    page = open_page()
    open_page.expected += ["ERR_INTERNET_DISCONNECTED"]  # type: ignore[attr-defined]
    page.evaluate("navigator.serviceWorker.ready")
    page.reload(wait_until="networkidle")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("h1:has-text('Show me an ECG')")
    page.set_input_files("#pick", [file("heart.csv", csv_bytes())])
    page.wait_for_selector(".upload.failed:has-text('The server cannot be reached')")


def test_it_can_be_installed(client: TestClient) -> None:
    page = client.get("/").text
    assert 'rel="manifest" href="/static/manifest.webmanifest"' in page
    manifest = json.loads(client.get("/static/manifest.webmanifest").text)
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        drawn = client.get(icon["src"])
        assert drawn.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(drawn.content)).size
            assert icon["sizes"] == f"{width}x{height}"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert "javascript" in client.get("/service_worker.js").headers["content-type"]
