"""The signatures `leads` and `page`: any set of leads, and a bad row stays in its row."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.export.examples import example_leads, example_pages
from ecgmm.export.saved_model import export_model
from ecgmm.model.conditions_head import build_conditions_head, calibrated_head
from ecgmm.model.multimodal import assemble, build_model, parts_of
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.serving.complaints import NOT_FINITE, NOTHING_SEEN
from ecgmm.serving.local import LocalRuntime

COUNT = len(CONDITION_CODES)
THRESHOLDS = np.linspace(0.1, 0.9, COUNT)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(3)
    head = build_conditions_head(TINY)
    head = calibrated_head(head, TINY, np.ones(COUNT), np.zeros(COUNT), THRESHOLDS.tolist())
    folder = tmp_path_factory.mktemp("trained")
    assemble(parts_of(build_model(TINY)), head).save(folder / "best.keras")
    return export_model(folder / "best.keras", folder / "ecgmm")


@pytest.fixture(scope="module")
def runtime(model_dir: Path) -> LocalRuntime:
    return LocalRuntime(model_dir)


def test_all_some_and_one_lead_are_judged(runtime: LocalRuntime) -> None:
    answer = runtime.conditions(example_leads())
    assert answer.probabilities.shape == (3, COUNT)
    assert np.isfinite(answer.probabilities).all()
    assert answer.problems == ("", "", "")


def test_thresholds_come_with_the_answer_and_lie_beside_the_model(
    runtime: LocalRuntime, model_dir: Path
) -> None:
    answer = runtime.conditions(example_leads())
    np.testing.assert_allclose(answer.thresholds, np.tile(THRESHOLDS, (3, 1)), atol=1e-6)
    labels = json.loads((model_dir / "assets.extra/labels.json").read_text())
    assert labels["conditions"] == list(CONDITION_CODES)
    assert list(labels["thresholds"].values()) == pytest.approx(THRESHOLDS)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda row: row.__setitem__((4, 100), np.nan), NOT_FINITE),
        (lambda row: row.__setitem__((0, 0), np.inf), NOT_FINITE),
        (lambda row: row.__setitem__(slice(None), 0.0), NOTHING_SEEN),
    ],
)
def test_a_bad_row_stays_in_its_row(runtime: LocalRuntime, spoil, problem: str) -> None:
    leads = example_leads()
    good = runtime.conditions(leads)
    spoil(leads[1])
    answer = runtime.conditions(leads)
    assert answer.problems == ("", problem, "")
    assert np.isnan(answer.probabilities[1]).all()
    np.testing.assert_allclose(answer.probabilities[::2], good.probabilities[::2], atol=1e-6)


def test_a_batch_of_nothing_but_bad_rows_is_answered(runtime: LocalRuntime) -> None:
    answer = runtime.conditions(np.full((2, 12, 1250), np.nan, np.float32))
    assert answer.problems == (NOT_FINITE, NOT_FINITE)
    pages = runtime.page_conditions([[b""] * 12] * 2)
    assert pages.problems == (NOTHING_SEEN, NOTHING_SEEN)
    assert np.isnan(pages.probabilities).all()


def test_a_wrong_length_is_refused_in_words(runtime: LocalRuntime) -> None:
    with pytest.raises(InputError, match="at least 310 samples"):
        runtime.conditions(np.ones((1, 12, 305), np.float32))


def test_pictures_of_all_some_and_one_lead_are_judged(runtime: LocalRuntime) -> None:
    answer = runtime.page_conditions(example_pages())
    assert np.isfinite(answer.probabilities).all()
    assert answer.problems == ("", "", "")


def test_what_a_picture_does_not_show_is_not_read(runtime: LocalRuntime) -> None:
    strip = draw_strip(example_leads()[0, 1], StripStyle())
    strip[:, 500:] = 250
    paler = strip.copy()
    paler[:, 500:] = 130
    pages = [
        [b"", cv2.imencode(".png", picture)[1].tobytes(), *[b""] * 10] for picture in (strip, paler)
    ]
    from ecgmm.export.pictures import inked_steps

    seen = inked_steps(np.stack([strip, paler])[..., None]).numpy()
    np.testing.assert_array_equal(seen, np.tile(np.arange(250) < 125, (2, 1)))
    assert runtime.page_conditions(pages).problems == ("", "")


def test_a_model_without_conditions_says_so(tmp_path: Path) -> None:
    build_model(TINY).save(tmp_path / "best.keras")
    runtime = LocalRuntime(export_model(tmp_path / "best.keras", tmp_path / "ecgmm"))
    with pytest.raises(InputError, match="does not judge conditions"):
        runtime.conditions(example_leads())
    with pytest.raises(InputError, match="does not judge conditions"):
        runtime.page_conditions(example_pages())
