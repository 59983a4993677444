"""What has to be computed in single precision whatever the layer computes in."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def precise(values: Any) -> Any:
    """The values in float32, or finer where they are."""
    return ops.cast(values, keras.backend.result_type(values.dtype, "float32"))
