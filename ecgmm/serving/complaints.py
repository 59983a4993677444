"""What the graph says of an input that it refuses, in the words that were written for people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES
from ecgmm.leads import LEADS

REFUSED = "refused_by_model"
OF_SHAPE = "Expected leads of shape"
"""How the problem of a set of leads begins that has a shape of which nothing could be judged."""

SHORTEST_LEADS_SAMPLES = 310
"""2.48 s, the crops that conditions were learned from."""

NOTHING_SEEN = "No lead holds anything."
NOT_FINITE = "Expected finite millivolts. Received NaN or Inf."
NO_LEADS = (
    f"{OF_SHAPE} [batch, {len(LEADS)}, samples] at 125 Hz, at least {SHORTEST_LEADS_SAMPLES} "
    f"samples and a multiple of {SAMPLES_PER_STEP}. Received samples:"
)
NO_SIGNAL = (
    f"Expected signal of shape [batch, samples] at 125 Hz, at least {STRIP_SAMPLES} samples and a "
    f"multiple of {SAMPLES_PER_STEP}. Received samples:"
)

_NODE_NAMES = re.compile(r"\{\{.*?\}\}")
_ASSERTION = "assertion failed: "
_FRAME = ("[[", "Graph execution error", "Detected at node", "<stack traces")


def refusal(said: str, *, by: str = "") -> InputError:
    """The error for an input that the graph refused, here or on a server.

    Args:
        said: TensorFlow's message, whichever of its interfaces it came through.
        by: the server that said so.
    """
    complaint = graph_complaint(said)
    return InputError(REFUSED, f"{by} refused the input: {complaint}" if by else complaint)


def refuse_problems(problems: Iterable[str | bytes], *, by: str = "") -> None:
    """Raise what the graph says of the first row with a problem, if there is one.

    Args:
        problems: of each row, `""` where there is none.
        by: the server that said so.

    Raises:
        InputError: with code `"refused_by_model"`.
    """
    for problem in problems:
        if problem:
            text = problem.decode() if isinstance(problem, bytes) else problem
            raise refusal(text, by=by)


def graph_complaint(said: str) -> str:
    """The sentence inside TensorFlow's message about a failed op.

    Python puts the place in the program around it, servers the names of functions and nodes.
    """
    lines = [_NODE_NAMES.sub("", line).strip() for line in said.splitlines()]
    lines = [line for line in lines if line and not line.startswith(_FRAME)]
    asserted = [line for line in lines if _ASSERTION in line]
    if asserted:
        values = asserted[0].split(_ASSERTION, 1)[1].split("\t")[0].strip()
        return values.removeprefix("[").removesuffix("]").replace("] [", " ")
    return lines[0] if lines else "it does not say why"
