"""The head for conditions: any set of leads, nothing read where nothing was seen."""

import keras
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.conditions import CONDITION_CODES
from ecgmm.leads import LEADS, SUMS_OF_I_AND_II
from ecgmm.model.conditions_head import build_conditions_head, calibrated_head, thresholds_of
from ecgmm.model.leads import (
    AloneAmongLeads,
    CompleteLimbLeads,
    MaskedMillivolts,
    SeenPooling,
    SeenSteps,
)
from ecgmm.model.multimodal import (
    IMAGE,
    SIGNAL,
    assemble,
    build_model,
    conditions_head_of,
    load_model,
    parts_of,
)

SAMPLES, STEPS = 1250, 250


@pytest.fixture(scope="module")
def head() -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_conditions_head(TINY)


@pytest.fixture
def leads_mv() -> np.ndarray:
    """Twelve leads that keep Einthoven's law."""
    rng = np.random.default_rng(5)
    independent = rng.normal(0, 0.5, (2, 8, SAMPLES)).astype(np.float32)
    limbs = np.float32(tuple(SUMS_OF_I_AND_II.values())) @ independent[:, :2]
    return np.concatenate([limbs, independent[:, 2:]], axis=1)


def judged(head, leads_mv, seen):
    shown = np.broadcast_to(np.float32(seen), (len(leads_mv), len(LEADS), seen.shape[-1]))
    return head.predict_on_batch({"leads_mv": leads_mv, "seen": shown})


def seen_leads(*names):
    seen = np.zeros((len(LEADS), STEPS), np.float32)
    seen[[LEADS.index(name) for name in names]] = 1.0
    return seen


def test_every_condition_has_a_probability_of_its_own(head, leads_mv):
    probabilities = judged(head, leads_mv, seen_leads(*LEADS))
    assert probabilities.shape == (2, len(CONDITION_CODES))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_what_an_absent_lead_holds_changes_nothing(head, leads_mv):
    seen = seen_leads("I", "V2")
    changed = leads_mv.copy()
    changed[:, [1, 2, 3, 4, 5, 6, 8, 9, 10, 11]] = 7.0
    np.testing.assert_array_equal(judged(head, leads_mv, seen), judged(head, changed, seen))


def test_what_was_not_seen_of_a_lead_changes_nothing(head, leads_mv):
    seen = seen_leads("II", "V1")
    seen[:, 62:125] = 0.0
    changed = leads_mv.copy()
    changed[:, :, 5 * 62 : 5 * 125] = -3.0
    np.testing.assert_array_equal(judged(head, leads_mv, seen), judged(head, changed, seen))


def test_an_absent_lead_is_not_a_flat_line(head, leads_mv):
    leads_mv[:, 6:] = 0.0
    absent = judged(head, leads_mv, seen_leads(*LEADS[:6]))
    flat = judged(head, leads_mv, seen_leads(*LEADS))
    assert np.abs(absent - flat).max() > 1e-4


@pytest.mark.parametrize("pair", [("I", "II"), ("aVR", "aVL", "aVF"), ("III", "aVF"), ("I", "aVR")])
def test_limb_leads_that_follow_from_others_are_computed(head, leads_mv, pair):
    from_few = judged(head, leads_mv, seen_leads(*pair))
    from_all = judged(head, leads_mv, seen_leads(*LEADS[:6]))
    np.testing.assert_allclose(from_few, from_all, atol=1e-5)


def test_one_limb_lead_stays_alone(leads_mv):
    seen = np.zeros_like(leads_mv)
    seen[:, 5] = 1.0
    completed, known = CompleteLimbLeads()([leads_mv, seen])
    np.testing.assert_array_equal(known, seen)
    np.testing.assert_array_equal(completed[:, 5], leads_mv[:, 5])
    assert not np.asarray(completed)[:, :5].any()


def test_a_pause_within_a_lead_is_seen_and_a_longer_nothing_is_not():
    lead = np.ones((1, 1, SAMPLES), np.float32)
    lead[..., 200:300] = 0.0
    lead[..., 600:900] = 0.0
    seen = np.asarray(SeenSteps()(lead))[0, 0]
    assert seen[:120].all()
    assert not seen[120:180].any()
    assert seen[180:].all()


def test_a_lead_that_begins_late_is_not_seen_before():
    lead = np.zeros((1, 2, SAMPLES), np.float32)
    lead[0, 0, 625:] = 0.3
    seen = np.asarray(SeenSteps()(lead))[0]
    np.testing.assert_array_equal(seen[0], np.arange(STEPS) >= 125)
    assert not seen[1].any()


def test_gain_is_not_taken_out(leads_mv):
    seen = np.ones_like(leads_mv)
    one, twice = (np.asarray(MaskedMillivolts()([g * leads_mv, seen])) for g in (0.5, 1.0))
    np.testing.assert_allclose(twice[..., :12], 2 * one[..., :12], atol=1e-5)


def test_pooling_looks_only_where_something_was_seen():
    features = np.full((1, 4, 1), 9.0, np.float32)
    features[0, :2, 0] = (1.0, 3.0)
    pooled = SeenPooling()([features, np.float32([[1, 1, 0, 0]])])
    np.testing.assert_array_equal(pooled, [[2.0, 3.0]])


def test_calibration_moves_logits_and_carries_thresholds(head, leads_mv):
    count = len(CONDITION_CODES)
    slopes, offsets = np.linspace(0.5, 2, count), np.linspace(-1, 1, count)
    calibrated = calibrated_head(head, TINY, slopes, offsets, [0.3] * count)
    seen = seen_leads(*LEADS)
    before, after = judged(head, leads_mv, seen), judged(calibrated, leads_mv, seen)
    logits = np.log(before / (1 - before)) * slopes + offsets
    np.testing.assert_allclose(after, 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert thresholds_of(calibrated) == (0.3,) * count


def test_conditions_are_a_third_output_and_the_other_two_stay(tmp_path, head):
    beats_only = build_model(TINY)
    model = assemble(parts_of(beats_only), head)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    rng = np.random.default_rng(0)
    rows = {
        "signal": rng.normal(size=(2, SAMPLES)).astype(np.float32),
        "image": rng.integers(0, 255, (2, 160, 1000, 1)).astype(np.uint8),
        "modality": np.array([SIGNAL, IMAGE], np.int32),
    }
    expected, answer = beats_only.predict_on_batch(rows), loaded.predict_on_batch(rows)
    np.testing.assert_array_equal(answer["beats"], expected["beats"])
    np.testing.assert_array_equal(answer["rhythm"], expected["rhythm"])
    leads_mv, seen = AloneAmongLeads()(rows["signal"][:1])
    alone = conditions_head_of(loaded).predict_on_batch({"leads_mv": leads_mv, "seen": seen})
    np.testing.assert_allclose(answer["conditions"][:1], alone, atol=1e-6)


def test_a_model_trained_on_beats_alone_has_no_such_head():
    assert conditions_head_of(build_model(TINY)) is None
