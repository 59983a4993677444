"""The served functions: raw input in, probabilities out, bad input refused by the graph."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from ecgmm.export.frozen import frozen
from ecgmm.export.fusion import fuse_layers
from ecgmm.export.pictures import decoded_strips, inked_steps
from ecgmm.export.rows import longest_steps, of_any_length, told, with_a_row
from ecgmm.export.traces import followed_traces
from ecgmm.grid import SAMPLES_PER_STEP, SHARP_WIDTH_PX, STRIP_HEIGHT_PX, STRIP_SAMPLES
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.leads import LEADS
from ecgmm.model.conditions_head import thresholds_of
from ecgmm.model.leads import SeenSteps
from ecgmm.model.multimodal import conditions_head_of
from ecgmm.serving.complaints import (
    NO_LEADS,
    NO_SIGNAL,
    NOT_FINITE,
    NOTHING_SEEN,
    SHORTEST_LEADS_SAMPLES,
)


class ServedModel(tf.Module):
    """The trained model as functions that share its head.

    Args:
        model: the functional model.
    """

    def __init__(self, model: keras.Model) -> None:
        super().__init__(name="ecgmm")
        self._signal_branch = _served(model.get_layer("signal_branch"))
        self._image_branch = _served(model.get_layer("image_branch"))
        self._head = _served(model.get_layer("head"))
        self._trace = _tracing()
        conditions_head = conditions_head_of(model)
        self.judges_conditions = conditions_head is not None
        if conditions_head is not None:
            self._conditions_head = _served(conditions_head)
            self._thresholds = thresholds_of(conditions_head)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32, name="signal")])
    def signal(self, signal: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read leads.

        Args:
            signal: `[batch, samples]`, millivolts at 125 Hz; at least 1250 samples (10 s),
                a multiple of 5.

        Returns:
            `beats` `[batch, samples / 5, 6]` and `rhythm` `[batch, 4]`; `problem` `[batch]`, a
            sentence where a row is not finite, else `""`. A row with a problem has NaN for
            probabilities.
        """
        samples = tf.shape(signal)[1]
        is_read = (samples >= STRIP_SAMPLES) & (samples % SAMPLES_PER_STEP == 0)
        check = tf.debugging.Assert(is_read, [NO_SIGNAL, samples])
        with tf.control_dependencies([check]):
            return self._read(tf.identity(signal))

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="signal_bytes")])
    def signal_bytes(self, signal_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read leads of any lengths, which a server can merge as it cannot merge tensors.

        Args:
            signal_bytes: `[batch]`, the samples of a lead as `signal` takes them, float32 in
                little-endian bytes.

        Returns:
            As `signal` does; `beats` has as many steps as the longest row and NaN after the end of
            each shorter one. The `problem` of a row may be its length, too.
        """
        count = tf.shape(signal_bytes)[0]
        blank = {
            "beats": _unread((count, longest_steps(signal_bytes), len(STEP_CLASSES))),
            "rhythm": _unread((count, len(RHYTHM_CLASSES))),
            "problem": tf.fill((count,), ""),
        }
        return of_any_length(
            signal_bytes, blank, self._read, shortest=STRIP_SAMPLES, complaint=NO_SIGNAL
        )

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def image(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read pictures of strips.

        Args:
            image_bytes: `[batch]` encoded PNG or JPEG pictures, 160 x 1000 px (4 px/mm), or
                larger or smaller with the same aspect.

        Returns:
            `beats` `[batch, 250, 6]` and `rhythm` `[batch, 4]`; `problem` `[batch]`, a sentence
            where a picture cannot be decoded or is none of a strip, else `""`. A row with a
            problem has NaN for probabilities.
        """
        pictures, problem = decoded_strips(image_bytes)
        features = self._image_branch(with_a_row(pictures))["features"]
        return told(self._answer(features), problem)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def digitize(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read pictures of strips and give their signal back.

        Args:
            image_bytes: as `image` takes them.

        Returns:
            What `image` gives, with `trace_mv` `[batch, 1250]`, the height of the trace above the
            middle of the picture at 10 mm/mV and 125 Hz; and `ecg` `[batch]`, the probability that
            the picture shows an ECG.
        """
        pictures, problem = decoded_strips(image_bytes)
        read = self._image_branch(with_a_row(pictures))
        ecg = tf.squeeze(read["ecg"], axis=1)
        answer = self._answer(read["features"]) | {"trace_mv": read["height_mv"], "ecg": ecg}
        return told(answer, problem)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def trace(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Follow the trace of pictures of strips, finer than `digitize` does.

        Args:
            image_bytes: as `image` takes them; best of 2000 columns or more.

        Returns:
            `trace_mv` `[batch, 5000]`, the height of the trace above the middle of the picture at
            10 mm/mV and 500 Hz, and `uncertainty_mv` `[batch, 5000]`, its standard deviation; NaN
            where no trace is seen. `problem` `[batch]`, as `image` gives it.
        """
        pictures, problem = decoded_strips(image_bytes, SHARP_WIDTH_PX)
        return told(self._trace(with_a_row(pictures)), problem)

    @tf.function(
        input_signature=[tf.TensorSpec((None, len(LEADS), None), tf.float32, name="leads")]
    )
    def leads(self, leads: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge what the heart has from the signals of a set of leads.

        Args:
            leads: `[batch, 12, samples]`, millivolts at 125 Hz, in the order of
                `leads.LEADS`; at least 310 samples (2.48 s), a multiple of 5. A lead is
                absent where it is exactly 0 for more than a second.

        Returns:
            As `_judged` does.
        """
        samples = tf.shape(leads)[2]
        is_read = (samples >= SHORTEST_LEADS_SAMPLES) & (samples % SAMPLES_PER_STEP == 0)
        check = tf.debugging.Assert(is_read, [NO_LEADS, samples])
        with tf.control_dependencies([check]):
            return self._read_leads(tf.identity(leads))

    @tf.function(input_signature=[tf.TensorSpec((None, len(LEADS)), tf.string, name="leads_bytes")])
    def leads_bytes(self, leads_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge sets of leads of any lengths, which a server can merge as it cannot merge tensors.

        Args:
            leads_bytes: `[batch, 12]`, the samples of each lead as `leads` takes them, float32 in
                little-endian bytes; `""` for a lead that is absent.

        Returns:
            As `_judged` does. The `problem` of a row may be its lengths, too.
        """
        count = tf.shape(leads_bytes)[0]
        blank = {
            "conditions": _unread((count, len(self._thresholds))),
            "thresholds": self._thresholds_of(count),
            "problem": tf.fill((count,), ""),
        }
        answer = of_any_length(
            leads_bytes,
            blank,
            self._read_leads,
            shortest=SHORTEST_LEADS_SAMPLES,
            complaint=NO_LEADS,
        )
        is_empty = tf.reduce_all(tf.equal(leads_bytes, ""), axis=1)
        return answer | {"problem": tf.where(is_empty, NOTHING_SEEN, answer["problem"])}

    @tf.function(input_signature=[tf.TensorSpec((None, len(LEADS)), tf.string, name="lead_images")])
    def page(self, lead_images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge what the heart has from pictures of a set of leads.

        Args:
            lead_images: `[batch, 12]`, a picture a lead as `image` takes them, all of the same
                ten seconds, in the order of `leads.LEADS`; `""` for a lead that is absent.
                Where a lead was not seen its picture is of one grey from top to bottom.

        Returns:
            As `_judged` does.
        """
        encoded = tf.reshape(lead_images, (-1,))
        rows = tf.where(tf.strings.length(encoded) > 0)
        pictures, problems = decoded_strips(tf.gather_nd(encoded, rows))
        trace_mv = self._image_branch(with_a_row(pictures))["height_mv"][: tf.shape(rows)[0]]

        def by_lead(values: tf.Tensor) -> tf.Tensor:
            all_leads = tf.concat([tf.shape(encoded, tf.int64), tf.shape(values, tf.int64)[1:]], 0)
            scattered = tf.scatter_nd(rows, values, all_leads)
            return tf.reshape(scattered, (-1, len(LEADS), *values.shape[1:]))

        seen = by_lead(inked_steps(pictures))
        return self._judged(by_lead(trace_mv), seen, _first_of_leads(by_lead(problems)))

    def _read(self, signal: tf.Tensor) -> dict[str, tf.Tensor]:
        finite = tf.reduce_all(tf.math.is_finite(signal), axis=1)
        known = tf.where(finite[:, None], signal, 0.0)
        answer = self._answer(self._signal_branch(with_a_row(known)))
        return told(answer, tf.where(finite, "", NOT_FINITE))

    def _read_leads(self, leads: tf.Tensor) -> dict[str, tf.Tensor]:
        finite = tf.math.is_finite(leads)
        known = tf.where(finite, leads, 0.0)
        problem = tf.where(tf.reduce_all(finite, axis=(1, 2)), "", NOT_FINITE)
        return self._judged(known, SeenSteps()(known), problem)

    def _judged(
        self, leads_mv: tf.Tensor, seen: tf.Tensor, problem: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Probabilities of conditions, and why there are none.

        Returns:
            `conditions` `[batch, conditions]`, in the order of `conditions.CONDITION_CODES`;
            `thresholds`, of the same shape, from which on each is present; `problem` `[batch]`, a
            sentence or `""`. A row with a problem has NaN for probabilities.
        """
        conditions = self._conditions_head(with_a_row(leads_mv), with_a_row(seen))
        nothing = tf.equal(tf.reduce_max(seen, axis=(1, 2)), 0.0) & tf.equal(problem, "")
        answer = told({"conditions": conditions}, tf.where(nothing, NOTHING_SEEN, problem))
        return answer | {"thresholds": self._thresholds_of(tf.shape(problem)[0])}

    def _thresholds_of(self, count: tf.Tensor) -> tf.Tensor:
        return tf.tile(tf.constant([self._thresholds], tf.float32), (count, 1))

    def _answer(self, features: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = self._head(features)
        return {"beats": outputs["beats"], "rhythm": outputs["rhythm"]}


def _served(part: keras.Model) -> Any:
    """A part of the model as a function of its inputs, fused and without variables.

    The signatures call the same few of these, so that a weight is stored once.
    """
    fused = fuse_layers(part)
    inputs = tf.nest.flatten(part.input)
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name=tensor.name) for tensor in inputs]

    @tf.function(input_signature=specs)
    def run(*values: tf.Tensor) -> Any:
        return fused(tf.nest.pack_sequence_as(part.input, values), training=False)

    return frozen(run)


def _tracing() -> Any:
    """The network that follows a trace, which has weights of its own, as such a function."""
    shape = (None, STRIP_HEIGHT_PX, SHARP_WIDTH_PX, 1)
    specs = [tf.TensorSpec(shape, tf.uint8, name="pictures")]
    return tf.function(followed_traces, input_signature=specs, autograph=False)


def _unread(shape: tuple[Any, ...]) -> tf.Tensor:
    return tf.fill(shape, float("nan"))


def _first_of_leads(problems: tf.Tensor) -> tf.Tensor:
    """The first problem of each row of `[batch, 12]`, with the lead that has it; `""` for none."""
    has_one = tf.not_equal(problems, "")
    first = tf.argmax(has_one, axis=1)
    chosen = tf.gather(problems, first, axis=1, batch_dims=1)
    named = tf.strings.join(["Lead ", tf.gather(list(LEADS), first), ": ", chosen])
    return tf.where(tf.reduce_any(has_one, axis=1), named, "")
