"""Synthetic ECGs whose every beat is known: for samples, tests and dummy data."""

from ecgmm.simulator.disturbances import Noise
from ecgmm.simulator.plan import Episode
from ecgmm.simulator.synthesis import simulate, simulate_episodes

__all__ = ["Episode", "Noise", "simulate", "simulate_episodes"]
