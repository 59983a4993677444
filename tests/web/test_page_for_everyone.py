"""Every view of the page keeps to the rules of accessibility, in both schemes and both sizes."""

from typing import Any

import pytest
from browser import DESKTOP, PHONE
from ecg_uploads import RATE_HZ, csv_bytes, photo_bytes
from visitor import OpenPage, file, read


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_view_breaks_a_rule(open_page: OpenPage, device: dict[str, Any], scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page({**device, "color_scheme": scheme})
    broken = {"home": found_by(axe, page)}
    page.set_input_files("#pick", [file("numbers.txt", samples_only())])
    page.wait_for_selector(".upload.failed form")
    broken["failed"] = found_by(axe, page)
    read(page, "row.png", photo_bytes())
    broken["picture"] = found_by(axe, page)
    page.click("text=All ECGs")
    read(page, "heart.csv", csv_bytes("NNNV", duration_s=20.0))
    page.locator(".changes summary").click()
    broken["reading"] = found_by(axe, page)
    page.click("text=The leads on paper, to scale")
    page.wait_for_selector(".sheet-card img")
    page.click("text=Beside an earlier ECG")
    page.select_option(".compare-card select", label="row.png")
    page.wait_for_selector(".compare-card pre")
    broken["sheet and comparison"] = found_by(axe, page)
    assert broken == {view: [] for view in broken}


def found_by(axe: Any, page: Any) -> list[Any]:
    violations = axe.run(page).response["violations"]
    return [(found["id"], found["nodes"][0]["html"]) for found in violations]


def test_the_screen_is_dark_where_it_is_wished_and_paper_stays_white(open_page: OpenPage) -> None:
    page = open_page({**DESKTOP, "color_scheme": "dark"})
    colour = "getComputedStyle(document.body).backgroundColor"
    assert brightness(page.evaluate(colour)) < 64
    page.emulate_media(media="print")
    assert brightness(page.evaluate(colour)) > 240


def brightness(colour: str) -> float:
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(", "))
    return (red + green + blue) / 3


def test_a_card_asks_for_the_rate_that_a_file_does_not_say(open_page: OpenPage) -> None:
    page = open_page()
    page.set_input_files("#pick", [file("numbers.txt", samples_only())])
    card = page.locator(".upload")
    page.wait_for_selector(".upload.failed form")
    assert "--sampling-rate" not in card.inner_text()
    card.get_by_label("Samples a second").fill(f"{RATE_HZ:g}")
    card.get_by_label("Unit").select_option("mV")
    card.get_by_text("Read it with that").click()
    page.click(".upload a:has-text('numbers.txt')")
    page.wait_for_selector(".facts:has-text('20.0 s')")
    page.click("text=All ECGs")
    assert card.count() == 1


def samples_only() -> bytes:
    """The samples of a recording without their times."""
    _, *rows = csv_bytes("NNNV", duration_s=20.0).decode().splitlines()
    return ("MLII\n" + "".join(row.partition(",")[2] + "\n" for row in rows)).encode()
