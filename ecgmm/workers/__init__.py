"""Processes that read ECGs and may die of it."""
