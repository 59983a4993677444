"""Trainings made only in order to measure something."""
