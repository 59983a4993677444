import itertools

import numpy as np
import pytest

from ecgmm.analysis.digitize import digitize_paper, row_leads, segments
from ecgmm.errors import InputError
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.paper.style import WATCH
from ecgmm.paper.typeset import lay_out
from ecgmm.serving.runtime import Digitized
from ecgmm.simulator import simulate

WAVE_MV = 0.6 * np.sin(np.arange(1250) / 20).astype(np.float32)
WAVE_AT_500_HZ_MV = 0.6 * np.sin(np.arange(5000) / 80)
PEN_MV = 0.03
"""A pixel: the pen is two of them wide."""


class EcgRuntime:
    """A runtime that takes every strip for an ECG, as surely as it is told."""

    model_name, model_version = "ecg", "0"

    def __init__(self, ecg):
        self._ecg = ecg

    def digitize(self, image_bytes):
        rows = len(image_bytes)
        return Digitized(
            beats=np.zeros((rows, 250, 6), np.float32),
            rhythm=np.zeros((rows, 4), np.float32),
            trace_mv=np.zeros((rows, 1250), np.float32),
            ecg=np.full(rows, self._ecg, np.float32),
        )


def strip(wave_mv=WAVE_MV, **kwargs):
    return PaperStrip(draw_strip(wave_mv, StripStyle()), **kwargs)


def digitize(*strips, ecg=0.9):
    return digitize_paper(PaperStrips(strips, name="page.jpg"), EcgRuntime(ecg))


def test_a_row_comes_back_at_500_hz_around_its_median_however_high_it_lay_on_the_paper():
    recording = digitize(strip(WAVE_MV + 0.8, lead_name="II"))
    assert recording.lead_names == ("II",)
    assert recording.sampling_rate_hz == 500
    expected = WAVE_AT_500_HZ_MV - np.median(WAVE_AT_500_HZ_MV)
    assert np.abs(recording.signal_mv[:, 0] - expected).max() < 3 * PEN_MV
    assert np.median(np.abs(recording.signal_mv[:, 0] - expected)) < PEN_MV


def test_a_row_of_four_leads_is_cut_at_the_changes_and_unknown_elsewhere():
    recording = digitize(strip(lead_name="I aVR V1 V4"))
    assert recording.lead_names == ("I", "aVR", "V1", "V4")
    known = np.isfinite(recording.signal_mv)
    for lead, (first, end) in enumerate(itertools.pairwise(range(0, 5001, 1250))):
        assert known[first:end, lead].all()
        assert known[:, lead].sum() == end - first


def test_a_lead_with_a_row_of_its_own_is_taken_from_there():
    level_mv = np.zeros(1250, np.float32)
    recording = digitize(strip(level_mv, lead_name="I II"), strip(lead_name="II"))
    assert recording.lead_names == ("I", "II")
    assert np.isfinite(recording.signal_mv[:, 1]).all()
    assert np.corrcoef(recording.signal_mv[:, 1], WAVE_AT_500_HZ_MV)[0, 1] > 0.99


def test_overlapping_strips_of_a_long_row_join_without_a_step():
    wave_mv = 0.6 * np.sin(np.arange(2250) / 20).astype(np.float32)
    first = strip(wave_mv[:1250], lead_name="II")
    second = strip(wave_mv[1000:] + 0.4, lead_name="II", start_s=8.0)
    recording = digitize(first, second)
    assert recording.duration_s == 18.0
    assert np.abs(np.diff(recording.signal_mv[:, 0])).max() < PEN_MV


def test_what_the_reader_of_the_page_has_masked_is_unknown():
    weight = np.ones(250, np.float32)
    weight[:25] = 0
    recording = digitize(strip(lead_name="II", step_weight=weight, duration_s=8.0))
    assert np.isnan(recording.signal_mv[:500]).all()
    assert np.isfinite(recording.signal_mv[500:]).all()
    assert recording.duration_s == 8.0


def test_where_no_ink_is_seen_nothing_is_said():
    torn = strip(lead_name="II")
    torn.grey[:, 600:] = 230
    recording = digitize(torn)
    assert np.isfinite(recording.signal_mv[:2900]).all()
    assert np.isnan(recording.signal_mv[3100:]).all()


def test_rows_without_names_are_numbered_and_a_strip_that_goes_on_keeps_its_row():
    rows = row_leads([strip(), strip(start_s=8.0), strip(), strip(lead_name="V1"), strip()])
    assert rows == [("row 1",), ("row 1",), ("row 2",), ("V1",), ("row 4",)]


def test_leads_change_where_the_strip_says_so():
    changing = strip(duration_s=9.8, changes_s=(2.4, 4.9, 7.4))
    assert [part.stop for part in segments(changing, 4)] == [1200, 2450, 3700, 4900]
    assert [part.stop for part in segments(changing, 2)] == [2450, 4900]


def test_segments_share_what_the_strip_shows():
    assert list(segments(strip(duration_s=5.0), 2)) == [slice(0, 1250), slice(1250, 2500)]


@pytest.mark.parametrize(
    ("paper", "ecg", "reason"),
    [
        (PaperStrips((), ("Too dark.",), "cat.jpg"), 0.9, "cat.jpg: Too dark."),
        (PaperStrips((strip(),), name="cat.jpg"), 0.2, "does not look like an ECG"),
    ],
)
def test_a_picture_without_an_ecg_is_refused_with_the_reason(paper, ecg, reason):
    with pytest.raises(InputError, match=reason) as caught:
        digitize_paper(paper, EcgRuntime(ecg))
    assert caught.value.code == "no_ecg"


def test_rows_that_go_on_come_back_as_one_signal():
    heart = simulate("N", leads=("I",), duration_s=30.0, heart_rate_bpm=73.0, seed=5)
    page = Picture(paint(lay_out(heart, LAYOUTS["watch"], WATCH), 6.0))
    recording = digitize_paper(read_paper(page), EcgRuntime(0.9))
    assert recording.signal_mv.shape[1] == 1
    assert recording.duration_s == pytest.approx(30.0, abs=0.2)
