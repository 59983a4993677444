"""The sheet, the comparison and the printed report, on the page."""

from typing import Any

import pypdfium2
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


def test_the_printed_report_is_one_sheet_to_scale(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV"))
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("text=Print")
    page.wait_for_function("window.printed")
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((297 / 25.4 * 72, 210 / 25.4 * 72), abs=1)
