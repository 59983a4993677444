"""The waves of a recording, measured as a cardiograph does: in the signal, at its own rate."""
