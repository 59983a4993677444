"""The one functional model."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import keras

from ecgmm.errors import InputError
from ecgmm.grid import STRIP_HEIGHT_PX
from ecgmm.model.branches import build_image_branch, build_signal_branch
from ecgmm.model.conditions_head import CONDITIONS_HEAD
from ecgmm.model.config import ModelConfig
from ecgmm.model.head import build_head
from ecgmm.model.layers import MergeRows, SelectRows
from ecgmm.model.leads import AloneAmongLeads

SIGNAL, IMAGE = 0, 1
_REMEDY = "copy it once more, or train it again."


class Parts(NamedTuple):
    """What the model is made of, each a `keras.Model` named as the field."""

    signal_branch: keras.Model
    image_branch: keras.Model
    head: keras.Model


def build_model(config: ModelConfig | None = None) -> keras.Model:
    """Build the multimodal model.

    Inputs (a dict):
        `signal`: `[batch, samples]` float32, millivolts at 125 Hz; 1250 for a strip.
        `image`: `[batch, 160, 4 * steps, 1]`, grey levels 0 to 255; 1000 wide for a strip.
        `modality`: `[batch]` int32, 0 reads the signal and 1 the image.
    Both inputs have a row for every sample; the row that the flag does not
    choose is never read, whatever it holds. Signals and images of one batch
    cover the same time.

    Outputs (a dict): `beats` `[batch, steps, 6]` and `rhythm` `[batch, 4]`, probabilities.
    """
    config = config or ModelConfig()
    return assemble(
        Parts(build_signal_branch(config), build_image_branch(config), build_head(config))
    )


def assemble(parts: Parts, conditions_head: keras.Model | None = None) -> keras.Model:
    """The functional model of `build_model` around existing parts.

    Args:
        parts: branches and head.
        conditions_head: adds the output `conditions` `[batch, conditions]`: what each row says
            when it is lead I alone, as a one-lead device records it. Sets of leads go to the
            same head by `export.signatures`.
    """
    inputs = model_inputs()
    signals, images = rows_by_modality(inputs)
    read = parts.image_branch(images)
    features = MergeRows(name="merge")(
        [parts.signal_branch(signals), read["features"], inputs["modality"]]
    )
    outputs = dict(parts.head(features))
    if conditions_head is not None:
        trace_mv = MergeRows(name="trace_mv")([signals, read["height_mv"], inputs["modality"]])
        leads_mv, seen = AloneAmongLeads(name="lead_i")(trace_mv)
        outputs["conditions"] = conditions_head({"leads_mv": leads_mv, "seen": seen})
    return keras.Model(inputs, outputs, name="ecgmm")


def model_inputs() -> dict[str, Any]:
    """Symbolic inputs of the functional model."""
    return {
        "signal": keras.Input((None,), name="signal"),
        "image": keras.Input((STRIP_HEIGHT_PX, None, 1), dtype="uint8", name="image"),
        "modality": keras.Input((), dtype="int32", name="modality"),
    }


def rows_by_modality(inputs: dict[str, Any]) -> tuple[Any, Any]:
    """The signals of the rows that are signals, and the pictures of those that are pictures."""
    modality = inputs["modality"]
    return (
        SelectRows(SIGNAL, name="signals_only")([inputs["signal"], modality]),
        SelectRows(IMAGE, name="images_only")([inputs["image"], modality]),
    )


def parts_of(model: keras.Model) -> Parts:
    """The branches and the head of a model, which go on sharing its weights."""
    return Parts(*(model.get_layer(name) for name in Parts._fields))


def conditions_head_of(model: keras.Model) -> keras.Model | None:
    """The part that answers for conditions; None where the model was trained without."""
    names = {layer.name for layer in model.layers}
    return model.get_layer(CONDITIONS_HEAD) if CONDITIONS_HEAD in names else None


def load_model(path: Path) -> keras.Model:
    """Load a `.keras` file of this model, for reading or to go on from; without optimizer.

    Raises:
        InputError: `model_not_found`, or `model_damaged` when a byte is not as it was saved.
    """
    _check_archive(path)
    return keras.models.load_model(path, compile=False)


def _check_archive(path: Path) -> None:
    """Hold a `.keras` file, a zip archive, against its own checksums before it is parsed."""
    if not path.is_file():
        raise InputError("model_not_found", f"There is no model in {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise InputError("model_damaged", f"{path} is damaged ({error}); {_REMEDY}") from error
    if damaged is not None:
        raise InputError("model_damaged", f"{path} is damaged in {damaged}; {_REMEDY}")
