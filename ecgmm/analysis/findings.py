"""From beats, rhythm and conditions to findings: every rule, applied in one fixed order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ecgmm.analysis.reading import Beat, Finding, JudgedCondition, Rhythm
from ecgmm.analysis.rules import (
    agreement,
    av_block,
    av_conduction,
    axis_and_voltage,
    bundle_branches,
    conditions,
    hypertrophy,
    infarction,
    other_beats,
    pauses,
    rates,
    repolarisation,
    rhythms,
    supraventricular,
    unexplained_rhythm,
    ventricular,
)
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.words import by_severity
from ecgmm.measure.measurements import NOTHING_MEASURED, Measurements
from ecgmm.person import NOBODY, Person

RULES: tuple[Callable[[Evidence], list[Finding]], ...] = (
    ventricular.vt_sustained,
    ventricular.vt_nonsustained,
    pauses.asystole,
    rates.extreme_bradycardia,
    rates.extreme_tachycardia,
    rhythms.af,
    rhythms.af_episodes,
    conditions.diseases,
    conditions.statements,
    av_block.av_block,
    infarction.st_elevation,
    repolarisation.brugada_pattern,
    bundle_branches.left_bundle_branch_block,
    bundle_branches.right_bundle_branch_block,
    repolarisation.qt_interval,
    pauses.pause,
    ventricular.idioventricular_rhythm,
    ventricular.bigeminy,
    ventricular.trigeminy,
    ventricular.quadrigeminy,
    ventricular.couplet,
    ventricular.pvc_burden,
    ventricular.pvc,
    other_beats.fusion,
    supraventricular.svt_run,
    supraventricular.supraventricular_rhythm,
    rhythms.junctional_rhythm,
    supraventricular.atrial_bigeminy,
    supraventricular.atrial_couplet,
    supraventricular.pac_burden,
    supraventricular.pac,
    rates.bradycardia,
    rates.tachycardia,
    rhythms.irregular_rhythm,
    av_conduction.first_degree_av_block,
    av_conduction.preexcitation,
    av_conduction.short_pr,
    bundle_branches.intraventricular_delay,
    bundle_branches.left_anterior_fascicular_block,
    bundle_branches.left_posterior_fascicular_block,
    hypertrophy.left_ventricular_hypertrophy,
    hypertrophy.right_ventricular_hypertrophy,
    hypertrophy.left_atrial_enlargement,
    hypertrophy.right_atrial_enlargement,
    infarction.pathological_q,
    infarction.st_depression,
    infarction.t_inversion,
    repolarisation.early_repolarisation,
    axis_and_voltage.axis_deviation,
    axis_and_voltage.low_voltage,
    axis_and_voltage.poor_r_progression,
    other_beats.unclassifiable,
)


def find_findings(
    beats: Sequence[Beat],
    rhythm: Rhythm,
    duration_s: float,
    gaps: Sequence[tuple[float, float]] = (),
    judged: Sequence[JudgedCondition] = (),
    measured: Measurements = NOTHING_MEASURED,
    person: Person = NOBODY,
) -> tuple[Finding, ...]:
    """Everything worth saying about one recording.

    Args:
        beats: every beat, in time order.
        rhythm: the rhythm of the whole recording.
        duration_s: length of the recording in seconds.
        gaps: `(start_s, end_s)` of each span that could not be read, in time order and without
            overlap. No pause is found inside one and no run across one.
        judged: the conditions that were asked of the leads as a set.
        measured: what the waves of the dominant beats measure.
        person: whose heart it is, as far as that is known.

    Returns:
        Findings, the gravest first, in the order of `RULES` where equally grave; none for a
        normal ECG. Each points at the beats or the leads that prove it.

    Raises:
        ValueError: when the beats are not in time order.
    """
    evidence = Evidence(beats, rhythm, duration_s, gaps, judged, measured, person)
    found = _surely(evidence)
    return tuple(by_severity(tuple(agreement.with_network(each, evidence) for each in found)))


def _surely(evidence: Evidence) -> list[Finding]:
    """What the rules say whatever a page's print leaves open of the intervals."""
    found = _by_rules(evidence)
    open_ms = evidence.measured.uncertainty_ms
    if open_ms is None:
        return found
    for change_ms in (-open_ms, open_ms):
        changed = replace(evidence, measured=evidence.measured.with_intervals_off_by(change_ms))
        still = {finding.code for finding in _by_rules(changed)}
        found = [finding for finding in found if finding.code in still]
    return found


def _by_rules(evidence: Evidence) -> list[Finding]:
    found = [finding for rule in RULES for finding in rule(evidence)]
    return [*found, *unexplained_rhythm.other_rhythm(evidence, found)]
