"""How the six limb leads hang together, and which of them a file turned over or swapped.

Three electrodes give two independent voltages, so that every limb lead is a sum of I and II:
III = II - I, aVR = -(I + II) / 2, aVL = I - II / 2, aVF = II - I / 2 (Einthoven 1913; Goldberger
1942). Exchanged *electrodes* obey these laws too and are told by the shape of the leads alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import SUMS_OF_I_AND_II
from ecgmm.recording import Recording

LARGEST_MISFIT = 0.2
"""Of a lead's energy: rounding leaves far less unexplained."""
CLEARLY_BETTER = 0.25
"""An explanation has to take three quarters of the contradiction away."""
_LOOKED_AT_S = 60.0
"""Some dozens of beats."""
_AVERAGED_S = 0.02
"""A period of mains of 50 Hz."""
_FLAT_SHARE = 0.1
"""Of the leads' mean energy: as much is added, so that noise of a flat lead weighs little."""
_FEWEST_SAMPLES = 100
"""Fewer tell no law from chance."""
_CLEARLY_ONE_SIDED = 2.0
"""Twice as far to one side as to the other."""
_SPIKE_PERCENTILES = (0.5, 50.0, 99.5)
"""R waves fill more than half a percent of the samples, single spikes less; the middle is the
baseline."""


def limb_lead_doubts(recording: Recording) -> tuple[str, ...]:
    """What is wrong with the limb leads, in sentences.

    Args:
        recording: with lead names as `lead_names.standard_lead_name` gives them; the first
            minute in which no limb lead is missing is looked at.

    Returns:
        A sentence when three or more limb leads contradict each other, naming the leads that
        are upside down or swapped where that explains it; a sentence when lead I is upside down
        and V6 (or without it aVR) upright, as with exchanged arm electrodes. Nothing is changed
        in the recording.
    """
    names = [name for name in (*SUMS_OF_I_AND_II, "V6") if recording.lead_names.count(name) == 1]
    leads = [recording.lead_names.index(name) for name in names]
    signal_mv = _known_minute(recording, leads)
    if signal_mv is None:
        return ()
    limb = [name for name in names if name in SUMS_OF_I_AND_II]
    steps = _steps(signal_mv[:, : len(limb)], recording.sampling_rate_hz)
    return tuple(_contradictions(limb, steps)) or tuple(_exchanged_arms(names, signal_mv))


def with_derived_limb_leads(
    names: Sequence[str], signal_mv: NDArray[np.float32]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The leads and, where I and II are among them, the limb leads that they determine.

    Args:
        names: one name a lead.
        signal_mv: `[samples, leads]`.

    Returns:
        The names and `[samples, more leads]`: limb leads in their usual order, then the others.
    """
    if not {"I", "II"} <= set(names):
        return tuple(names), signal_mv
    both = signal_mv[:, [names.index("I"), names.index("II")]]
    limb = [
        signal_mv[:, names.index(name)] if name in names else both @ np.array(weights)
        for name, weights in SUMS_OF_I_AND_II.items()
    ]
    others = [lead for lead, name in enumerate(names) if name not in SUMS_OF_I_AND_II]
    all_names = (*SUMS_OF_I_AND_II, *(names[lead] for lead in others))
    return all_names, np.column_stack([*limb, signal_mv[:, others]]).astype(np.float32)


def _known_minute(recording: Recording, leads: list[int]) -> NDArray[np.float64] | None:
    """`[samples, leads]` of the first minute in which every one of `leads` is known."""
    samples = int(_LOOKED_AT_S * recording.sampling_rate_hz)
    known_in_all = np.isfinite(recording.signal_mv[:, leads]).all(axis=1)
    known = np.flatnonzero(known_in_all)[:samples]
    if len(leads) < 2 or len(known) < _FEWEST_SAMPLES:
        return None
    return recording.signal_mv[known][:, leads].astype(np.float64)


def _steps(signal_mv: NDArray[np.float64], sampling_rate_hz: float) -> NDArray[np.float64]:
    """Steps from sample to sample after averaging over 20 ms: neither drift nor mains count."""
    window = max(1, round(_AVERAGED_S * sampling_rate_hz))
    sums = np.cumsum(signal_mv, axis=0)
    return np.diff(sums[window:] - sums[:-window], axis=0)


def _contradictions(names: list[str], steps: NDArray[np.float64]) -> Iterator[str]:
    if len(names) < 3 or not steps.any():
        return
    laws = np.array([SUMS_OF_I_AND_II[name] for name in names])
    as_named = _misfit(steps, laws)
    if as_named <= LARGEST_MISFIT:
        return
    tried = [(_misfit(steps, other), words) for words, other in _explanations(names, laws)]
    best = min(misfit for misfit, _ in tried)
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    if best > CLEARLY_BETTER * as_named:
        yield f"Leads {listed} contradict each other (Einthoven's law, I + III = II)."
        return
    fitting = [words for misfit, words in tried if misfit <= best + 0.01]
    yield f"Leads {listed} contradict each other, unless {', or '.join(fitting)}."


def _explanations(
    names: list[str], laws: NDArray[np.float64]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """What may have happened to one or two leads, and the laws that hold if it did."""
    for i, name in enumerate(names):
        turned = laws.copy()
        turned[i] *= -1
        yield f"{name} is upside down", turned
    for i, name in enumerate(names):
        for j in range(i):
            swapped = laws.copy()
            swapped[[i, j]] = laws[[j, i]]
            yield f"{names[j]} and {name} are swapped", swapped


def _misfit(steps: NDArray[np.float64], laws: NDArray[np.float64]) -> float:
    """Share of a lead's energy that no I and II explain under `laws`, of the worst lead.

    A lead that is nearly flat beside the others has little say.
    """
    basis, _ = np.linalg.qr(laws)
    unexplained = np.sum((steps - steps @ basis @ basis.T) ** 2, axis=0)
    energy = np.sum(steps**2, axis=0)
    return float(np.max(unexplained / (energy + _FLAT_SHARE * energy.mean())))


def _exchanged_arms(names: Sequence[str], signal_mv: NDArray[np.float64]) -> Iterator[str]:
    """Lead I points down; V6, which looks at the heart from the same side, or aVR points up."""
    lead = dict(zip(names, signal_mv.T, strict=True))
    if "I" not in lead or _points_up(lead["I"]) > 1 / _CLEARLY_ONE_SIDED:
        return
    opposite = lead.get("V6", lead.get("aVR"))
    if opposite is not None and _points_up(opposite) > _CLEARLY_ONE_SIDED:
        yield (
            "Lead I is upside down: the electrodes of left and right arm may be exchanged "
            "(or the heart lies on the right)."
        )


def _points_up(lead_mv: NDArray[np.float64]) -> float:
    """How far the lead's peaks reach above its median, for each mV that they reach below it."""
    low, middle, high = np.percentile(lead_mv, _SPIKE_PERCENTILES)
    return float((high - middle) / max(middle - low, 1e-9))
