"""The optimizer of every stage."""

from __future__ import annotations

import math
from typing import Any

import keras

from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.workers import ALONE, Workers

WARM_UP_SHARE = 0.05


def optimizer_of(stage: StageConfig, config: TrainingConfig, workers: Workers = ALONE) -> Any:
    """AdamW on a warm-up and a cosine."""
    steps = stage.epochs * stage.batches_per_epoch
    warm_up = max(1, math.ceil(WARM_UP_SHARE * steps))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, alpha=0.01, warmup_target=stage.learning_rate, warmup_steps=warm_up
    )
    return workers.adamw(
        schedule,
        weight_decay=config.weight_decay,
        clipnorm=1.0,
        use_ema=stage.averaging > 0,
        ema_momentum=stage.averaging,
    )
