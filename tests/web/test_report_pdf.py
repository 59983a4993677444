"""The PDF report: everything that the text report says, on pages that hold it."""

import pypdfium2
import pytest
from matplotlib.figure import Figure

from ecgmm.analysis.plain_words import plain_words
from ecgmm.analysis.reading import Finding, Quality, Reading, Rhythm, Summary
from ecgmm.analysis.text_report import text_report
from ecgmm.conditions import NOTHING_JUDGED
from ecgmm.web.report_pdf import report_pdf


def reading_of(findings: int, verdict: str) -> Reading:
    infarction = "Myocardial infarction, probability 97 %: inferior infarction, probability 95 %"
    return Reading(
        input="heart.csv",
        modality="signal",
        duration_s=10.0,
        leads=("II", "III"),
        beats=(),
        rhythm=Rhythm("normal", {"normal": 0.9, "af": 0.03, "other": 0.05, "noise": 0.02}),
        findings=tuple(
            Finding("infarction", f"{number}. {infarction}.", "warning", leads=("III", "aVF"))
            for number in range(findings)
        ),
        summary=Summary(60.0, dict.fromkeys("NSVFQ", 0), verdict, 0.03),
        quality=Quality(1.0),
        model_name="ecgmm",
        model_version="5",
        not_judged=NOTHING_JUDGED,
    )


@pytest.mark.parametrize(
    ("findings", "verdict", "pages"), [(0, "normal", 1), (3, "abnormal", 1), (30, "abnormal", 3)]
)
def test_nothing_that_was_read_is_left_out(findings: int, verdict: str, pages: int) -> None:
    reading = reading_of(findings, verdict)
    content = report_pdf(reading, plain_words(reading), Figure())
    document = pypdfium2.PdfDocument(content)
    assert len(document) == pages + 1
    written = " ".join(document[page].get_textpage().get_text_range() for page in range(pages))
    words_written = written.split()
    for line in text_report(reading).splitlines()[1:]:
        assert " ".join(line.split()) in " ".join(words_written)
    for page in range(pages):
        assert_inside(document[page])


def assert_inside(page: pypdfium2.PdfPage) -> None:
    """No letter leaves the page."""
    width, height = page.get_size()
    text = page.get_textpage()
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index)
        assert 0 <= left <= right <= width
        assert 0 <= bottom <= top <= height
