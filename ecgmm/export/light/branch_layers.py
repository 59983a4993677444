"""How the layers that Keras does not have are written: those of the branches and their head."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from ecgmm.export.light.graph import Graph
from ecgmm.export.light.keras_layers import dense
from ecgmm.grid import PIXELS_PER_MM, SAMPLES_PER_STEP, STRIP_HEIGHT_PX
from ecgmm.model.layers import (
    BASELINE_WINDOW_SAMPLES,
    MOST_CONDITIONED,
    QUIET_GREY_LEVELS,
    QUIET_MV,
)
from ecgmm.model.tracer import STRIP_HEIGHT_MV


def signal_conditioner(graph: Graph, layer: Any, x: str) -> str:
    """Baseline and gain taken out of a lead."""
    row = graph.add("Unsqueeze", [x, graph.ints(1)])
    baseline = graph.add(
        "AveragePool", [row], kernel_shape=[BASELINE_WINDOW_SAMPLES], auto_pad="SAME_UPPER"
    )
    wave = graph.add("Sub", [row, baseline])
    power = graph.add("ReduceMean", [graph.add("Mul", [wave, wave]), graph.ints(2)])
    scale = graph.add("Sqrt", [graph.add("Add", [power, graph.weight(QUIET_MV**2)])])
    scaled = graph.add("Div", [wave, scale])
    ends = [graph.weight(-MOST_CONDITIONED), graph.weight(MOST_CONDITIONED)]
    return graph.add("Transpose", [graph.add("Clip", [scaled, *ends])], perm=[0, 2, 1])


def picture_conditioner(graph: Graph, layer: Any, x: str) -> str:
    """Grey levels into ink."""

    def mean(values: str) -> str:
        """Over columns, then over rows: a sum of 160,000 levels at once would round."""
        by_row = graph.add("ReduceMean", [values, graph.ints(2, 3)])
        return graph.add("ReduceMean", [by_row, graph.ints(1)])

    ink = graph.add("Neg", [graph.add("Cast", [x], to=TensorProto.FLOAT)])
    centred = graph.add("Sub", [ink, mean(ink)])
    variance = mean(graph.add("Mul", [centred, centred]))
    quiet = graph.weight(QUIET_GREY_LEVELS**2)
    return graph.add("Div", [centred, graph.add("Sqrt", [graph.add("Add", [variance, quiet])])])


def boxes_to_channels(graph: Graph, layer: Any, x: str) -> str:
    """One cell of each millimetre of paper."""
    side, rows = PIXELS_PER_MM, STRIP_HEIGHT_PX // PIXELS_PER_MM
    boxes = graph.add("Reshape", [x, graph.ints(0, rows, side, -1, side)])
    boxes = graph.add("Transpose", [boxes], perm=[0, 1, 3, 2, 4])
    return graph.add("Reshape", [boxes, graph.ints(0, rows, -1, side * side)])


def repeat_to_match(graph: Graph, layer: Any, coarse: str, fine: str) -> str:
    """A coarse sequence on the clock of a fine one."""
    column = graph.add("Unsqueeze", [coarse, graph.ints(2)])
    repeated = graph.add("Concat", [column] * layer.times, axis=2)
    features = graph.add("Shape", [coarse], start=2)
    shape = graph.add("Concat", [graph.ints(0, -1), features], axis=0)
    repeated = graph.add("Reshape", [repeated, shape])
    steps = graph.add("Shape", [fine], start=1, end=2)
    return graph.add("Slice", [repeated, graph.ints(0), steps, graph.ints(1)])


def attention_pooling(graph: Graph, layer: Any, x: str) -> str:
    """A mean over time, weighted by a score."""
    weights = graph.add("Softmax", [dense(graph, layer.score, x)], axis=1)
    weighted = graph.add("Mul", [weights, x])
    return graph.add("ReduceSum", [weighted, graph.ints(1)], keepdims=0)


def expected_height(graph: Graph, layer: Any, cells: str) -> str:
    """The height that the scores of cells expect."""
    rows = STRIP_HEIGHT_PX // PIXELS_PER_MM // 2
    cell_mv = STRIP_HEIGHT_MV / rows
    middle_mv = STRIP_HEIGHT_MV / 2 - cell_mv * (np.arange(rows) + 0.5)
    share = graph.add("Softmax", [graph.cut(cells, 0, SAMPLES_PER_STEP, 3)], axis=1)
    place = graph.add("Tanh", [graph.cut(cells, SAMPLES_PER_STEP, 2 * SAMPLES_PER_STEP, 3)])
    place = graph.add("Mul", [place, graph.weight(cell_mv)])
    place = graph.add("Add", [place, graph.weight(middle_mv.reshape(1, rows, 1, 1))])
    weighted = graph.add("Mul", [share, place])
    height = graph.add("ReduceSum", [weighted, graph.ints(1)], keepdims=0)
    return graph.add("Reshape", [height, graph.ints(0, -1)])
