"""Rows as people have them: screenshots, figures, scans; and pictures that hold no single row."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.rows.cut import start_times_s
from ecgmm.paper.strips import PaperStrip
from ecgmm.simulator import simulate

RATE_HZ = 500.0
WHITE = (255, 255, 255)
PINK = {"minor": (255, 205, 205), "major": (240, 150, 150)}


def signal_mv(duration_s: float = 10.0, seed: int = 0) -> np.ndarray:
    recording = simulate("NNNV", duration_s=duration_s, sampling_rate_hz=RATE_HZ, seed=seed)
    lead = recording.signal_mv[:, 0]
    return lead - (np.quantile(lead, 0.005) + np.quantile(lead, 0.995)) / 2


def draw_rows(
    signals: list[np.ndarray],
    *,
    px_per_mm: float = 6.0,
    height_mm: float = 50.0,
    left_mm: float = 0.0,
    paper: tuple[int, int, int] = WHITE,
    minor: tuple[int, int, int] | None = None,
    major: tuple[int, int, int] | None = None,
    ink: tuple[int, int, int] = (0, 0, 0),
    thickness_px: int = 2,
) -> np.ndarray:
    """Rows of ECG on one sheet, `height_mm` each."""
    width = round((left_mm + len(signals[0]) / RATE_HZ * 25) * px_per_mm)
    height = round(height_mm * len(signals) * px_per_mm)
    picture = np.full((height, width, 3), paper, np.uint8)
    for colour, step in ((minor, px_per_mm), (major, 5 * px_per_mm)):
        if colour is not None:
            picture[:, np.arange(0, width - 1, step).round().astype(int)] = colour
            picture[np.arange(0, height - 1, step).round().astype(int)] = colour
    for row, signal in enumerate(signals):
        x = (left_mm + np.arange(len(signal)) / RATE_HZ * 25) * px_per_mm
        y = ((row + 0.5) * height_mm - signal * 10) * px_per_mm
        points = np.round(np.stack([x, y], 1) * 16).astype(np.int32)
        cv2.polylines(picture, [points], False, ink, thickness_px, cv2.LINE_AA, 4)
    return picture


def assert_follows(strip: PaperStrip, signal: np.ndarray, tolerance_px: int = 1) -> None:
    """The strip's ink lies on the signal: to 1.5 px in time, to 2 px in height."""
    darkness = np.pad(255.0 - strip.grey, 8)
    x = np.arange(len(signal)) / RATE_HZ * 100
    y = STRIP_HEIGHT_PX / 2 - signal * PIXELS_PER_MV
    seen = (x < 1000) & (y > 0) & (y < STRIP_HEIGHT_PX)
    x, y = np.round(x[seen] + 8).astype(int), np.round(y[seen] + 8).astype(int)
    for part in (x < 250, x > x.max() - 250):
        ink = {
            (dx, dy): darkness[y[part] + dy, x[part] + dx].mean()
            for dx in range(-6, 7)
            for dy in range(-6, 7)
        }
        dx, dy = max(ink, key=lambda shift: ink[shift])
        assert abs(dx) <= tolerance_px
        assert abs(dy) <= 2


def only_strip(picture: np.ndarray) -> PaperStrip:
    paper = read_paper(Picture(picture))
    assert len(paper.strips) == 1, paper.faults
    return paper.strips[0]


@pytest.mark.parametrize("px_per_mm", [3.2, 5.0, 7.3, 12.0])
@pytest.mark.parametrize(
    "style",
    [
        PINK,
        {"major": (200, 200, 200)},
        {"minor": (200, 200, 255)},
        {"paper": (0, 0, 0), "major": (0, 70, 0), "ink": (0, 255, 0)},
        {"paper": (245, 235, 210), "minor": (240, 200, 180), "major": (230, 160, 140)},
    ],
    ids=["pink", "grey 5 mm", "blue 1 mm", "monitor", "tinted"],
)
def test_the_trace_keeps_its_place(px_per_mm: float, style: dict[str, Any]) -> None:
    signal = signal_mv()
    strip = only_strip(draw_rows([signal], px_per_mm=px_per_mm, **style))
    assert strip.px_per_mm == pytest.approx((px_per_mm, px_per_mm), rel=5e-3)
    assert strip.confidence > 0.6
    assert_follows(strip, signal)


def test_a_compressed_and_unevenly_lit_scan() -> None:
    signal = signal_mv()
    picture = draw_rows([signal], **PINK).astype(np.float32)
    picture *= np.linspace(0.65, 1.0, picture.shape[1])[np.newaxis, :, np.newaxis]
    picture += np.random.default_rng(0).normal(0, 5, picture.shape)
    jpeg = cv2.imencode(".jpg", picture.clip(0, 255), [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
    assert_follows(only_strip(cv2.imdecode(jpeg, cv2.IMREAD_COLOR_BGR)), signal)


def test_a_scan_that_is_a_little_crooked() -> None:
    signal = signal_mv()
    picture = draw_rows([signal], left_mm=10.0, **PINK)
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.0)
    crooked = cv2.warpAffine(picture, turn, (width, height), borderValue=WHITE)
    assert_follows(only_strip(crooked), signal)


def test_time_begins_where_the_trace_begins() -> None:
    signal = signal_mv()
    picture = draw_rows([signal], left_mm=20.0, **PINK)
    cv2.putText(picture, "II", (24, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    assert_follows(only_strip(picture), signal)


def test_a_thin_line_keeps_its_ink_when_it_is_shrunk() -> None:
    strip = only_strip(draw_rows([signal_mv()], px_per_mm=16.0, thickness_px=1, **PINK))
    assert np.median(strip.grey.min(axis=0)) < 130


def test_a_figure_with_axes_title_and_tick_labels() -> None:
    """Its tick marks run into the trace, by less than a millimetre."""
    signal = signal_mv()
    figure = Figure(figsize=(12, 3), dpi=150, layout="constrained")
    axes = figure.subplots()
    axes.plot(np.arange(len(signal)) / RATE_HZ, signal, color="black", linewidth=0.9)
    for axis, major, minor in ((axes.xaxis, 0.2, 0.04), (axes.yaxis, 0.5, 0.1)):
        axis.set_major_locator(MultipleLocator(major))
        axis.set_minor_locator(MultipleLocator(minor))
    axes.grid(which="major", color="#f0a0a0", linewidth=0.8)
    axes.grid(which="minor", color="#f8d0d0", linewidth=0.5)
    axes.set(title="Lead II", xlabel="time (s)", ylabel="mV", xlim=(0, 10))
    axes.tick_params(labelsize=5)
    file = io.BytesIO()
    figure.savefig(file)
    png = np.frombuffer(file.getvalue(), np.uint8)
    strip = only_strip(cv2.imdecode(png, cv2.IMREAD_COLOR_RGB))
    assert_follows(strip, signal, tolerance_px=3)


def test_a_short_row_says_how_long_it_is_and_is_filled_up_with_paper() -> None:
    strip = only_strip(draw_rows([signal_mv(4.0)], **PINK))
    assert strip.duration_s == pytest.approx(4.0, abs=0.05)
    assert (strip.grey[:, 410:] == 255).all()


@pytest.mark.parametrize("duration_s", [1.0, 10.05, 18.0, 30.0, 61.3])
def test_strips_cover_a_row_and_overlap(duration_s: float) -> None:
    starts_s = start_times_s(duration_s)
    assert starts_s[0] == 0
    assert starts_s[-1] + 10 >= duration_s - 0.1
    assert np.all(np.diff(starts_s) <= 8.04)
    np.testing.assert_allclose(np.array(starts_s) / 0.04, np.round(np.array(starts_s) / 0.04))


def words() -> np.ndarray:
    page = np.full((320, 2000, 3), 255, np.uint8)
    for line in range(40, 320, 40):
        text = "No trace runs along these lines of words, however long they are " * 2
        cv2.putText(page, text, (5, line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    return page


def clouds() -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, 1, (160, 1000)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 6)
    grey = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return np.stack([grey] * 3, axis=-1)


NO_ROW = {
    "words": words(),
    "words of a strip's size": cv2.resize(words(), (1000, 160)),
    "clouds": clouds(),
    "grid alone": draw_rows([np.full(5000, 99.0)], **PINK),
    "flat line": draw_rows([np.zeros(5000)], **PINK),
    "half a second": draw_rows([signal_mv(1.0)[:250]], **PINK),
    "no grid, no strip's shape": draw_rows([signal_mv()], height_mm=120),
}


@pytest.mark.parametrize("name", NO_ROW)
def test_what_is_no_single_row_is_refused_with_a_reason(name: str) -> None:
    paper = read_paper(Picture(NO_ROW[name], name))
    assert paper.strips == ()
    assert len(paper.faults) == 1


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 300),
    width=st.integers(1, 400),
    grain=st.sampled_from([1, 2, 7, 30]),
    seed=st.integers(0, 2**16),
)
def test_no_picture_of_any_size_breaks_the_reader(
    height: int, width: int, grain: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (-(-height // grain), -(-width // grain), 3), np.uint8)
    pixels = coarse.repeat(grain, axis=0).repeat(grain, axis=1)[:height, :width]
    paper = read_paper(Picture(np.ascontiguousarray(pixels)))
    assert bool(paper.strips) or bool(paper.faults)
