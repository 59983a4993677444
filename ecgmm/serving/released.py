"""Where the released model is: in a checkout, in an installed package, or where the user says."""

from __future__ import annotations

import os
from pathlib import Path

from ecgmm.errors import InputError

MODEL_VARIABLE = "ECGMM_MODEL"
_PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED = (
    _PACKAGE / "saved_models" / "ecgmm",
    _PACKAGE.parent / "saved_models" / "ecgmm",
)


def released_model(path: Path | None = None) -> Path:
    """The SavedModel folder to read ECGs with.

    The first of these that is given: `path`, the environment variable `ECGMM_MODEL`, the model
    that ships with the package. A folder of numbered versions, laid out as TensorFlow Serving
    watches it, stands for its highest version.

    Args:
        path: a SavedModel folder or a folder of numbered versions.

    Returns:
        The folder that holds `saved_model.pb`.

    Raises:
        InputError: with code `"model_not_found"` when there is no model.
    """
    chosen = path or _from_environment()
    if chosen is None:
        return _shipped_model()
    model = _highest_version(chosen)
    if model is None:
        raise InputError(
            "model_not_found",
            f"Expected a SavedModel, or a folder of numbered versions of one, in {chosen}. "
            "Received a path without saved_model.pb.",
        )
    return model


def keras_file(model_dir: Path) -> Path:
    """The Keras model that a SavedModel was exported from.

    Args:
        model_dir: a numbered version, such as `saved_models/ecgmm/5`; the model lies beside the
            folder of the versions, as `saved_models/ecgmm-5.keras`.

    Raises:
        InputError: with code `"model_not_found"` when it is not there.
    """
    versions = model_dir.resolve().parent
    file = versions.parent / f"{versions.name}-{model_dir.resolve().name}.keras"
    if not file.is_file():
        raise InputError("model_not_found", f"Expected the Keras model of {model_dir} in {file}.")
    return file


def _from_environment() -> Path | None:
    value = os.environ.get(MODEL_VARIABLE)
    return Path(value) if value else None


def _shipped_model() -> Path:
    for folder in _SHIPPED:
        model = _highest_version(folder)
        if model is not None:
            return model
    raise InputError(
        "model_not_found",
        f"No model ships with this copy of ecgmm: set {MODEL_VARIABLE} to the folder of one, or "
        "train and export one.",
    )


def _highest_version(folder: Path) -> Path | None:
    if _is_saved_model(folder):
        return folder
    if not folder.is_dir():
        return None
    versions = [
        child
        for child in folder.iterdir()
        if child.name.isascii() and child.name.isdigit() and _is_saved_model(child)
    ]
    return max(versions, key=lambda child: int(child.name), default=None)


def _is_saved_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()
