"""Many recordings at once: which there are, and their readings as tables."""
