"""The Keras model to begin with, found from wherever a user points."""

from __future__ import annotations

from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.serving.released import released_model


def keras_file_of(path: Path | None = None) -> Path:
    """The `.keras` file of a model.

    Args:
        path: that file; or a folder of numbered versions such as `saved_models/ecgmm`, or one
            version in it, beside which `ecgmm-<version>.keras` lies; the released model by default.

    Raises:
        InputError: `model_not_found` where there is none.
    """
    if path is not None and path.is_file():
        return path
    version = released_model(path).resolve()
    keras_file = version.parent.with_name(f"{version.parent.name}-{version.name}.keras")
    if not keras_file.is_file():
        raise InputError(
            "model_not_found",
            f"Expected the Keras model of {version} in {keras_file}; a wheel does not carry it. "
            "Take it from a checkout, or name another .keras file.",
        )
    return keras_file
