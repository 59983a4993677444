"""How each of Keras's layers is written as ONNX nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.export.light.graph import Graph


def dense(graph: Graph, layer: Any, x: str) -> str:
    """A product of matrices."""
    y = graph.add("MatMul", [x, graph.weight(layer.kernel)])
    if layer.use_bias:
        y = graph.add("Add", [y, graph.weight(layer.bias)])
    return graph.activate(y, layer.activation)


def convolution(graph: Graph, layer: Any, x: str) -> str:
    """A convolution along time, or over rows and columns; ONNX has channels first."""
    axes = len(layer.kernel_size)
    inner = list(range(1, axes + 1))
    kernel = np.transpose(np.asarray(layer.kernel), (axes + 1, axes, *range(axes)))
    weights = [graph.weight(kernel)] + ([graph.weight(layer.bias)] if layer.use_bias else [])
    y = graph.add("Transpose", [x], perm=[0, axes + 1, *inner])
    y = graph.add("Conv", [y, *weights], **_padding(layer))
    y = graph.activate(y, layer.activation)
    return graph.add("Transpose", [y], perm=[0, *(axis + 1 for axis in inner), 1])


def _padding(layer: Any) -> dict[str, Any]:
    """`padding="same"`; ONNX Runtime does not take `auto_pad` together with a dilation."""
    if set(layer.dilation_rate) == {1}:
        return {"strides": list(layer.strides), "auto_pad": "SAME_UPPER"}
    total = [
        rate * (size - 1) for rate, size in zip(layer.dilation_rate, layer.kernel_size, strict=True)
    ]
    before = [side // 2 for side in total]
    after = [side - first for side, first in zip(total, before, strict=True)]
    return {"dilations": list(layer.dilation_rate), "pads": before + after}


def layer_normalization(graph: Graph, layer: Any, x: str) -> str:
    """Normalisation of the last axis."""
    weights = [graph.weight(layer.gamma), graph.weight(layer.beta)]
    return graph.add("LayerNormalization", [x, *weights], axis=-1, epsilon=layer.epsilon)


def batch_normalization(graph: Graph, layer: Any, x: str) -> str:
    """A factor and an offset for each channel, once training is over."""
    factor = np.asarray(layer.gamma) / np.sqrt(np.asarray(layer.moving_variance) + layer.epsilon)
    offset = np.asarray(layer.beta) - factor * np.asarray(layer.moving_mean)
    return graph.add("Add", [graph.add("Mul", [x, graph.weight(factor)]), graph.weight(offset)])


def bidirectional(graph: Graph, layer: Any, x: str) -> str:
    """Two LSTMs, side by side."""
    cells = (layer.forward_layer.cell, layer.backward_layer.cell)
    units = cells[0].units
    biases = [np.concatenate([_gates(c.bias, units), np.zeros(4 * units)]) for c in cells]
    y = graph.add("Transpose", [x], perm=[1, 0, 2])
    y = graph.add(
        "LSTM",
        [
            y,
            graph.weight(np.stack([_gates(c.kernel, units).T for c in cells])),
            graph.weight(np.stack([_gates(c.recurrent_kernel, units).T for c in cells])),
            graph.weight(np.stack(biases)),
        ],
        hidden_size=units,
        direction="bidirectional",
    )
    y = graph.add("Transpose", [y], perm=[2, 0, 1, 3])
    return graph.add("Reshape", [y, graph.ints(0, 0, 2 * units)])


def _gates(weights: Any, units: int) -> NDArray[np.float32]:
    """From Keras's order of gates (i, f, c, o) to ONNX's (i, o, f, c)."""
    values = np.asarray(weights, np.float32)
    i, f, c, o = (values[..., k * units : (k + 1) * units] for k in range(4))
    return np.concatenate([i, o, f, c], axis=-1)


def mean_over_time(graph: Graph, layer: Any, x: str) -> str:
    """`GlobalAveragePooling1D`."""
    return graph.add("ReduceMean", [x, graph.ints(1)], keepdims=0)


def maximum_over_time(graph: Graph, layer: Any, x: str) -> str:
    """`GlobalMaxPooling1D`."""
    return graph.add("ReduceMax", [x, graph.ints(1)], keepdims=0)


def reshape(graph: Graph, layer: Any, x: str) -> str:
    """The first axis stays."""
    return graph.add("Reshape", [x, graph.ints(0, *layer.target_shape)])


def permute(graph: Graph, layer: Any, x: str) -> str:
    """Axes in another order."""
    return graph.add("Transpose", [x], perm=[0, *layer.dims])


def add(graph: Graph, layer: Any, *xs: str) -> str:
    """A sum of two."""
    return graph.add("Add", xs)


def concatenate(graph: Graph, layer: Any, *xs: str) -> str:
    """Features side by side."""
    return graph.add("Concat", xs, axis=-1)


def relu(graph: Graph, layer: Any, x: str) -> str:
    """What is above 0."""
    return graph.add("Relu", [x])


def nothing(graph: Graph, layer: Any, x: str) -> str:
    """What works in training only."""
    return x
