"""The sheet, the comparison and the printed report, on the page."""

from typing import Any

import pytest
from browser import DESKTOP, PHONE
from ecg_uploads import csv_bytes, twelve_leads
from visitor import OpenPage, read


def loaded(page: Any, selector: str) -> None:
    page.wait_for_function(
        "s => { const i = document.querySelector(s); return i?.complete && i.naturalWidth > 0; }",
        arg=selector,
    )


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_sheet_is_drawn_in_the_layout_that_is_chosen(
    open_page: OpenPage, device: dict[str, Any]
) -> None:
    page = open_page(device)
    read(page, "heart.csv", twelve_leads())
    page.click("text=The leads on paper, to scale")
    loaded(page, ".sheet-card img")
    first = page.locator(".sheet-card img").get_attribute("src")
    page.select_option("select[name=layout]", "12x1")
    page.wait_for_function(
        "first => document.querySelector('.sheet-card img').src !== first", arg=first
    )
    loaded(page, ".sheet-card img")


def test_an_earlier_reading_is_chosen_and_compared(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "earlier.csv", csv_bytes())
    page.click("text=All ECGs")
    read(page, "later.csv", csv_bytes("NNNV"))
    page.click("text=Beside an earlier ECG")
    page.select_option(".compare-card select", label="earlier.csv")
    loaded(page, ".compare-card img")
    told = page.locator(".compare-card pre").inner_text()
    assert "ventricular premature beats" in told


def test_what_is_printed_is_the_report_and_nothing_else(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV"))
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.click(".actions >> text=Print")
    page.wait_for_function("() => window.printed")
    page.emulate_media(media="print")
    sheet = page.locator(".report-page")
    assert sheet.count() == 1
    assert sheet.is_visible()
    box = sheet.bounding_box()
    assert box["width"] / 96 * 25.4 == pytest.approx(297, abs=0.5)
    assert box["height"] / 96 * 25.4 == pytest.approx(210, abs=0.5)
    assert not page.locator("#reading > :not(.report-page) >> visible=true").count()
    assert not page.locator(".top").is_visible()
