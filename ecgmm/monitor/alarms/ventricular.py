"""Alarms about beats that begin in the ventricles, and about ventricles that only quiver."""

from __future__ import annotations

from ecgmm.monitor.alarms.situation import RECENT_S, Cause, Situation
from ecgmm.monitor.fibrillation import WINDOW_S


def ventricular_fibrillation(situation: Situation) -> Cause | None:
    """The signal looks like fibrillation or flutter of the ventricles.

    Told from the signal alone (`monitor.fibrillation`): the model has no class for it. Fast
    ventricular tachycardia without isoelectric line looks the same and is as urgent, so that the
    text names both, as bedside monitors do ("VF/VT").
    """
    if not situation.is_fibrillating:
        return None
    text = "Ventricular fibrillation, flutter or fast ventricular tachycardia."
    onset_s = max(0.0, situation.read_to_s - WINDOW_S)
    return Cause("ventricular_fibrillation", "critical", onset_s, text)


def ventricular_tachycardia(situation: Situation) -> Cause | None:
    """5 ventricular beats in a row at 100 bpm or faster (CinC 2015)."""
    limits = situation.limits
    for run in _recent_runs(situation, limits.vt_beats):
        fastest = max(
            situation.evidence.rate_bpm(range(first, first + limits.vt_beats))
            for first in range(run.start, run.stop - limits.vt_beats + 1)
        )
        if fastest >= limits.vt_bpm:
            text = (
                f"Ventricular tachycardia: {limits.vt_beats} ventricular beats or more in a row, "
                f"faster than {limits.vt_bpm:g} bpm."
            )
            onset_s, ids = situation.time_s(run.start), situation.ids_of(run)
            return Cause("ventricular_tachycardia", "critical", onset_s, text, ids)
    return None


def pvc_run(situation: Situation) -> Cause | None:
    """3 ventricular beats in a row, at any rate (EC57 counts runs from 3 beats)."""
    fewest = situation.limits.pvc_run_beats
    for run in _recent_runs(situation, fewest):
        text = f"Run of {fewest} ventricular beats or more."
        onset_s, ids = situation.time_s(run.start), situation.ids_of(run)
        return Cause("pvc_run", "warning", onset_s, text, ids)
    return None


def _recent_runs(situation: Situation, fewest: int) -> list[range]:
    """Runs of ventricular beats that end in the last seconds, the latest first."""
    runs = situation.evidence.matches(f"V{{{fewest},}}")
    since_s = situation.read_to_s - RECENT_S
    return [run for run in reversed(runs) if situation.time_s(run.stop - 1) >= since_s]
