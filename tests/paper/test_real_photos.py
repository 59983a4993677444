from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_page, read_paper

SOME_PHOTOS = ("00012_hr-0", "01286_hr-0", "02256_hr-0")
"""Turned and cut off at the bottom; wrinkled; folded and written on."""


def rgb_of(archive_dir: Path, name: str) -> np.ndarray:
    path = archive_dir / "paper-ecg-photos" / f"{name}.jpg"
    if not path.exists():
        pytest.skip(f"no photos in {path.parent}")
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.real_data
@pytest.mark.parametrize("name", SOME_PHOTOS)
def test_a_crumpled_page_gives_three_rows_of_four_leads_over_a_rhythm_row(archive_dir, name):
    read = read_paper(Picture(rgb_of(archive_dir, name)))
    assert [len(strip.leads) for strip in read.strips] == [4, 4, 4, 1]
    assert read.strips[-1].leads == ("II",)
    assert not read.faults


@pytest.mark.real_data
def test_a_photo_upside_down_has_the_same_rows(archive_dir):
    rgb = rgb_of(archive_dir, SOME_PHOTOS[2])
    upright = read_page(Picture(rgb))
    turned = read_page(Picture(np.ascontiguousarray(rgb[::-1, ::-1])))
    assert turned.quarter_turns == 2
    last_px = np.array(rgb.shape[1::-1]) - 1
    for row, other in zip(upright.rows, turned.rows, strict=True):
        assert np.abs(row.baseline_px - (last_px - other.baseline_px)).max() < 3
