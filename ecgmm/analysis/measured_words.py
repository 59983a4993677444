"""How measurements are said to people."""

from __future__ import annotations

from collections.abc import Iterator

from ecgmm.measure.measurements import Measurements

_INTERVALS = {"pr_ms": "PR", "qrs_ms": "QRS", "qt_ms": "QT"}
_AXES = {"p_axis_deg": "P", "qrs_axis_deg": "QRS", "t_axis_deg": "T"}
_FORMULAS = {"fridericia": "Fridericia", "bazett": "Bazett"}
"""Those that are told; the others are in the JSON."""


def intervals(measured: Measurements) -> str:
    """Such as `"PR 162 ms, QRS 94 ms, QT 402 ms, QTc 421 ms (Fridericia), 430 ms (Bazett)"`."""
    parts = [
        f"{name} {value} ms"
        for key, name in _INTERVALS.items()
        if (value := getattr(measured, key)) is not None
    ]
    told = ", ".join(parts)
    if measured.uncertainty_ms is not None and parts:
        told += f" (each to about {measured.uncertainty_ms} ms, as the print allows)"
    return ", ".join(filter(None, (told, _corrected(measured))))


def axes(measured: Measurements) -> str:
    """Such as `"P 54 degrees, QRS 12 degrees, T 40 degrees"`; empty where there is none."""
    parts = [
        f"{name} {value} degrees"
        for key, name in _AXES.items()
        if (value := getattr(measured, key)) is not None
    ]
    return ", ".join(parts)


def variability(measured: Measurements) -> str:
    """Such as `"SDNN 45 ms, RMSSD 30 ms, pNN50 12 %"`; empty where there is none."""
    varies = measured.variability
    if varies is None:
        return ""
    told = f"SDNN {varies.sdnn_ms:.0f} ms, RMSSD {varies.rmssd_ms:.0f} ms"
    told += f", pNN50 {100 * varies.pnn50:.0f} %"
    return told if varies.lf_hf is None else f"{told}, LF/HF {varies.lf_hf:.1f}"


def not_measured(measured: Measurements) -> str:
    """The intervals that have no value, and why, such as `"PR (there are no P waves ...)"`."""
    return "; ".join(
        f"{name} ({measured.not_measured[key]})"
        for key, name in _INTERVALS.items()
        if key in measured.not_measured
    )


def _corrected(measured: Measurements) -> str:
    return f"QTc {', '.join(_formulas(measured))}" if measured.qtc_ms["fridericia"] else ""


def _formulas(measured: Measurements) -> Iterator[str]:
    for name, author in _FORMULAS.items():
        doubt = "" if name in measured.qtc_holding else ", not made for this rate"
        yield f"{measured.qtc_ms[name]} ms ({author}{doubt})"
