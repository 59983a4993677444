"""The size of the network."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelConfig:
    """Widths and depths of the branches and the head.

    Attributes:
        features: width of the seam between branches and head.
        head_units: hidden width of the head.
        dropout: rate in front of every LSTM, dilated block and head.
        stem_filters: filters of the first convolution of the signal branch.
        signal_filters: filters after the signal branch has reached 25 steps a second.
        signal_dilations: dilation of each residual block between stem and LSTM, in steps.
        lstm_units: units of each direction of each LSTM.
        lstm_layers: bidirectional LSTM layers.
        lstm_stride: steps of 40 ms between two that the LSTMs read.
        image_stem_filters: filters of the strided convolutions, each halving the height.
        image_filters: width of the dilated convolutions.
        image_dilations: dilation of each of them, in steps.
        tracer_filters: width of the layers that follow the trace in a picture.
        wave_filters: width of the convolutions over leads at 125 Hz, for conditions.
        condition_filters: width of those at 25 and at 12.5 steps a second.
        condition_blocks: residual blocks at each of these two.
        condition_dropout: rate in front of the conditions.
    """

    features: int = 96
    head_units: int = 64
    dropout: float = 0.1
    stem_filters: int = 24
    signal_filters: int = 64
    signal_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    lstm_units: int = 64
    lstm_layers: int = 2
    lstm_stride: int = 2
    image_stem_filters: tuple[int, ...] = (48, 64, 96)
    image_filters: int = 128
    image_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64)
    tracer_filters: int = 32
    wave_filters: int = 48
    condition_filters: tuple[int, int] = (128, 192)
    condition_blocks: int = 2
    condition_dropout: float = 0.3
