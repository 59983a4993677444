"""The MIT-BIH Supraventricular Arrhythmia Database as a TFDS data set."""
