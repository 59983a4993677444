"""The page of a server that has a token: it asks until it is right, or until the user gives up."""

from collections.abc import Iterator

import pytest
from ecg_uploads import csv_bytes
from served_app import serving
from spike_runtime import open_runtime
from visitor import OpenPage, file

from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

TOKEN = "a-long-enough-secret"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(create_app(Settings(token=TOKEN), open_runtime)) as address:
        yield address


@pytest.fixture(autouse=True)
def refusals_are_no_faults(open_page: OpenPage) -> None:
    """The browser notes each refused request on its console; a test of refusals expects that."""
    open_page.expected.append("401")  # type: ignore[attr-defined]


def test_a_wrong_token_is_asked_for_again_and_the_right_one_is_kept_in_the_tab(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.set_input_files("#pick", [file("heart.csv", csv_bytes())])
    page.fill("#token", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=That was not it.")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.click(".upload a")
    page.wait_for_selector("#headline")
    page.reload()
    page.wait_for_selector("#headline")
    assert not page.locator("#token-dialog").is_visible()


def test_whoever_has_none_is_told_so(open_page: OpenPage) -> None:
    page = open_page()
    page.set_input_files("#pick", [file("heart.csv", csv_bytes())])
    page.wait_for_selector("#token-dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector(".upload.failed:has-text('reads nothing without its token')")
