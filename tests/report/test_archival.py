"""The report is PDF/A-2b.

veraPDF, which is what decides, is a Java program and not on PyPI: pikepdf's checker, which knows
its rules and approves of nothing that it does not know, stands in for it.
"""

import io
from collections.abc import Iterator

import matplotlib
import numpy as np
import pikepdf
import pypdfium2
import pytest
from peak_runtime import PeakRuntime
from pikepdf import pdfa
from PIL import ImageCms

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.sheet import draw_text
from ecgmm.readers.signal_file import SignalFile
from ecgmm.report.a4 import as_pdf, new_page
from ecgmm.report.pdf import report_pdf
from ecgmm.simulator import simulate


@pytest.fixture(scope="module")
def content() -> bytes:
    """Of a recording of five minutes: a page, and one by the hour."""
    heart = simulate("NNVN", duration_s=330.0, sampling_rate_hz=250.0, leads=("I", "V1"), seed=2)
    reading = analyze_recording(heart, PeakRuntime(), name="Ærø µ.csv")
    return report_pdf(reading, SignalFile.in_memory(heart))


@pytest.fixture
def report(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 2
        yield pdf


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    return (each for each in pdf.objects if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)))


def test_a_checker_of_pdf_a_finds_nothing(content: bytes) -> None:
    assert pdfa.validate_written(io.BytesIO(content), "2b").findings == []


@pytest.mark.parametrize(
    "text", ["a fine rhythm", "PR \N{GREATER-THAN OR EQUAL TO} 200 ms", "\N{GREEK SMALL LETTER PI}"]
)
def test_letters_beyond_latin_1_are_kept_and_may_be_searched(text: str) -> None:
    page, axes = new_page()
    draw_text(axes, 20, 20, text)
    content = as_pdf([page], "t")
    (shown,) = pypdfium2.PdfDocument(content)
    assert shown.get_textpage().get_text_bounded().strip() == text
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        before = io.BytesIO()
        page.savefig(before, format="pdf")
    (plain,) = pypdfium2.PdfDocument(before.getvalue())
    pictures = [np.asarray(each.render(scale=3).to_numpy()) for each in (shown, plain)]
    np.testing.assert_array_equal(*pictures)
    assert pdfa.validate_written(io.BytesIO(content), "2b").findings == []


def test_its_metadata_name_the_standard(report: pikepdf.Pdf) -> None:
    metadata = report.open_metadata()
    assert metadata.pdfa_status == "2B"
    assert report.Root.Metadata.read_bytes().lstrip().startswith(b"<?xpacket begin=")


def test_its_metadata_agree_with_its_information(report: pikepdf.Pdf) -> None:
    metadata = report.open_metadata()
    assert metadata["dc:title"] == str(report.docinfo.Title) == "ECG: Ærø µ.csv"
    assert metadata["xmp:CreatorTool"] == str(report.docinfo.Creator)
    assert metadata["pdf:Producer"] == str(report.docinfo.Producer)
    created = str(report.docinfo.CreationDate).removeprefix("D:")[:14]
    assert "".join(c for c in metadata["xmp:CreateDate"] if c.isdigit())[:14] == created
    assert set(report.docinfo.keys()) == {"/Title", "/Creator", "/Producer", "/CreationDate"}


def test_its_colours_mean_srgb(report: pikepdf.Pdf) -> None:
    (intent,) = report.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    profile = ImageCms.ImageCmsProfile(io.BytesIO(intent.DestOutputProfile.read_bytes())).profile
    assert (profile.xcolor_space, profile.device_class) == ("RGB ", "mntr")
    spaces = {str(each["/CS"]) for each in dictionaries(report) if "/CS" in each}
    assert spaces <= {"/DeviceRGB"}


def test_it_has_an_identifier_and_no_encryption(report: pikepdf.Pdf) -> None:
    assert len(report.trailer.ID) == 2
    assert not report.is_encrypted
