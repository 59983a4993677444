"""Walks the layers of a functional model in the order in which they compute."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras


class LayerCall(NamedTuple):
    """One layer, applied once; tensors are symbolic and known by their identity."""

    layer: keras.layers.Layer
    inputs: list[Any]
    outputs: list[Any]


def layer_calls(model: keras.Model, inputs: Any) -> tuple[list[LayerCall], Any]:
    """The calls that a model makes of its layers on symbolic inputs, and its output.

    Args:
        model: a functional model.
        inputs: a `keras.Input`, or a structure of them, in the place of the model's own.
    """
    calls: list[LayerCall] = []

    def record(layer: keras.layers.Layer, *arguments: Any, **options: Any) -> Any:
        output = layer(*arguments, **options)
        flat = keras.tree.flatten
        calls.append(LayerCall(layer, flat(arguments[0]), flat(output)))
        return output

    def same(layer: keras.layers.Layer) -> keras.layers.Layer:
        return layer

    copy = keras.models.clone_model(
        model, input_tensors=inputs, clone_function=same, call_function=record
    )
    return calls, copy.output
