"""What runs a model in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.serving.runtime import Runtime

Engine = Literal["light", "tensorflow"]
ENGINES: tuple[Engine, ...] = ("light", "tensorflow")


def open_model(model_dir: Path, engine: Engine | None = None) -> Runtime:
    """Load a model into this process.

    Args:
        model_dir: one version of the model, such as `saved_models/ecgmm/5`.
        engine: `"light"` reads its ONNX graphs, `"tensorflow"` its SavedModel; by default the
            light one, or TensorFlow for a model that was exported without graphs.

    Raises:
        InputError: with code `"model_unreadable"` if it is no model that `ecgmm export` wrote,
            `"model_damaged"` if a file is not as it was exported, `"engine_missing"` if the engine
            is not installed or the model has no graphs.
    """
    from ecgmm.serving.checksums import check_checksums
    from ecgmm.serving.light_files import has_light_form

    check_checksums(model_dir)
    chosen = engine or ("light" if has_light_form(model_dir) else "tensorflow")
    try:
        return _light(model_dir) if chosen == "light" else _tensorflow(model_dir)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            "model_unreadable", f"{model_dir} is no model that 'ecgmm export' wrote: {error}"
        ) from error


def _light(model_dir: Path) -> Runtime:
    from ecgmm.serving.light_files import has_light_form

    if not has_light_form(model_dir):
        raise InputError(
            "engine_missing",
            f"{model_dir} has no graphs for the light engine. Export its .keras file again, or "
            "read it with TensorFlow.",
        )
    from ecgmm.serving.light import LightRuntime

    return LightRuntime(model_dir)


def _tensorflow(model_dir: Path) -> Runtime:
    try:
        from ecgmm.serving.local import LocalRuntime

        return LocalRuntime(model_dir)
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise InputError(
            "engine_missing",
            "This needs TensorFlow: pip install 'ecgmm[tensorflow]'.",
        ) from error
