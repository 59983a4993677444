"""Two forms of a model have to say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-4
"""Between two forms: rounding of float32 over some thousand steps."""


class ExportError(Exception):
    """The exported model is not the trained one; nothing was released."""


def check_agreement(form: str, expected: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Compare answers, `[rows, ...]` by output.

    Args:
        form: what gave the answer, for the message.
        expected: what the trained model says; nothing else of the answer is compared.
        answer: what the exported form says.

    Raises:
        ExportError: if they differ by more than 1e-4, or one of two is NaN.
    """
    for name, value in expected.items():
        difference = _largest_difference(np.asarray(value), np.asarray(answer[name]))
        if not difference <= TOLERANCE:
            raise ExportError(
                f"{form}: {name} differ from the trained model's by {difference:.2g}; at most "
                f"{TOLERANCE:g} is allowed."
            )


def _largest_difference(expected: NDArray[np.floating], answer: NDArray[np.floating]) -> float:
    """NaN in both is no difference."""
    is_said = ~(np.isnan(expected) & np.isnan(answer))
    return float(np.abs(expected - answer).max(where=is_said, initial=0.0))
