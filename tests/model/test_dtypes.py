"""Layers take `dtype` as those of Keras do."""

import keras
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.grid import STRIP_SAMPLES
from ecgmm.model.condition_probabilities import ConditionProbabilities
from ecgmm.model.layers import (
    AttentionPooling,
    BoxesToChannels,
    MergeRows,
    PictureConditioner,
    RepeatToMatch,
    SelectRows,
    SignalConditioner,
)
from ecgmm.model.leads import (
    AloneAmongLeads,
    AnySeen,
    CompleteLimbLeads,
    MaskedMillivolts,
    SamplesOfSteps,
    SeenPooling,
    SeenSteps,
)
from ecgmm.model.losses import KnownCrossentropy
from ecgmm.model.multimodal import build_model
from ecgmm.model.named_classes import NamedClasses
from ecgmm.model.tracer import ExpectedHeight
from ecgmm.simulator import simulate
from ecgmm.training.supervision import Divergence

FLAG = np.array([0, 1], np.int32)
LEADS_AND_SEEN = [np.ones((2, 12, 50), np.float32)] * 2
CASES = [
    (SignalConditioner, {}, np.ones((2, 1250), np.float32)),
    (PictureConditioner, {}, np.full((2, 160, 40, 1), 255, np.uint8)),
    (BoxesToChannels, {}, np.ones((2, 160, 40, 1), np.float32)),
    (RepeatToMatch, {"times": 2}, [np.ones((2, 5, 3), np.float32)] * 2),
    (MergeRows, {}, [np.ones((1, 3), np.float32), np.ones((1, 3), np.float32), FLAG]),
    (AttentionPooling, {}, np.ones((2, 5, 3), np.float32)),
    (ExpectedHeight, {}, np.ones((2, 40, 5, 10), np.float32)),
    (NamedClasses, {"class_names": ("a", "b")}, np.ones((2, 3), np.float32)),
    (SeenSteps, {}, np.ones((2, 12, 50), np.float32)),
    (CompleteLimbLeads, {}, LEADS_AND_SEEN),
    (MaskedMillivolts, {}, LEADS_AND_SEEN),
    (SeenPooling, {}, [np.ones((2, 5, 3), np.float32), np.ones((2, 5), np.float32)]),
    (SamplesOfSteps, {}, np.ones((2, 12, 5), np.float32)),
    (AnySeen, {"times": 2}, np.ones((2, 12, 5), np.float32)),
    (AloneAmongLeads, {}, np.ones((2, 50), np.float32)),
    (ConditionProbabilities, {}, np.ones((2, 3), np.float32)),
    (Divergence, {}, [np.full((2, 5, 2), 0.5, np.float32)] * 2),
]


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16", "float32", "float64"])
@pytest.mark.parametrize(("layer", "options", "inputs"), CASES, ids=lambda case: str(case)[:40])
def test_a_layer_answers_in_its_compute_dtype(layer, options, inputs, dtype) -> None:
    built = layer(**options, dtype=dtype)
    expected = keras.DTypePolicy(dtype).compute_dtype
    answers = keras.tree.flatten(built(inputs))
    assert {keras.backend.standardize_dtype(answer.dtype) for answer in answers} == {expected}
    assert {weight.dtype for weight in built.weights} <= {keras.DTypePolicy(dtype).variable_dtype}
    symbolic = keras.tree.map_structure(lambda x: keras.KerasTensor(x.shape, x.dtype), inputs)
    for spec, answer in zip(
        keras.tree.flatten(layer(**options, dtype=dtype)(symbolic)), answers, strict=True
    ):
        assert spec.dtype == expected
        assert len(spec.shape) == len(answer.shape)


@pytest.mark.parametrize("values", [np.ones((2, 3), np.float32), np.ones((2, 3), np.uint8)])
def test_rows_are_selected_as_they_are(values: np.ndarray) -> None:
    layer = SelectRows(1, dtype="mixed_float16")
    assert keras.backend.standardize_dtype(layer([values, FLAG]).dtype) == values.dtype.name
    symbolic = [keras.KerasTensor(x.shape, x.dtype.name) for x in (values, FLAG)]
    assert layer(symbolic).dtype == values.dtype.name


def test_an_offset_of_volts_costs_no_precision_in_half_precision() -> None:
    lead_mv = simulate("N", duration_s=10, sampling_rate_hz=125).signal_mv[:, 0][np.newaxis]
    exact = np.array(SignalConditioner()(lead_mv))
    half = np.array(SignalConditioner(dtype="mixed_float16")(lead_mv + 1000.0), np.float32)
    np.testing.assert_allclose(half, exact, atol=0.02)


@pytest.fixture
def mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


def test_the_whole_model_trains_in_mixed_precision(mixed_precision: None) -> None:
    keras.utils.set_random_seed(1)
    model = build_model(TINY)
    inputs = {
        "signal": np.random.default_rng(0).normal(size=(2, STRIP_SAMPLES)).astype(np.float32),
        "image": np.full((2, 160, 1000, 1), 255, np.uint8),
        "modality": FLAG,
    }
    truth = {"beats": np.zeros((2, 250), np.int32), "rhythm": np.zeros(2, np.int32)}
    model.compile("adam", loss={name: KnownCrossentropy() for name in truth})
    losses = model.fit(inputs, truth, epochs=4, verbose=0).history["loss"]
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}
    assert losses[-1] < losses[0]
