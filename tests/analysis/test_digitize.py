import itertools

import numpy as np
import pytest

from ecgmm.analysis.digitize import digitize_paper, row_leads, segments
from ecgmm.errors import InputError
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.serving.runtime import Digitized

BLANK = np.full((160, 1000), 255, np.uint8)
WAVE_MV = np.sin(np.arange(1250) / 20).astype(np.float32)


class Tracer:
    """A runtime that sees the same trace in every strip, shifted as far as each lies high."""

    model_name, model_version = "tracer", "0"

    def __init__(self, traces_mv, ecg=0.9):
        self._traces_mv, self._ecg = traces_mv, ecg

    def digitize(self, image_bytes):
        rows = len(image_bytes)
        return Digitized(
            beats=np.zeros((rows, 250, 6), np.float32),
            rhythm=np.zeros((rows, 4), np.float32),
            trace_mv=np.stack(self._traces_mv[:rows]),
            ecg=np.full(rows, self._ecg, np.float32),
        )


def strip(**kwargs):
    return PaperStrip(BLANK, **kwargs)


def digitize(*strips, traces=None, **kwargs):
    traces = traces or [WAVE_MV] * len(strips)
    return digitize_paper(PaperStrips(strips, name="page.jpg"), Tracer(traces, **kwargs))


def test_a_row_comes_back_around_its_median_however_high_it_lay_on_the_paper():
    recording = digitize(strip(lead_name="II"), traces=[WAVE_MV + 1.2])
    assert recording.lead_names == ("II",)
    assert recording.sampling_rate_hz == 125
    expected = WAVE_MV - np.median(WAVE_MV)
    np.testing.assert_allclose(recording.signal_mv[:, 0], expected, atol=1e-6)


def test_a_row_of_four_leads_is_cut_at_the_changes_and_unknown_elsewhere():
    recording = digitize(strip(lead_name="I aVR V1 V4"))
    assert recording.lead_names == ("I", "aVR", "V1", "V4")
    known = np.isfinite(recording.signal_mv)
    quarters = np.round(np.linspace(0, 1250, 5)).astype(int)
    for lead, (first, end) in enumerate(itertools.pairwise(quarters)):
        assert known[first:end, lead].all()
        assert known[:, lead].sum() == end - first


def test_a_lead_with_a_row_of_its_own_is_taken_from_there():
    rows = strip(lead_name="I II"), strip(lead_name="II")
    recording = digitize(*rows, traces=[np.zeros(1250, np.float32), WAVE_MV])
    assert recording.lead_names == ("I", "II")
    np.testing.assert_allclose(recording.signal_mv[:, 1], WAVE_MV - np.median(WAVE_MV), atol=1e-6)


def test_overlapping_strips_of_a_long_row_join_without_a_step():
    wave_mv = np.sin(np.arange(2250) / 20).astype(np.float32)
    first, second = strip(lead_name="II"), strip(lead_name="II", start_s=8.0)
    recording = digitize(first, second, traces=[wave_mv[:1250], wave_mv[1000:] + 0.4])
    assert recording.duration_s == 18.0
    steps_mv = np.abs(np.diff(recording.signal_mv[:, 0]))
    assert steps_mv.max() < 0.06


def test_what_the_reader_of_the_page_has_masked_is_unknown():
    weight = np.ones(250, np.float32)
    weight[:25] = 0
    recording = digitize(strip(lead_name="II", step_weight=weight, duration_s=8.0))
    assert np.isnan(recording.signal_mv[:125]).all()
    assert np.isfinite(recording.signal_mv[125:]).all()
    assert recording.duration_s == 8.0


def test_rows_without_names_are_numbered_and_a_strip_that_goes_on_keeps_its_row():
    rows = row_leads([strip(), strip(start_s=8.0), strip(), strip(lead_name="V1"), strip()])
    assert rows == [("row 1",), ("row 1",), ("row 2",), ("V1",), ("row 4",)]


def test_segments_share_what_the_strip_shows():
    assert list(segments(strip(duration_s=5.0), 2)) == [slice(0, 312), slice(312, 625)]


@pytest.mark.parametrize(
    ("paper", "ecg", "reason"),
    [
        (PaperStrips((), ("Too dark.",), "cat.jpg"), 0.9, "cat.jpg: Too dark."),
        (PaperStrips((strip(),), name="cat.jpg"), 0.2, "does not look like an ECG"),
    ],
)
def test_a_picture_without_an_ecg_is_refused_with_the_reason(paper, ecg, reason):
    with pytest.raises(InputError, match=reason) as caught:
        digitize_paper(paper, Tracer([WAVE_MV], ecg=ecg))
    assert caught.value.code == "no_ecg"
