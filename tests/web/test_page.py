"""The page as people use it: a headless Chromium uploads, reads, measures, corrects, exports."""

import base64
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, PHONE
from ecg_uploads import csv_bytes, photo_bytes
from spike_runtime import SLEEPY_MV
from visitor import OpenPage, file, read


def hand_over(page: Any, event: str, name: str, content: bytes) -> None:
    """Dispatch a paste or a drop that carries a file."""
    page.evaluate(
        """([event, name, encoded]) => {
            const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], name));
            const made = event === "paste"
                ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true })
                : new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
            document.getElementById("drop").dispatchEvent(made);
        }""",
        [event, name, base64.b64encode(content).decode()],
    )


def test_the_verdict_comes_first_and_says_what_it_is_not(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV"))
    first = page.locator("#reading .card").first.inner_text()
    assert first.startswith("Something unusual was found in this ECG")
    assert "% sure" in first
    assert "Not a medical device" in first
    assert "bpm" in page.locator(".facts").inner_text()


def test_the_page_of_the_api_describes_every_operation_and_its_body(open_page: OpenPage) -> None:
    page = open_page(path="/docs")
    page.wait_for_selector("text=Shapes")
    written = page.locator("main").inner_text()
    assert "[object" not in written
    assert "Body: multipart/form-data" in written
    assert (
        "sampling_rate_hz"
        in page.locator("section[aria-label='POST /api/v1/analyze']").inner_text()
    )


def test_an_unreadable_ecg_is_shown_without_a_rate_a_rhythm_or_a_beat(open_page: OpenPage) -> None:
    flat = "time_s,II_mV\n" + "".join(f"{n / 125:.3f},0.0\n" for n in range(1250))
    page = open_page()
    read(page, "flat.csv", flat.encode())
    written = page.locator("#reading").inner_text()
    assert "could not be read" in written
    for word in ("bpm", "Rhythm", "Findings", "burden"):
        assert word not in written


def test_several_files_have_their_own_cards_and_a_wrong_one_its_reason(
    open_page: OpenPage,
) -> None:
    page = open_page()
    names = {"a.csv": csv_bytes(), "notes.txt": b"no ECG", "row.png": photo_bytes()}
    page.set_input_files("#pick", [file(name, content) for name, content in names.items()])
    page.wait_for_selector(".upload.failed")
    assert "format not known" in page.locator(".upload.failed").inner_text()
    page.wait_for_selector(".upload progress", state="detached")
    assert page.locator(".upload").count() == 3
    assert page.locator(".upload a").count() == 2


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped(open_page: OpenPage, event: str) -> None:
    page = open_page()
    hand_over(page, event, "row.png", photo_bytes())
    page.click(".upload a:has-text('row.png')")
    assert "1 strip was found" in page.locator(".photo-card").inner_text()


def test_a_phone_takes_a_photo_and_nothing_sticks_out(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    camera = page.locator("#camera")
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files([file("photo.png", photo_bytes())])
    page.tap(".upload a")
    page.wait_for_selector(".viewer canvas")
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_the_paper_is_to_scale(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes(duration_s=60.0))
    page.wait_for_selector(".scale:has-text('25 mm/s, 10 mm/mV, at 100 %')")
    shown_s = page.locator(".scale").inner_text().split(" of ")[0]
    width_px = page.locator(".ecg").bounding_box()["width"]
    first, last = (float(word.split(" ")[0]) for word in shown_s.split(" to "))
    assert last - first == pytest.approx(width_px / (96 / 25.4 * 25), abs=0.1)


def test_keys_alone_lead_from_beat_to_beat_and_measure(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNNNNNV", duration_s=30.0))
    page.locator(".ecg").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    first = page.locator(".selected").inner_text()
    page.keyboard.press("n")
    second = page.locator(".selected").inner_text()
    assert "V, ventricular ectopic" in first
    assert first != second
    page.keyboard.press("p")
    assert page.locator(".selected").inner_text() == first
    page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    assert "1010 ms" in page.locator(".selected").inner_text()


def test_a_finding_shows_its_evidence_with_one_click(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNNNNNV", duration_s=30.0))
    page.locator(".finding summary").first.click()
    page.locator(".evidence button").nth(1).click()
    assert "V, ventricular ectopic" in page.locator(".selected").inner_text()


def test_what_spoke_for_a_beat_is_shown_when_asked(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNNNNNV", duration_s=30.0))
    page.locator(".ecg").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    lower = page.locator(".ecg").bounding_box()["height"]
    page.keyboard.press("w")
    page.wait_for_selector("text=where hiding the trace makes the model less sure of V")
    assert page.locator(".ecg").bounding_box()["height"] > lower
    page.click("text=Why?")
    assert page.locator(".ecg").bounding_box()["height"] == lower


def test_a_beat_is_chosen_by_its_mark(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes())
    first_s = page.evaluate(
        """async () => {
            const id = location.hash.split("/").pop();
            const reading = await (await fetch(`/api/v1/readings/${id}`)).json();
            return reading.beats[0].time_s;
        }"""
    )
    page.locator(".ecg").click(position={"x": first_s * 25 * 96 / 25.4, "y": 10})
    assert "Beat at" in page.locator(".selected").inner_text()


def test_a_reload_loses_no_upload(open_page: OpenPage) -> None:
    page = open_page()
    page.set_input_files("#pick", [file("slow.csv", csv_bytes(spike_mv=1.5 * SLEEPY_MV))])
    page.wait_for_selector("text=Reading the beats")
    page.reload()
    page.wait_for_selector(".upload a:has-text('slow.csv')")
    page.reload()
    assert page.locator(".upload").count() == 1


def test_a_name_is_never_read_as_html(open_page: OpenPage) -> None:
    page = open_page()
    page.set_input_files("#pick", [file("<img src=x onerror=alert(1)>.csv", csv_bytes())])
    page.click(".upload a")
    page.wait_for_selector("#headline")
    assert page.locator("#reading img, .upload img").count() == 0


def test_callipers_follow_the_mouse(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes())
    page.click("text=Callipers")
    box = page.locator(".ecg").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 200, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 + 96 / 25.4 * 25, y)
    page.mouse.up()
    assert "1000 ms, 60 a minute" in page.locator(".selected").inner_text()


def test_a_row_is_set_by_hand_and_read_again(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "desk.png", photo_bytes(margin_px=60))
    first = page.url
    page.click("text=Set it by hand")
    page.keyboard.press("ArrowRight")
    handle = page.locator(".corner").nth(2).bounding_box()
    middle = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 5, middle[1] - 5)
    page.mouse.up()
    page.check("input[value=row]")
    page.select_option(".correct-form select", "10")
    page.click("text=Read again")
    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector("text=Its place was set by hand")


@pytest.mark.parametrize(
    ("label", "name", "start"),
    [("Beats as CSV", "heart.csv", b"time_s"), ("Report as PDF", "heart.pdf", b"%PDF")],
)
def test_a_reading_is_taken_away(
    open_page: OpenPage, tmp_path: Path, label: str, name: str, start: bytes
) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes())
    page.click("text=Export")
    with page.expect_download() as download:
        page.click(f"text={label}")
    assert download.value.suggested_filename == name
    download.value.save_as(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_the_printed_page_has_the_verdict_and_no_buttons(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes("NNNV"))
    page.emulate_media(media="print")
    assert page.locator("#headline").is_visible()
    assert page.locator(".signature").is_visible()
    assert not page.locator(".actions").is_visible()
    assert page.locator(".viewer canvas.ecg").is_visible()
    assert not page.locator(".viewer .tools").is_visible()


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_view_shuts_anybody_out(open_page: OpenPage, device: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(device)
    views = {"home": [], "docs": []}

    def check(view: str) -> None:
        found = axe.run(page).response["violations"]
        views[view] = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]

    check("home")
    read(page, "heart.csv", csv_bytes("NNNV"))
    check("signal")
    page.click("text=All ECGs")
    check("list")
    read(page, "row.png", photo_bytes())
    page.click("text=Set it by hand")
    check("correction")
    page.goto(page.url.split("#")[0] + "docs")
    page.wait_for_selector(".operation")
    check("docs")
    assert {view: found for view, found in views.items() if found} == {}
