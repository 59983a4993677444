"""A folder of ECGs of your own, with a table of labels."""
