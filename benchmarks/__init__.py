"""Measurements of speed and accuracy, run by hand from a checkout."""
