"""ECG on paper: drawing it, and reading it from pictures."""
