"""PTB-XL as a TFDS data set."""
