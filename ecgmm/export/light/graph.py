"""An ONNX graph that grows node by node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
"""The first whose reductions take their axes as inputs throughout; 17 has `LayerNormalization`."""
IR_VERSION = 9
"""What ONNX 1.14 of 2023 wrote; every runtime that knows the opset reads it."""


class Graph:
    """Nodes and weights, named as they come."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def add(self, op: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node; the name of its first output."""
        name = f"{op}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def weight(self, values: Any, dtype: type = np.float32) -> str:
        """Add a constant."""
        name = f"weight_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        """Add a constant of integers, as shapes and axes are."""
        return self.weight(values, np.int64)

    def cut(self, x: str, first: int, end: int, axis: int) -> str:
        """Places `first` to before `end` of an axis."""
        return self.add("Slice", [x, self.ints(first), self.ints(end), self.ints(axis)])

    def activate(self, x: str, activation: Callable[..., Any]) -> str:
        """Add a layer's activation.

        Raises:
            NotImplementedError: for one that is not written here.
        """
        match activation.__name__:
            case "linear":
                return x
            case "relu":
                return self.add("Relu", [x])
            case "sigmoid":
                return self.add("Sigmoid", [x])
            case "softmax":
                return self.add("Softmax", [x], axis=-1)
        raise NotImplementedError(
            f"Expected an activation of linear, relu, sigmoid, softmax. Received "
            f"{activation.__name__}."
        )

    def serialized(
        self,
        inputs: Mapping[str, tuple[type, Sequence[str | int]]],
        outputs: Mapping[str, str],
        metadata: Mapping[str, str],
    ) -> bytes:
        """The graph as the content of an `.onnx` file.

        Args:
            inputs: dtype and shape of each, with words for sides that stay open.
            outputs: names of outputs, and the names within the graph that they stand for.
            metadata: what the file says of itself.
        """
        named = [helper.make_node("Identity", [value], [name]) for name, value in outputs.items()]
        graph = helper.make_graph(
            [*self._nodes, *named],
            "ecgmm",
            [
                helper.make_tensor_value_info(
                    name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), list(shape)
                )
                for name, (dtype, shape) in inputs.items()
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self._weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        helper.set_model_props(model, dict(metadata))
        return bytes(model.SerializeToString())
