"""Alarms about beats that do not come, and signals that do not."""

from __future__ import annotations

from ecgmm.monitor.alarms.situation import RECENT_S, Cause, Situation


def asystole(situation: Situation) -> Cause | None:
    """No beat for 4 s (CinC 2015).

    A signal that looks like ventricular fibrillation is told as that. A perfectly flat line is
    asystole too, for it cannot be told from one here; a source that knows of a lost
    electrode sends no numbers.
    """
    if situation.is_fibrillating or situation.silent_s < situation.limits.asystole_s:
        return None
    text = f"Asystole: no beat for {situation.limits.asystole_s:g} s. If not, check the electrodes."
    return Cause("asystole", "critical", situation.read_to_s - situation.silent_s, text)


def pause(situation: Situation) -> Cause | None:
    """No beat for 3 s, now or between the last two beats.

    ACC/AHA/HRS 2018 counts sinus pauses of more than 3 s among the signs of sinus node
    dysfunction. It is told while it lasts; when it grows into asystole, that takes its place.
    """
    shortest_s, longest_s = situation.limits.pause_s, situation.limits.asystole_s
    text = f"Pause: no beat for {shortest_s:g} s."
    if shortest_s <= situation.silent_s < longest_s:
        onset_s = situation.read_to_s - situation.silent_s
        return Cause("pause", "warning", onset_s, text, situation.ids[-1:])
    for second in range(len(situation.ids) - 1, 0, -1):
        if situation.time_s(second) < situation.read_to_s - RECENT_S:
            break
        if shortest_s <= situation.evidence.rr_s[second - 1] < longest_s:
            around = situation.ids_of(range(second - 1, second + 1))
            return Cause("pause", "warning", situation.time_s(second - 1), text, around)
    return None


def lead_off(situation: Situation) -> Cause | None:
    """Leads that give no signal: a warning if there is none left to watch."""
    if not situation.leads_off:
        return None
    names = ", ".join(situation.leads_off)
    if situation.all_off:
        text = f"Leads off: {names}. Nothing is being watched."
        return Cause("lead_off", "warning", situation.read_to_s, text)
    return Cause("lead_off", "info", situation.read_to_s, f"Leads off: {names}.")
