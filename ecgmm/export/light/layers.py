"""A functional model as ONNX nodes.

Written layer by layer rather than by a converter: the LSTMs become ONNX's own `LSTM`, which is
what ONNX Runtime is fast at, and not the loop that they are in TensorFlow's graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from ecgmm.export.light import branch_layers, keras_layers, lead_layers
from ecgmm.export.light.graph import Graph
from ecgmm.export.light.layer_calls import layer_calls

WRITERS: dict[str, Callable[..., str | tuple[str, ...]]] = {
    "Add": keras_layers.add,
    "AnySeen": lead_layers.any_seen,
    "AttentionPooling": branch_layers.attention_pooling,
    "BatchNormalization": keras_layers.batch_normalization,
    "Bidirectional": keras_layers.bidirectional,
    "BoxesToChannels": branch_layers.boxes_to_channels,
    "CompleteLimbLeads": lead_layers.complete_limb_leads,
    "Concatenate": keras_layers.concatenate,
    "ConditionProbabilities": lead_layers.condition_probabilities,
    "Conv1D": keras_layers.convolution,
    "Conv2D": keras_layers.convolution,
    "Dense": keras_layers.dense,
    "Dropout": keras_layers.nothing,
    "ExpectedHeight": branch_layers.expected_height,
    "GlobalAveragePooling1D": keras_layers.mean_over_time,
    "GlobalMaxPooling1D": keras_layers.maximum_over_time,
    "LayerNormalization": keras_layers.layer_normalization,
    "MaskedMillivolts": lead_layers.masked_millivolts,
    "Permute": keras_layers.permute,
    "PictureConditioner": branch_layers.picture_conditioner,
    "ReLU": keras_layers.relu,
    "RepeatToMatch": branch_layers.repeat_to_match,
    "Reshape": keras_layers.reshape,
    "SamplesOfSteps": lead_layers.samples_of_steps,
    "SeenPooling": lead_layers.seen_pooling,
    "SignalConditioner": branch_layers.signal_conditioner,
}
"""How each kind of layer is written."""


def write_layers(graph: Graph, model: keras.Model, inputs: Any) -> Any:
    """Add a functional model to a graph.

    Args:
        graph: where to.
        model: the part.
        inputs: names within the graph, in the structure of the model's inputs.

    Returns:
        The names of its outputs, in their structure.

    Raises:
        NotImplementedError: for a layer that has no writer.
    """
    symbolic = keras.tree.map_structure(
        lambda tensor: keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=tensor.name),
        model.input,
    )
    names = {
        id(tensor): name
        for tensor, name in zip(
            keras.tree.flatten(symbolic), keras.tree.flatten(inputs), strict=True
        )
    }
    calls, output = layer_calls(model, symbolic)
    for call in calls:
        kind = type(call.layer).__name__
        if kind not in WRITERS:
            raise NotImplementedError(f"Expected a layer of {sorted(WRITERS)}. Received {kind}.")
        written = WRITERS[kind](graph, call.layer, *(names[id(tensor)] for tensor in call.inputs))
        found = (written,) if isinstance(written, str) else written
        names |= {id(tensor): name for tensor, name in zip(call.outputs, found, strict=True)}
    return keras.tree.map_structure(lambda tensor: names[id(tensor)], output)
