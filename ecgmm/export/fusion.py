"""A trained part of the model, rebuilt of layers that serve fast."""

from __future__ import annotations

import keras

from ecgmm.export.fused_layers import (
    FusedConv1D,
    FusedDense,
    FusedLayerNormalization,
    RunningSumConditioner,
)
from ecgmm.export.fused_lstm import FusedBidirectionalLSTM
from ecgmm.model.layers import SignalConditioner


def fuse_layers(part: keras.Model) -> keras.Model:
    """The same part on the same variables; layers that have no faster form stay as they are."""
    return keras.models.clone_model(part, clone_function=_fused)


def _fused(layer: keras.layers.Layer) -> keras.layers.Layer:
    match layer:
        case keras.layers.Bidirectional() if FusedBidirectionalLSTM.replaces(layer):
            return FusedBidirectionalLSTM(layer)
        case keras.layers.Conv1D() if FusedConv1D.replaces(layer):
            return FusedConv1D(layer)
        case keras.layers.Dense():
            return FusedDense(layer)
        case keras.layers.LayerNormalization() if FusedLayerNormalization.replaces(layer):
            return FusedLayerNormalization(layer)
        case SignalConditioner():
            return RunningSumConditioner(name=layer.name)
    return layer
