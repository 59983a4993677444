"""Floating-point operations of a model."""

from __future__ import annotations

from typing import Any

import keras

from ecgmm.export.light.layer_calls import LayerCall, layer_calls


def flops(model: keras.Model, inputs: Any) -> int:
    """Floating-point operations of a model's matrix products on one row of fixed shape.

    Those of convolutions, dense layers and LSTMs; the rest is a few per cent at most.
    """
    calls, _ = layer_calls(model, inputs)
    return sum(_layer_flops(call) for call in calls)


def _layer_flops(call: LayerCall) -> int:
    places = 1
    for side in call.outputs[0].shape[1:-1]:
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
