"""How the layers that look at a set of leads are written."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecgmm.export.light.graph import Graph
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.leads import LEADS, SUMS_OF_I_AND_II
from ecgmm.model.leads import CLIP_MV, LEAST_DETERMINANT


def samples_of_steps(graph: Graph, layer: Any, by_step: str) -> str:
    """Every step said five times."""
    column = graph.add("Unsqueeze", [by_step, graph.ints(3)])
    repeated = graph.add("Concat", [column] * SAMPLES_PER_STEP, axis=3)
    return graph.add("Reshape", [repeated, graph.ints(0, 0, -1)])


def complete_limb_leads(graph: Graph, layer: Any, leads_mv: str, seen: str) -> tuple[str, str]:
    """All six limb leads where two of them are seen: normal equations of I and II."""
    leads_mv = graph.add("Mul", [leads_mv, seen])
    limb, every = len(SUMS_OF_I_AND_II), len(LEADS)
    limbs, weights = graph.cut(leads_mv, 0, limb, 1), graph.cut(seen, 0, limb, 1)
    views = np.array(tuple(SUMS_OF_I_AND_II.values()), np.float32)
    one, two = views.T

    def weighed(values: str, *by: Any) -> list[str]:
        """`[rows, 1, samples]` each."""
        summed = graph.add("MatMul", [graph.weight(np.stack(by)), values])
        return [graph.cut(summed, k, k + 1, 1) for k in range(len(by))]

    aa, ab, bb = weighed(weights, one * one, one * two, two * two)
    a, b = weighed(limbs, one, two)

    def crossed(p: str, q: str, r: str, s: str) -> str:
        return graph.add("Sub", [graph.add("Mul", [p, q]), graph.add("Mul", [r, s])])

    determinant = crossed(aa, bb, ab, ab)
    least = graph.weight(LEAST_DETERMINANT)
    solvable = graph.add("Cast", [graph.add("Greater", [determinant, least])], to=1)
    divisor = graph.add("Max", [determinant, least])
    solved = [
        graph.add("Div", [crossed(*sides), divisor]) for sides in ((bb, a, ab, b), (aa, b, ab, a))
    ]
    both = graph.add("Concat", solved, axis=1)
    fitted = graph.add("MatMul", [graph.weight(views), both])
    alone = graph.add("Sub", [graph.weight(1.0), solvable])
    limbs = graph.add(
        "Add", [graph.add("Mul", [fitted, solvable]), graph.add("Mul", [limbs, alone])]
    )
    weights = graph.add("Max", [weights, solvable])
    return (
        graph.add("Concat", [limbs, graph.cut(leads_mv, limb, every, 1)], axis=1),
        graph.add("Concat", [weights, graph.cut(seen, limb, every, 1)], axis=1),
    )


def masked_millivolts(graph: Graph, layer: Any, leads_mv: str, seen: str) -> str:
    """Leads without their mean, shared out among those that are there."""

    def count(axis: int) -> str:
        summed = graph.add("ReduceSum", [seen, graph.ints(axis)])
        return graph.add("Max", [summed, graph.weight(1.0)])

    summed = graph.add("ReduceSum", [graph.add("Mul", [leads_mv, seen]), graph.ints(2)])
    mean = graph.add("Div", [summed, count(2)])
    ends = [graph.weight(-CLIP_MV), graph.weight(CLIP_MV)]
    clipped = graph.add("Clip", [graph.add("Sub", [leads_mv, mean]), *ends])
    centred = graph.add("Mul", [clipped, seen])
    shared = graph.add("Div", [graph.add("Concat", [centred, seen], axis=1), count(1)])
    return graph.add("Transpose", [shared], perm=[0, 2, 1])


def any_seen(graph: Graph, layer: Any, seen: str) -> str:
    """Where any lead is seen, on a coarser clock."""
    row = graph.add("ReduceMax", [seen, graph.ints(1)])
    pooled = graph.add(
        "MaxPool",
        [row],
        kernel_shape=[layer.times],
        strides=[layer.times],
        auto_pad="SAME_UPPER",
    )
    return graph.add("Squeeze", [pooled, graph.ints(1)])


def seen_pooling(graph: Graph, layer: Any, features: str, seen: str) -> str:
    """Mean and maximum over the time that is seen."""
    column = graph.add("Unsqueeze", [seen, graph.ints(2)])
    known = graph.add("ReduceSum", [column, graph.ints(1)], keepdims=0)
    known = graph.add("Max", [known, graph.weight(1.0)])
    shown = graph.add("Mul", [features, column])
    mean = graph.add("Div", [graph.add("ReduceSum", [shown, graph.ints(1)], keepdims=0), known])
    most = graph.add("ReduceMax", [shown, graph.ints(1)], keepdims=0)
    return graph.add("Concat", [mean, most], axis=-1)


def condition_probabilities(graph: Graph, layer: Any, logits: str) -> str:
    """Each of its own."""
    return graph.add("Sigmoid", [logits])
