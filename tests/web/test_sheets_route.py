"""The leads of a reading on paper, its report to print, and a reading beside an earlier one."""

from collections.abc import Callable
from typing import Any

import pytest
from ecg_uploads import csv_bytes, twelve_leads
from fastapi.testclient import TestClient

API = "/api/v1/readings"


@pytest.fixture(scope="module")
def reading_id(analyze: Callable[..., Any]) -> str:
    return analyze({"twelve.csv": twelve_leads()})["inputs"][0]["reading_id"]


@pytest.fixture(scope="module")
def later_id(analyze: Callable[..., Any]) -> str:
    infarction = twelve_leads(inferior_gain=-1.0)
    return analyze({"later.csv": infarction})["inputs"][0]["reading_id"]


@pytest.mark.parametrize("layout", ["3x4%2B1", "6x2", "12x1", "strip"])
@pytest.mark.parametrize(
    ("kind", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_a_sheet_of_any_layout_is_drawn(
    client: TestClient, reading_id: str, layout: str, kind: str, magic: bytes
) -> None:
    response = client.get(f"{API}/{reading_id}/sheet?layout={layout}&format={kind}")
    assert response.status_code == 200
    assert response.content.startswith(magic)


def test_the_scale_is_the_one_that_was_asked_for(client: TestClient, reading_id: str) -> None:
    asked = "layout=strip&lead=V2&speed=50&gain=20"
    drawn = client.get(f"{API}/{reading_id}/sheet?{asked}").text
    assert "50 mm/s   20 mm/mV" in drawn
    assert ">V2<" in drawn


@pytest.mark.parametrize(
    ("asked", "status"),
    [("layout=9x9", 422), ("speed=30", 422), ("start_s=99", 400), ("layout=strip&lead=X", 400)],
)
def test_what_cannot_be_drawn_is_refused(
    client: TestClient, reading_id: str, asked: str, status: int
) -> None:
    response = client.get(f"{API}/{reading_id}/sheet?{asked}")
    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_twelve_leads_are_not_drawn_of_one(client: TestClient, analyze: Callable[..., Any]) -> None:
    one = analyze({"one.csv": csv_bytes()})["inputs"][0]["reading_id"]
    response = client.get(f"{API}/{one}/sheet")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "missing_leads"


def test_the_report_s_page_comes_as_a_drawing_for_print(
    client: TestClient, reading_id: str
) -> None:
    (page,) = client.get(f"{API}/{reading_id}/report").json()["pages"]
    assert page.startswith("<?xml")
    assert 'width="841.88' in page


def test_a_reading_is_laid_beside_an_earlier_one(
    client: TestClient, reading_id: str, later_id: str
) -> None:
    told = client.get(f"{API}/{later_id}/compare/{reading_id}").json()
    assert told["old"]["input"] == "twelve.csv"
    assert "infarction" in [found["code"] for found in told["findings"]["new"]]
    assert "Then twelve.csv" in told["text"]
    page = client.get(f"{API}/{later_id}/compare/{reading_id}/page?format=pdf")
    assert page.content.startswith(b"%PDF")
    nobody = "A" * 22
    assert client.get(f"{API}/{later_id}/compare/{nobody}").status_code == 404
