"""A model of the released one's shape that builds and runs in a moment."""

from ecgmm.model.config import ModelConfig

TINY = ModelConfig(
    features=8,
    head_units=8,
    stem_filters=4,
    signal_filters=8,
    signal_dilations=(1,),
    lstm_units=4,
    lstm_layers=1,
    image_stem_filters=(4, 4, 8),
    image_filters=8,
    image_dilations=(1, 2),
    wave_filters=4,
    condition_filters=(8, 8),
    condition_blocks=1,
)
