"""ecgmm: read an ECG from a signal or a picture with one Keras model."""

__version__ = "0.2.0"
