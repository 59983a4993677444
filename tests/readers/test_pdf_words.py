"""What a PDF says as text comes with its page: which lead is where, the scale, the heart rate."""

from pathlib import Path

import pytest

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.picture import Picture
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.paper.vector import render
from ecgmm.paper.words.facts import printed_facts
from ecgmm.readers.pdf_file import read_pdf
from ecgmm.simulator import simulate

PX_PER_MM = 200 / 25.4


@pytest.fixture
def page():
    style = PageStyle(speed_mm_per_s=50.0, gain_mm_per_mv=5.0, header=("HR 72 bpm", "PR 164 ms"))
    return lay_out(simulate(duration_s=10.0, leads=TWELVE_LEADS), LAYOUTS["3x4+1"], style)


def read(folder: Path, page) -> Picture:
    (folder / "page.pdf").write_bytes(render(page, "pdf"))
    return read_pdf(folder / "page.pdf")


def test_every_lead_name_of_a_pdf_is_read_where_it_is_printed(page, tmp_path):
    facts = printed_facts(read(tmp_path, page).words)
    printed = [label for label in page.labels if label.text in TWELVE_LEADS]
    assert sorted(lead.name for lead in facts.leads) == sorted(label.text for label in printed)
    for label in printed:
        assert any(
            lead.name == label.text
            and abs(lead.left_px / PX_PER_MM - label.x_mm) < 1
            and abs(lead.middle_px / PX_PER_MM - (label.y_mm - label.size_mm / 3)) < 1
            for lead in facts.leads
        )


def test_the_scale_and_the_heart_rate_of_a_pdf_are_read(page, tmp_path):
    facts = printed_facts(read(tmp_path, page).words)
    assert (facts.speed_mm_per_s, facts.gain_mm_per_mv, facts.heart_rate_bpm) == (50.0, 5.0, 72.0)


def test_words_that_follow_each_other_in_the_file_without_a_space_are_told_apart(page, tmp_path):
    names = [word.text for word in read(tmp_path, page).words if set(word.text) == {"I"}]
    assert sorted(names) == ["I", "II", "II", "III"]


def test_a_pdf_that_is_a_picture_alone_says_nothing(page, tmp_path):
    from PIL import Image

    picture = read(tmp_path, page)
    Image.fromarray(picture.rgb).save(tmp_path / "scan.pdf", resolution=200)
    assert read_pdf(tmp_path / "scan.pdf").words == ()
