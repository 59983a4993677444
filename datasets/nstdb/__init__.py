"""The MIT-BIH Noise Stress Test Database as a TFDS data set."""
