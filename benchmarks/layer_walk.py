"""Walks the layers of a functional model in the order in which they compute."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras


class LayerCall(NamedTuple):
    """One layer, applied once; tensors are symbolic and known by their identity."""

    layer: keras.layers.Layer
    inputs: list[Any]
    output: Any


def layer_calls(model: keras.Model, inputs: Any) -> tuple[list[LayerCall], Any]:
    """The calls that a model makes of its layers on symbolic inputs, and its output.

    Args:
        model: a functional model with layers of one output each.
        inputs: a `keras.Input` in the place of the model's own.
    """
    calls: list[LayerCall] = []

    def record(layer: keras.layers.Layer, *arguments: Any, **options: Any) -> Any:
        output = layer(*arguments, **options)
        calls.append(LayerCall(layer, keras.tree.flatten(arguments[0]), output))
        return output

    def same(layer: keras.layers.Layer) -> keras.layers.Layer:
        return layer

    copy = keras.models.clone_model(
        model, input_tensors=inputs, clone_function=same, call_function=record
    )
    return calls, copy.output


def flops(model: keras.Model, inputs: Any) -> int:
    """Floating-point operations of a model's matrix products on one row of fixed shape.

    Those of convolutions, dense layers and LSTMs; the rest is a few per cent at most.
    """
    calls, _ = layer_calls(model, inputs)
    return sum(_layer_flops(call) for call in calls)


def _layer_flops(call: LayerCall) -> int:
    places = 1
    for side in call.output.shape[1:-1]:
        places *= side
    if isinstance(call.layer, keras.layers.Bidirectional):
        cells = (call.layer.forward_layer.cell, call.layer.backward_layer.cell)
        products = sum(_size(cell.kernel) + _size(cell.recurrent_kernel) for cell in cells)
    else:
        products = _size(call.layer.kernel) if hasattr(call.layer, "kernel") else 0
    return 2 * products * places


def _size(weights: Any) -> int:
    size = 1
    for side in weights.shape:
        size *= side
    return size
