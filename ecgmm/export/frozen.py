"""Weights as constants of the graph, which a server folds and lays out once, not at each call."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2_as_graph,
)

CONTROL_FLOW = ("While", "StatelessWhile", "If", "StatelessIf")


def frozen(function: Any) -> Any:
    """The same computation with the present values of its variables in their place.

    Args:
        function: a `tf.function` with an `input_signature` of named tensors.

    Returns:
        A `tf.function` of the same signature. Whatever calls it shares its constants.
    """
    concrete = function.get_concrete_function()
    constant, graph = convert_variables_to_constants_v2_as_graph(concrete, lower_control_flow=False)
    _run_iterations_side_by_side(graph)
    outputs = [tensor.name for tensor in constant.outputs]

    @tf.function(input_signature=function.input_signature)
    def run(*values: tf.Tensor) -> Any:
        given = dict(zip((tensor.name for tensor in constant.inputs), values, strict=True))
        tensors = tf.graph_util.import_graph_def(graph, given, outputs, name="")
        return tf.nest.pack_sequence_as(concrete.structured_outputs, tensors)

    return run


def _run_iterations_side_by_side(graph: Any) -> None:
    """Ask for loops and branches that several threads share, which freezing took back."""
    nodes = [*graph.node, *(node for body in graph.library.function for node in body.node_def)]
    for node in nodes:
        if node.op in CONTROL_FLOW:
            node.attr["_lower_using_switch_merge"].b = True
