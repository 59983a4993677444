"""Limb leads that were read one by one, made to obey the law that they were recorded under."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import SUMS_OF_I_AND_II
from ecgmm.recording import Recording

LARGEST_MISFIT = 0.2
"""Of the leads' energy: more than reading errors, so that a lead is another than its name says."""

_INDEPENDENT = 2
_SHORTEST_S = 0.5
"""Less does not tell a lead's level, which paper leaves open, from its waves."""
_LEAST_UNCERTAINTY_MV = 0.01
"""A tenth of a millimetre: paper tells no more, however sure the network is."""


def with_consistent_limbs(recording: Recording) -> Recording:
    """The limb leads with errors of reading shared out by Einthoven's and Goldberger's laws.

    Where three or more of the six limb leads are seen at the same time, two voltages explain them
    all. Those that fit all leads best are found, each sample weighed by its uncertainty, and the
    leads are computed from them. Levels, which paper leaves open, stay as they are. Leads that
    contradict each other by more than reading errors are left alone.

    Args:
        recording: with `uncertainty_mv`.

    Returns:
        The same recording where there are no such leads.
    """
    names = recording.lead_names
    limbs = [lead for lead, name in enumerate(names) if name in SUMS_OF_I_AND_II]
    if recording.uncertainty_mv is None or len({names[lead] for lead in limbs}) != len(limbs):
        return recording
    signal_mv, uncertainty_mv = recording.signal_mv.copy(), recording.uncertainty_mv.copy()
    seen = np.isfinite(signal_mv[:, limbs])
    for together in np.unique(seen, axis=0):
        samples = np.flatnonzero((seen == together).all(axis=1))
        leads = [lead for lead, is_seen in zip(limbs, together, strict=True) if is_seen]
        if len(leads) <= _INDEPENDENT or len(samples) < _SHORTEST_S * recording.sampling_rate_hz:
            continue
        sums = np.array([SUMS_OF_I_AND_II[names[lead]] for lead in leads])
        at = np.ix_(samples, np.array(leads))
        signal_mv[at], uncertainty_mv[at] = _consistent(signal_mv[at], uncertainty_mv[at], sums)
    return replace(recording, signal_mv=signal_mv, uncertainty_mv=uncertainty_mv)


def _consistent(
    leads_mv: NDArray[np.float32], uncertainty_mv: NDArray[np.float32], sums: NDArray[np.float64]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Leads by weighted least squares, and their standard deviations.

    Args:
        leads_mv: `[samples, leads]` without gaps.
        uncertainty_mv: of the same shape.
        sums: `[leads, 2]`, each lead as a sum of I and II.
    """
    level_mv = np.median(leads_mv, axis=0)
    waves_mv = leads_mv - level_mv
    weight = np.maximum(uncertainty_mv, _LEAST_UNCERTAINTY_MV).astype(np.float64) ** -2
    normal = np.einsum("ki,nk,kj->nij", sums, weight, sums)
    voltages_mv = np.linalg.solve(normal, ((weight * waves_mv) @ sums)[..., np.newaxis])[..., 0]
    fitted_mv = voltages_mv @ sums.T
    misfit = np.sum((fitted_mv - waves_mv) ** 2) / np.sum(waves_mv**2)
    if not misfit <= LARGEST_MISFIT:
        return leads_mv, uncertainty_mv
    variance = np.einsum("ki,nij,kj->nk", sums, np.linalg.inv(normal), sums)
    return fitted_mv + level_mv, np.sqrt(variance)
