"""The one functional model."""

from __future__ import annotations

from pathlib import Path

import keras

from ecgmm.grid import STRIP_HEIGHT_PX
from ecgmm.model.branches import build_image_branch, build_signal_branch
from ecgmm.model.config import ModelConfig
from ecgmm.model.head import build_head
from ecgmm.model.layers import MergeRows, SelectRows

SIGNAL, IMAGE = 0, 1


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
    signal_branch = build_signal_branch(config)
    image_branch = build_image_branch(config)
    head = build_head(config)

    signal = keras.Input((None,), name="signal")
    image = keras.Input((STRIP_HEIGHT_PX, None, 1), dtype="uint8", name="image")
    modality = keras.Input((), dtype="int32", name="modality")

    signal_features = signal_branch(SelectRows(SIGNAL, name="signals_only")([signal, modality]))
    image_features = image_branch(SelectRows(IMAGE, name="images_only")([image, modality]))
    features = MergeRows(name="merge")([signal_features, image_features, modality])
    return keras.Model(
        inputs={"signal": signal, "image": image, "modality": modality},
        outputs=head(features),
        name="ecgmm",
    )


def load_model(path: Path) -> keras.Model:
    """Load a `.keras` file of this model, for reading or to go on from; without optimizer."""
    return keras.models.load_model(path, compile=False)
