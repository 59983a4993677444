"""The trained model as an ONNX graph with the same weights, for ONNX Runtime to run beside us.

Written layer by layer rather than by a converter: the LSTMs become ONNX's own `LSTM`, which is
what ONNX Runtime is fast at, and not the loop that they are in TensorFlow's graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from benchmarks.layer_walk import layer_calls
from ecgmm.grid import PIXELS_PER_MM, STRIP_HEIGHT_PX
from ecgmm.model.layers import BASELINE_WINDOW_SAMPLES, QUIET_MV

OPSET = 18
IR_VERSION = 9
INPUT = "input"


class Graph:
    """An ONNX graph that grows node by node."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self._count = 0

    def add(self, op: str, inputs: list[str], **attributes: Any) -> str:
        """Add a node; the name of its first output."""
        name = self._name(op)
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def weight(self, values: Any, dtype: type = np.float32) -> str:
        """Add a constant."""
        name = self._name("weight")
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        """Add a constant of integers, as shapes and axes are."""
        return self.weight(values, np.int64)

    def activate(self, x: str, activation: Callable) -> str:
        """Add a layer's activation."""
        match activation.__name__:
            case "linear":
                return x
            case "relu":
                return self.add("Relu", [x])
            case "softmax":
                return self.add("Softmax", [x], axis=-1)
        raise NotImplementedError(activation.__name__)

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"


def onnx_model(branch: keras.Model, head: keras.Model, example: NDArray) -> bytes:
    """A branch and the head as one serialised ONNX model.

    Args:
        branch: gives the head's features.
        head: gives `beats` and `rhythm`.
        example: a batch of the branch's input; the number of rows stays open.

    Returns:
        A model with the input `input` and the outputs `beats` and `rhythm`.

    Raises:
        NotImplementedError: for a layer that this cannot write.
    """
    graph = Graph()
    features = _add_model(graph, branch, INPUT, example.shape[1:], str(example.dtype))
    answers = _add_model(graph, head, features, head.input.shape[1:], "float32")
    for name, value in answers.items():
        graph.nodes.append(helper.make_node("Identity", [value], [name]))
    element = helper.np_dtype_to_tensor_dtype(example.dtype)
    proto = helper.make_graph(
        graph.nodes,
        "ecgmm",
        [helper.make_tensor_value_info(INPUT, element, ["rows", *example.shape[1:]])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in answers],
        graph.weights,
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return model.SerializeToString()


def _add_model(
    graph: Graph, model: keras.Model, input_name: str, shape: tuple[int, ...], dtype: str
) -> Any:
    """Add a functional model; the names of its outputs, in their structure."""
    inputs = keras.Input(shape, dtype=dtype)
    names = {id(inputs): input_name}
    calls, output = layer_calls(model, inputs)
    for call in calls:
        kind = type(call.layer).__name__
        if kind not in EMITTERS:
            raise NotImplementedError(f"Expected a layer of {sorted(EMITTERS)}. Received {kind}.")
        known = [names[id(tensor)] for tensor in call.inputs]
        names[id(call.output)] = EMITTERS[kind](graph, call.layer, *known)
    return keras.tree.map_structure(lambda tensor: names[id(tensor)], output)


def _dense(graph: Graph, layer: Any, x: str) -> str:
    y = graph.add("MatMul", [x, graph.weight(layer.kernel)])
    if layer.use_bias:
        y = graph.add("Add", [y, graph.weight(layer.bias)])
    return graph.activate(y, layer.activation)


def _convolution(graph: Graph, layer: Any, x: str) -> str:
    axes = len(layer.kernel_size)
    inner = list(range(1, axes + 1))
    kernel = np.transpose(np.asarray(layer.kernel), (axes + 1, axes, *range(axes)))
    y = graph.add("Transpose", [x], perm=[0, axes + 1, *inner])
    y = graph.add("Conv", [y, graph.weight(kernel), graph.weight(layer.bias)], **_padding(layer))
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


def _layer_normalization(graph: Graph, layer: Any, x: str) -> str:
    weights = [graph.weight(layer.gamma), graph.weight(layer.beta)]
    return graph.add("LayerNormalization", [x, *weights], axis=-1, epsilon=layer.epsilon)


def _bidirectional(graph: Graph, layer: Any, x: str) -> str:
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


def _gates(weights: Any, units: int) -> NDArray:
    """From Keras's order of gates (i, f, c, o) to ONNX's (i, o, f, c)."""
    values = np.asarray(weights)
    i, f, c, o = (values[..., k * units : (k + 1) * units] for k in range(4))
    return np.concatenate([i, o, f, c], axis=-1)


def _signal_conditioner(graph: Graph, layer: Any, x: str) -> str:
    row = graph.add("Unsqueeze", [x, graph.ints(1)])
    baseline = graph.add(
        "AveragePool", [row], kernel_shape=[BASELINE_WINDOW_SAMPLES], auto_pad="SAME_UPPER"
    )
    wave = graph.add("Sub", [row, baseline])
    power = graph.add("ReduceMean", [graph.add("Mul", [wave, wave]), graph.ints(2)])
    scale = graph.add("Sqrt", [graph.add("Add", [power, graph.weight(QUIET_MV**2)])])
    scaled = graph.add("Div", [wave, scale])
    clipped = graph.add("Clip", [scaled, graph.weight(-12.0), graph.weight(12.0)])
    return graph.add("Transpose", [clipped], perm=[0, 2, 1])


def _picture_conditioner(graph: Graph, layer: Any, x: str) -> str:
    ink = graph.add("Neg", [graph.add("Cast", [x], to=TensorProto.FLOAT)])
    axes = graph.ints(1, 2, 3)
    centred = graph.add("Sub", [ink, graph.add("ReduceMean", [ink, axes])])
    variance = graph.add("ReduceMean", [graph.add("Mul", [centred, centred]), axes])
    scale = graph.add("Sqrt", [graph.add("Add", [variance, graph.weight(4.0**2)])])
    return graph.add("Div", [centred, scale])


def _boxes_to_channels(graph: Graph, layer: Any, x: str) -> str:
    side, rows = PIXELS_PER_MM, STRIP_HEIGHT_PX // PIXELS_PER_MM
    boxes = graph.add("Reshape", [x, graph.ints(0, rows, side, -1, side)])
    boxes = graph.add("Transpose", [boxes], perm=[0, 1, 3, 2, 4])
    return graph.add("Reshape", [boxes, graph.ints(0, rows, -1, side * side)])


def _repeat_to_match(graph: Graph, layer: Any, coarse: str, fine: str) -> str:
    column = graph.add("Unsqueeze", [coarse, graph.ints(2)])
    repeated = graph.add("Concat", [column] * layer.times, axis=2)
    features = graph.add("Shape", [coarse], start=2)
    shape = graph.add("Concat", [graph.ints(0, -1), features], axis=0)
    repeated = graph.add("Reshape", [repeated, shape])
    steps = graph.add("Shape", [fine], start=1, end=2)
    return graph.add("Slice", [repeated, graph.ints(0), steps, graph.ints(1)])


def _attention_pooling(graph: Graph, layer: Any, x: str) -> str:
    weights = graph.add("Softmax", [_dense(graph, layer.score, x)], axis=1)
    weighted = graph.add("Mul", [weights, x])
    return graph.add("ReduceSum", [weighted, graph.ints(1)], keepdims=0)


def _mean_over_time(graph: Graph, layer: Any, x: str) -> str:
    return graph.add("ReduceMean", [x, graph.ints(1)], keepdims=0)


def _reshape(graph: Graph, layer: Any, x: str) -> str:
    return graph.add("Reshape", [x, graph.ints(0, *layer.target_shape)])


EMITTERS: dict[str, Callable[..., str]] = {
    "Add": lambda graph, layer, *xs: graph.add("Add", list(xs)),
    "AttentionPooling": _attention_pooling,
    "Bidirectional": _bidirectional,
    "BoxesToChannels": _boxes_to_channels,
    "Concatenate": lambda graph, layer, *xs: graph.add("Concat", list(xs), axis=-1),
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "Dense": _dense,
    "Dropout": lambda graph, layer, x: x,
    "GlobalAveragePooling1D": _mean_over_time,
    "LayerNormalization": _layer_normalization,
    "Permute": lambda graph, layer, x: graph.add("Transpose", [x], perm=[0, *layer.dims]),
    "PictureConditioner": _picture_conditioner,
    "RepeatToMatch": _repeat_to_match,
    "Reshape": _reshape,
    "SignalConditioner": _signal_conditioner,
}
"""How each kind of layer is written."""
