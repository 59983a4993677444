"""The PhysioNet/CinC Challenge 2017 as a TFDS data set."""
