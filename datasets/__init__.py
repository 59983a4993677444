"""TFDS builders of the public ECG databases that the project learns from."""
