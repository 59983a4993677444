"""Photographed pages in the browser: what was found lies over them, and can be set right."""

from collections.abc import Callable
from typing import Any

import pytest
from printed_pages import heic, jpeg, jpeg_turned_by_exif, pdf_behind_a_cover
from visitor import OpenPage, file, read

BOTH_ROWS = "2 strips were found and read."


def test_the_grid_its_edge_and_the_rows_are_drawn_over_the_photo(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "photo.jpg", jpeg())
    page.wait_for_selector(f"text={BOTH_ROWS}")
    assert page.locator(".photo > svg .row-edge").count() == 2
    assert page.locator(".photo > svg .paper-edge").count() == 1
    grid, photo = (page.locator(f".photo > {part}").bounding_box() for part in ("svg", "img"))
    assert grid == photo
    assert page.locator(".photo .paper-grid").get_attribute("d").count("M") > 50
    assert page.locator(".photo-card .legend li").count() == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.heic", heic), ("photo.jpg", jpeg_turned_by_exif), ("photo.pdf", pdf_behind_a_cover)],
    ids=["HEIC", "EXIF", "second page of a PDF"],
)
def test_whatever_a_phone_sends_is_read_alike(
    analyze: Callable[..., Any], client: Any, name: str, content: Callable[[], bytes]
) -> None:
    inputs = analyze({"plain.jpg": jpeg(), name: content()})["inputs"]
    plain, sent = (
        client.get(f"/api/v1/readings/{entry['reading_id']}/view").json()["picture"]
        for entry in inputs
    )
    assert len(plain["strips"]) == len(sent["strips"]) == 2
    for one, other in zip(plain["strips"], sent["strips"], strict=True):
        assert middle(other, sent) == pytest.approx(middle(one, plain), abs=0.05)


def middle(strip: Any, picture: Any) -> tuple[float, float]:
    """Where the middle of a row is, as shares of the picture's width and height."""
    x, y = strip["points"][len(strip["points"]) // 2]
    return x / picture["width"], y / picture["height"]


def test_a_page_set_by_hand_is_read_again_the_way_up_that_it_was_set(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "photo.jpg", jpeg())
    first = page.url
    page.click("text=Set it by hand")
    handle = page.locator(".corner").first.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(handle["x"] + handle["width"] / 2 - 4, handle["y"] + handle["height"] / 2 - 4)
    assert page.locator(".loupe").is_visible()
    page.mouse.up()
    assert not page.locator(".loupe").is_visible()
    page.click("text=Read again")
    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector(f"text={BOTH_ROWS} Its place was set by hand.")
    page.go_back()
    page.wait_for_selector(".photo-card")
    assert page.url == first


def test_a_row_that_is_no_ecg_is_drawn_with_why_it_was_not_read(open_page: OpenPage) -> None:
    page = open_page()
    route = "**/api/v1/readings/*/view"

    def refuse_first(route: Any) -> None:
        answer = route.fetch()
        view = answer.json()
        view["picture"]["strips"][0]["refusal"] = "This row is a shopping list."
        route.fulfill(response=answer, json=view)

    page.route(route, refuse_first)
    page.set_input_files("#pick", [file("photo.jpg", jpeg())])
    page.click(".upload a")
    page.wait_for_selector("text=1 strip was found and read.")
    assert page.locator(".photo .refusal").text_content() == "This row is a shopping list."
    assert page.locator(".photo .row-refused").count() == 1
