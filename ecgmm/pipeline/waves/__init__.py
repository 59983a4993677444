"""Recordings whose waves cardiologists have marked, for training and for measuring."""
