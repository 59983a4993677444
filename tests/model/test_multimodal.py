import keras
import numpy as np
import pytest
import tensorflow as tf
from tiny_model import TINY

from ecgmm.grid import STRIP_SAMPLES
from ecgmm.model.multimodal import IMAGE, SIGNAL, build_model, load_model, parts_of
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate

ORDERS = [
    [SIGNAL, IMAGE],
    [IMAGE, SIGNAL],
    [SIGNAL, SIGNAL, SIGNAL, IMAGE],
    [IMAGE, SIGNAL, IMAGE, IMAGE, SIGNAL, SIGNAL],
    [SIGNAL],
    [IMAGE],
    [SIGNAL] * 4,
    [IMAGE] * 4,
]


PARTS = ("signal_branch", "image_branch", "head")


class Reader:
    """The model and its parts as graphs, which run much faster than the layers one by one."""

    def __init__(self, model):
        self.model = model
        signal_branch, image_branch, head = parts_of(model)
        branches = {
            "signal": lambda rows: signal_branch(rows, training=False),
            "image": lambda rows: image_branch(rows, training=False)["features"],
        }
        shapes = {name: tf.TensorSpec(t.shape, t.dtype) for name, t in model.input.items()}
        self._mixed = tf.function(lambda inputs: model(inputs, training=False), [shapes])
        self._alone = {
            name: tf.function(
                lambda rows, branch=branch: head(branch(rows), training=False), [shapes[name]]
            )
            for name, branch in branches.items()
        }
        self._gradients = tf.function(self._trace_gradients, [shapes])

    def mixed(self, signal, image, modality):
        inputs = {"signal": signal, "image": image, "modality": np.array(modality, np.int32)}
        return {name: value.numpy() for name, value in self._mixed(inputs).items()}

    def alone(self, name, rows):
        return {name: value.numpy() for name, value in self._alone[name](rows).items()}

    def gradients(self, signal, image, modality):
        inputs = {"signal": signal, "image": image, "modality": np.array(modality, np.int32)}
        parts = self._gradients(inputs)
        return {name: [g.numpy() for g in part] for name, part in zip(PARTS, parts, strict=True)}

    def _trace_gradients(self, inputs):
        with tf.GradientTape() as tape:
            outputs = self.model(inputs, training=True)
            loss = -tf.reduce_mean(tf.math.log(outputs["beats"][..., 1]))
        variables = [
            [variable.value for variable in self.model.get_layer(part).trainable_variables]
            for part in PARTS
        ]
        return tape.gradient(loss, variables, unconnected_gradients="zero")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(3)
    return build_model(TINY)


@pytest.fixture(scope="module")
def reader(model):
    return Reader(model)


def strips(rows, steps=50):
    """The same hearts as signals and as pictures."""
    patterns = ("N", "NNV", "NNA", "NV", "NNNF", "NNNA")
    leads = [
        simulate(
            patterns[row % len(patterns)],
            duration_s=steps * 0.04,
            sampling_rate_hz=125,
            seed=row,
        ).signal_mv[:, 0]
        for row in range(rows)
    ]
    pictures = [draw_strip(lead, StripStyle())[..., None] for lead in leads]
    return np.stack(leads), np.stack(pictures)


@pytest.mark.parametrize("modality", ORDERS)
def test_each_row_of_a_mixed_batch_is_read_as_its_branch_alone_reads_it(reader, modality):
    signal, image = strips(len(modality))
    mixed = reader.mixed(signal, image, modality)
    alone = {SIGNAL: reader.alone("signal", signal), IMAGE: reader.alone("image", image)}
    for row, chosen in enumerate(modality):
        for output in ("beats", "rhythm"):
            np.testing.assert_allclose(
                mixed[output][row], alone[chosen][output][row], atol=1e-5, err_msg=f"row {row}"
            )


@pytest.mark.parametrize("modality", ORDERS)
def test_what_lies_in_the_row_that_is_not_chosen_changes_nothing(reader, modality):
    signal, image = strips(len(modality))
    clean = reader.mixed(signal, image, modality)
    for junk in (np.nan, np.inf, 1e30):
        spoiled, scribbled = signal.copy(), image.copy()
        for row, chosen in enumerate(modality):
            if chosen == IMAGE:
                spoiled[row] = junk
            else:
                scribbled[row] = np.random.default_rng(row).integers(0, 256, scribbled[row].shape)
        read_again = reader.mixed(spoiled, scribbled, modality)
        for output in ("beats", "rhythm"):
            np.testing.assert_allclose(read_again[output], clean[output], atol=1e-6)


def test_both_modalities_answer_on_the_same_grid_with_probabilities(reader):
    signal, image = strips(2, steps=250)
    outputs = reader.mixed(signal, image, [SIGNAL, IMAGE])
    assert outputs["beats"].shape == (2, 250, 6)
    assert outputs["rhythm"].shape == (2, 4)
    for probabilities in outputs.values():
        assert (probabilities >= 0).all()
        np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0, atol=1e-5)


def test_longer_windows_are_read_too(reader):
    signal, image = strips(2, steps=750)
    outputs = reader.mixed(signal, image, [SIGNAL, IMAGE])
    assert outputs["beats"].shape == (2, 750, 6)


@pytest.mark.parametrize("steps", [51, 77])
def test_windows_of_an_odd_number_of_steps_are_read_too(reader, steps):
    signal, image = strips(2, steps=steps)
    outputs = reader.mixed(signal, image, [IMAGE, SIGNAL])
    assert outputs["beats"].shape == (2, steps, 6)


@pytest.mark.parametrize("lead", [np.zeros(STRIP_SAMPLES), np.full(STRIP_SAMPLES, 1e4)])
def test_a_flat_line_and_blank_paper_are_read_without_nan(reader, lead):
    signal = lead[None].astype(np.float32).repeat(2, 0)
    image = np.full((2, 160, 1000, 1), 255, np.uint8)
    outputs = reader.mixed(signal, image, [SIGNAL, IMAGE])
    assert all(np.isfinite(value).all() for value in outputs.values())


def test_the_reading_of_a_signal_depends_on_no_offset_and_hardly_on_gain(reader):
    signal, _ = strips(1)
    plain = reader.alone("signal", signal)["beats"]
    np.testing.assert_allclose(reader.alone("signal", signal + 3.0)["beats"], plain, atol=1e-3)
    np.testing.assert_allclose(reader.alone("signal", signal * 2.0)["beats"], plain, atol=0.05)


def test_the_reading_of_a_picture_depends_on_no_brightness(reader):
    _, image = strips(1)
    plain = reader.alone("image", image)["beats"]
    darker = reader.alone("image", image - np.uint8(15))["beats"]
    np.testing.assert_allclose(darker, plain, atol=1e-4)


def gradients(reader, modality):
    signal, image = strips(len(modality))
    signal[np.array(modality) == IMAGE] = np.nan
    return reader.gradients(signal, image, modality)


@pytest.mark.parametrize(
    ("modality", "used", "unused"),
    [
        ([SIGNAL, SIGNAL], "signal_branch", "image_branch"),
        ([IMAGE, IMAGE], "image_branch", "signal_branch"),
    ],
)
def test_a_batch_of_one_modality_teaches_the_other_branch_nothing(reader, modality, used, unused):
    found = gradients(reader, modality)
    assert all((gradient == 0).all() for gradient in found[unused])
    assert any((gradient != 0).any() for gradient in found[used])
    assert all(np.isfinite(gradient).all() for part in found.values() for gradient in part)


def test_a_mixed_batch_teaches_both_branches_and_the_head(reader):
    found = gradients(reader, [SIGNAL, IMAGE, SIGNAL])
    for part in found.values():
        assert any((gradient != 0).any() for gradient in part)
        assert all(np.isfinite(gradient).all() for gradient in part)


def test_a_saved_model_reads_as_the_one_that_was_saved(model, reader, tmp_path):
    signal, image = strips(4)
    modality = [IMAGE, SIGNAL, SIGNAL, IMAGE]
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    before, after = (one.mixed(signal, image, modality) for one in (reader, Reader(loaded)))
    for output in ("beats", "rhythm"):
        np.testing.assert_allclose(after[output], before[output], atol=1e-6)


def test_the_inputs_and_outputs_have_the_names_of_the_contract(model):
    assert set(model.input) == {"signal", "image", "modality"}
    assert set(model.output) == {"beats", "rhythm"}
    assert {"signal_branch", "image_branch", "head"} <= {layer.name for layer in model.layers}
