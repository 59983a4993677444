import numpy as np
import pytest
from simulated_records import simulated_record

from ecgmm.evaluation import photographed
from ecgmm.evaluation.photographed import phone_photo, scanned
from ecgmm.evaluation.reading_ways import CLEAN_PICTURES, PHONE_PHOTOS, SCANNED_PICTURES, WAYS
from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.paper.camera.presets import PHONE, SCREEN_PHOTO
from ecgmm.pipeline.printing.families import HELD_OUT_FAMILIES
from ecgmm.pipeline.strips import cut_strip

STRIP = cut_strip(simulated_record(duration_s=12.0), 50, STRIP_STEPS, lead=0)


@pytest.mark.parametrize("camera", [scanned, phone_photo])
def test_the_picture_is_a_strip_and_the_same_for_the_same_seed(camera):
    first, again, other = (camera(STRIP.signal_mv, seed) for seed in (3, 3, 4))
    assert first.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("camera", [scanned, phone_photo])
def test_beats_stay_where_they_are_on_the_time_grid(camera, monkeypatch):
    monkeypatch.setattr(photographed, "SEVERITY", 0.15)
    moved = []
    for seed in range(6):
        picture = camera(STRIP.signal_mv, seed).astype(float)
        for position in STRIP.beat_position[1:-1]:
            near = round(0.8 * position)
            columns = np.arange(near - 10, near + 11)
            part = picture[: STRIP_HEIGHT_PX // 2 - 16, columns]
            ink = np.median(part, axis=1, keepdims=True) - part
            heavy = np.clip(ink, 0, None).sum(axis=0) ** 3
            moved.append((heavy @ columns) / heavy.sum() - 0.8 * position)
    assert np.median(np.abs(moved)) <= 1.5
    assert abs(np.median(moved)) <= 0.8


def test_photos_show_faults_that_were_never_trained_on():
    shown = {
        fault.family
        for preset in (PHONE, SCREEN_PHOTO)
        for seed in range(20)
        for fault in preset.faults(photographed.SEVERITY, seed)
    }
    assert set(HELD_OUT_FAMILIES) <= shown


def test_a_strip_is_read_clean_scanned_and_photographed():
    assert {CLEAN_PICTURES, SCANNED_PICTURES, PHONE_PHOTOS} < set(WAYS)
