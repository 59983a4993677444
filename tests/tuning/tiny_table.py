"""The smallest network that trains, as the `model` table of a configuration."""

TINY_MODEL = """\
features = 8
head_units = 8
stem_filters = 4
signal_filters = 8
signal_dilations = [1]
lstm_units = 4
lstm_layers = 1
image_stem_filters = [4, 4, 4]
image_filters = 8
image_dilations = [1]
"""
