"""A reading is corrected on the page: by mouse, by keys, and taken back."""

from typing import Any

from browser import PHONE
from ecg_uploads import csv_bytes, photo_bytes
from visitor import OpenPage, read


def counts(page: Any) -> str:
    return page.locator(".facts .counts").inner_text()


def open_corrections(page: Any) -> None:
    page.locator(".ecg").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    page.wait_for_selector(".selected:has-text('ventricular ectopic')")
    page.click("text=Correct this reading")


def test_every_beat_of_a_shape_is_called_normal_and_the_reading_follows(
    open_page: OpenPage,
) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV", duration_s=20.0))
    before = counts(page)
    assert "ventricular" in page.locator(".findings").inner_text()
    open_corrections(page)
    page.locator(".changes label:has-text('Class') select").select_option("N")
    page.click("text=Every beat of this shape")
    page.wait_for_selector("text=1 correction was made.")
    assert "ventricular" not in page.locator(".findings").inner_text()
    assert counts(page) != before
    page.click("text=Take all back")
    page.wait_for_selector(".findings:has-text('ventricular')")
    assert counts(page) == before


def test_what_cannot_be_is_said_in_the_panel(open_page: OpenPage) -> None:
    page = open_page()
    open_page.expected.append("409")  # type: ignore[attr-defined]
    read(page, "heart.csv", csv_bytes("NNNV", duration_s=20.0))
    open_corrections(page)
    page.click("text=A beat was missed there")
    page.wait_for_selector(".changes [role=alert]:has-text('between beats')")


def test_the_card_of_a_corrected_reading_tells_the_new_verdict(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV", duration_s=20.0))
    open_corrections(page)
    page.locator(".changes label:has-text('Class') select").select_option("N")
    page.click("text=Every beat of this shape")
    page.wait_for_selector("text=1 correction was made.")
    page.click("text=All ECGs")
    assert page.locator(".upload .chip").inner_text().startswith("Rhythm and beats normal")


def test_a_lead_is_renamed_and_a_phone_shows_all_of_it(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    read(page, "heart.csv", csv_bytes(duration_s=20.0))
    page.tap("text=Correct this reading")
    page.get_by_label("is in truth").fill("V5")
    page.tap("button:has-text('Rename')")
    page.wait_for_selector("text=1 correction was made.")
    assert "V5" in page.locator(".facts").inner_text()
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_the_beats_of_a_picture_are_corrected_one_by_one(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "row.png", photo_bytes())
    page.locator(".ecg").focus()
    page.click("text=Correct this reading")
    assert page.locator("text=Every beat of this shape").count() == 0
