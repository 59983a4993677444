"""From a strip of ECG paper to the height of its trace."""
