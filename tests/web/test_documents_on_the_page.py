"""A document of several pages on the web: each page is a reading, and leads to the others."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from paper_documents import ecg_page, letter, pdf
from visitor import OpenPage, read

DOCUMENT = {"report.pdf": pdf(letter(), ecg_page(60.0), ecg_page(90.0))}


def pages_of(client: TestClient, reading_id: str) -> list[dict[str, Any]]:
    return client.get(f"/api/v1/readings/{reading_id}/view").json()["pages"]


def test_each_page_is_a_reading_of_its_own(client: TestClient, analyze: Callable[..., Any]) -> None:
    job = analyze(DOCUMENT)
    (result,) = job["results"]
    assert result["page"] == 2
    assert [page["page"] for page in result["pages"]] == [1, 3]
    pages = pages_of(client, job["inputs"][0]["reading_id"])
    assert [page["page"] for page in pages] == [1, 2, 3]
    assert pages[0]["words"] == "no ECG"
    for page in pages:
        path = f"/api/v1/readings/{page['reading_id']}"
        assert client.get(path).json()["page"] == page["page"]
        assert client.get(f"{path}/picture").status_code == 200
        assert client.get(f"{path}/export/png").status_code == 200
        assert pages_of(client, page["reading_id"]) == pages


def test_a_page_set_by_hand_still_leads_to_the_others(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    pages = pages_of(client, analyze(DOCUMENT)["inputs"][0]["reading_id"])
    path = f"/api/v1/readings/{pages[2]['reading_id']}"
    picture = client.get(f"{path}/view").json()["picture"]
    right, bottom = picture["width"] - 1, picture["height"] - 1
    corners = [[0, 0], [right, 0], [right, bottom], [0, bottom]]
    job = client.post(f"{path}/corrections", json={"corners": corners}).json()
    corrected = job["inputs"][0]["reading_id"]
    assert client.get(f"/api/v1/readings/{corrected}").json()["page"] == 3
    assert pages_of(client, corrected) == pages


def test_whoever_forgets_a_document_forgets_all_of_its_pages(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    reading_id = analyze(DOCUMENT)["inputs"][0]["reading_id"]
    pages = pages_of(client, reading_id)
    assert client.delete(f"/api/v1/readings/{reading_id}").status_code == 204
    for page in pages:
        assert client.get(f"/api/v1/readings/{page['reading_id']}").status_code == 404


def test_a_visitor_goes_from_page_to_page(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "report.pdf", DOCUMENT["report.pdf"])
    assert page.locator(".pages li").count() == 3
    assert page.locator(".pages a[aria-current]").inner_text().startswith("Page 2")
    page.click(".pages a:has-text('Page 1')")
    page.wait_for_selector("text=No ECG on page 1.")
    page.click(".pages a:has-text('Page 3')")
    page.wait_for_selector(".pages a[aria-current]:has-text('Page 3')")
    assert page.locator(".photo-card").count() == 1


def test_pages_that_cannot_be_drawn_are_told(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    broken = pdf(letter(), letter()).replace(b"/Type /Page\n", b"/Type /Oops\n")
    (result,) = analyze({"broken.pdf": broken})["results"]
    assert result["summary"]["verdict"] == "unreadable"
    assert "It cannot be drawn." in result["quality"]["reasons"]
