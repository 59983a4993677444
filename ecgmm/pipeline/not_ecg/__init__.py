"""Pictures of the shape of a strip that show anything but an ECG that can be read."""

from ecgmm.pipeline.not_ecg.kinds import (
    HELD_OUT_KINDS,
    KINDS,
    TRAINING_KINDS,
    not_ecg_picture,
)

__all__ = ["HELD_OUT_KINDS", "KINDS", "TRAINING_KINDS", "not_ecg_picture"]
