"""How long a test waits for what has to come."""

PATIENCE_S = 1800.0
"""Ends only what hangs: a machine that is busy with other things is no fault of the program."""
