"""The page speaks German, French and Spanish beside English, from files that a translator edits."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from browser import DESKTOP
from ecg_uploads import csv_bytes
from visitor import OpenPage, read

from ecgmm.analysis import plain_words, words
from ecgmm.conditions import CONDITIONS, DISEASES
from ecgmm.web.routes.page import STATIC

LANGUAGES = ("de", "fr", "es")
MESSAGES = {
    name: json.loads((STATIC / f"lang/{name}.json").read_text("utf-8")) for name in LANGUAGES
}
UNUSUAL = "Something unusual was found in this ECG"
UNTRANSLATED = {
    "ecgmm",
    "API",
    "Ctrl",
    "V",
    "A",
    "S",
    "L",
    "bpm",
    "uV",
    "mV",
    "English",
    "Deutsch",
    "Français",
    "Español",
}


def test_every_language_has_every_message() -> None:
    for name in LANGUAGES:
        assert MESSAGES[name].keys() == MESSAGES["de"].keys(), name


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(name: str) -> None:
    for english, translated in MESSAGES[name].items():
        assert translated.strip(), english
        assert placeholders(translated) == placeholders(english), english


def placeholders(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{\d\}", text))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!]) (?=[A-Z])", text)


def test_the_vocabulary_of_a_reading_is_translated() -> None:
    fixed = [
        *plain_words._HEADLINES.values(),
        *(part for text in plain_words._ADVICE.values() for part in sentences(text)),
        *(part for text in plain_words._SENTENCES.values() for part in sentences(text)),
        *plain_words._POSSIBLE_SENTENCES.values(),
        *(condition.text for condition in CONDITIONS),
        *DISEASES.values(),
        *words.BEAT_NAMES.values(),
        *words.EPISODE_NAMES.values(),
    ]
    assert [text for text in fixed if text not in MESSAGES["de"]] == []


class Texts(HTMLParser):
    """What a page's file says to people."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        quiet = {"title", "code", "option"} & set(self.inside)
        if re.search("[a-zA-Z]", text) and not quiet:
            self.found.append(text)


def test_what_the_page_says_before_anything_is_read_is_translated() -> None:
    html = (STATIC / "index.html").read_text("utf-8")
    home = html[: html.index('<details class="formats">')]
    said = [text for text in Texts(home).found if text not in UNTRANSLATED]
    assert len(said) > 10
    assert [text for text in said if text not in MESSAGES["de"]] == []


@pytest.mark.parametrize(
    ("locale", "home", "headline"),
    [
        ("de-DE", "Zeigen Sie mir ein EKG", MESSAGES["de"][UNUSUAL]),
        ("fr-FR", "Montrez-moi un ECG", MESSAGES["fr"][UNUSUAL]),
        ("es-ES", "Muéstreme un ECG", MESSAGES["es"][UNUSUAL]),
    ],
)
def test_the_page_speaks_as_the_browser_asks(
    open_page: OpenPage, locale: str, home: str, headline: str
) -> None:
    page = open_page({**DESKTOP, "locale": locale})
    page.wait_for_selector(f"h1:has-text('{home}')")
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    read(page, "heart.csv", csv_bytes("NNNV", duration_s=20.0))
    assert page.locator("#headline").inner_text() == headline
    said = page.locator(".card.verdict, .findings").all_inner_texts()
    for english in (
        "Extra beats",
        "Not judged",
        "physician",
        "premature",
        "infarction,",
        " and T changes",
    ):
        assert english not in " ".join(said)


def test_the_reader_chooses_a_language_and_it_stays(open_page: OpenPage) -> None:
    page = open_page({**DESKTOP, "locale": "it-IT"})
    page.wait_for_selector("h1:has-text('Show me an ECG')")
    page.locator("#language").select_option("fr")
    page.wait_for_selector("h1:has-text('Montrez-moi un ECG')")
    page.reload()
    page.wait_for_selector("h1:has-text('Montrez-moi un ECG')")


def test_a_name_of_a_file_is_not_taken_for_markup(open_page: OpenPage) -> None:
    page = open_page({**DESKTOP, "locale": "de-DE"})
    name = "<img src=x onerror=alert(1)>.csv"
    page.set_input_files("#pick", [file_of(name)])
    page.wait_for_selector(".upload a")
    assert "onerror" in page.locator(".upload a").inner_text()
    assert page.locator(".upload img").count() == 0


def test_a_file_chosen_before_the_words_have_come_is_read(open_page: OpenPage) -> None:
    page = open_page({**DESKTOP, "locale": "de-DE", "service_workers": "block"})
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/static/lang/de.json", hold)
    page.reload()
    page.set_input_files("#pick", [file_of("heart.csv")])
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_selector(".upload a:has-text('heart.csv')")


def file_of(name: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/csv", "buffer": csv_bytes()}


def test_what_the_live_monitor_says_before_anything_streams_is_translated() -> None:
    said = [
        text
        for text in Texts((STATIC / "monitor.html").read_text("utf-8")).found
        if text not in UNTRANSLATED
    ]
    assert len(said) > 20
    assert [text for text in said if text not in MESSAGES["de"]] == []
