"""The MIT-BIH Arrhythmia Database as a TFDS data set."""
