"""Your own recordings, labelled in a table, as a TFDS data set."""
