"""Other people's QRS detectors on the same records, scored by the same matcher."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.measure.waves import WAVE_NAMES, Wave, WaveName
from ecgmm.scoring.results import RecordResult

WaveDelineator = Callable[[NDArray[np.floating], float], tuple[Wave, ...]]
Detector = Callable[[NDArray[np.floating], float], NDArray[np.float64]]

NEUROKIT_METHODS = ("neurokit", "pantompkins1985", "hamilton2002", "elgendi2010", "kalidas2017")


def xqrs(lead_mv: NDArray[np.floating], sampling_rate_hz: float) -> NDArray[np.float64]:
    """Beat times by the detector `xqrs` of the package `wfdb`.

    Args:
        lead_mv: `[samples]` millivolts.
        sampling_rate_hz: of the lead.

    Returns:
        `[beats]` seconds, ascending.
    """
    from wfdb.processing import xqrs_detect

    samples = xqrs_detect(np.asarray(lead_mv, np.float64), sampling_rate_hz, verbose=False)
    return np.sort(np.asarray(samples, np.float64)) / sampling_rate_hz


def neurokit(method: str) -> Detector:
    """A detector of NeuroKit2, a development extra (it forces an old pandas).

    Args:
        method: one of `NEUROKIT_METHODS`, or another of `neurokit2.ecg_peaks`.

    Raises:
        InputError: if NeuroKit2 is not installed.
    """
    if not _has_neurokit():
        raise InputError(
            "peer_not_installed",
            "NeuroKit2 is not installed: run `pip install neurokit2` in an environment of its own.",
        )
    neurokit2 = importlib.import_module("neurokit2")

    def detect(lead_mv: NDArray[np.floating], sampling_rate_hz: float) -> NDArray[np.float64]:
        cleaned = neurokit2.ecg_clean(lead_mv, sampling_rate=sampling_rate_hz, method=method)
        _, info = neurokit2.ecg_peaks(cleaned, sampling_rate=sampling_rate_hz, method=method)
        return np.sort(np.asarray(info["ECG_R_Peaks"], np.float64)) / sampling_rate_hz

    return detect


def neurokit_waves(lead_mv: NDArray[np.floating], sampling_rate_hz: float) -> tuple[Wave, ...]:
    """The waves of a lead by NeuroKit2's delineation with wavelets, its default.

    Args:
        lead_mv: `[samples]` millivolts.
        sampling_rate_hz: of the lead.

    Returns:
        In time order; none where it finds too little to go on.
    """
    neurokit2 = importlib.import_module("neurokit2")
    cleaned = neurokit2.ecg_clean(lead_mv, sampling_rate=sampling_rate_hz)
    _, peaks = neurokit2.ecg_peaks(cleaned, sampling_rate=sampling_rate_hz)
    try:
        _, found = neurokit2.ecg_delineate(
            cleaned, peaks["ECG_R_Peaks"], sampling_rate=sampling_rate_hz, method="dwt"
        )
    except (IndexError, ValueError, ZeroDivisionError):
        return ()
    found["ECG_R_Peaks"] = peaks["ECG_R_Peaks"]
    waves = [wave for name in WAVE_NAMES for wave in _neurokit_wave(name, found, sampling_rate_hz)]
    return tuple(sorted(waves, key=lambda wave: wave.peak_s))


def _neurokit_wave(name: WaveName, found: dict[str, Any], rate_hz: float) -> Iterator[Wave]:
    letter = "R" if name == "QRS" else name
    columns = (found[f"ECG_{letter}_{part}"] for part in ("Onsets", "Peaks", "Offsets"))
    for onset, peak, end in zip(*columns, strict=False):
        if not np.isnan(peak):
            yield Wave(
                name, _seconds(onset, rate_hz), float(peak) / rate_hz, _seconds(end, rate_hz)
            )


def _seconds(sample: float, sampling_rate_hz: float) -> float | None:
    return None if np.isnan(sample) else float(sample) / sampling_rate_hz


def available_delineators() -> dict[str, WaveDelineator]:
    """Every delineator of waves that can run here, by the name it has in the report."""
    return {"NeuroKit2 dwt": neurokit_waves} if _has_neurokit() else {}


def available_detectors() -> dict[str, Detector]:
    """Every detector that can run here, by the name it has in the report."""
    detectors: dict[str, Detector] = {"wfdb xqrs": xqrs}
    if _has_neurokit():
        detectors |= {f"NeuroKit2 {method}": neurokit(method) for method in NEUROKIT_METHODS}
    return detectors


def read_with_detector(
    detector: Detector,
    lead_mv: NDArray[np.floating],
    sampling_rate_hz: float,
    reference: RecordResult,
) -> RecordResult:
    """What a detector says of a record, ready for the same tables as any other reading.

    Args:
        detector: finds beats in one lead.
        lead_mv: `[samples]` millivolts of that lead.
        sampling_rate_hz: of the lead.
        reference: any result of the same record; its reference is kept, its reading is not.

    Returns:
        The record with the detector's beats, all labelled `N`: only QRS figures mean
        something.
    """
    times_s = detector(lead_mv, sampling_rate_hz)
    return dataclasses.replace(
        reference,
        test_times_s=times_s,
        test_labels=("N",) * len(times_s),
        test_probabilities=None,
        test_af_spans_s=None,
        test_shutdown_spans_s=(),
    )


def _has_neurokit() -> bool:
    return importlib.util.find_spec("neurokit2") is not None
