"""How a reading is said to people: the same words in the report and on the plot."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding, Reading

NOT_A_MEDICAL_DEVICE = "Not a medical device: no diagnosis, no substitute for a physician."

BEAT_NAMES = {
    "N": "normal or bundle branch block",
    "S": "supraventricular ectopic",
    "V": "ventricular ectopic",
    "F": "fusion",
    "Q": "paced or unclassifiable",
}

RHYTHM_NAMES = {
    "normal": "normal",
    "af": "atrial fibrillation",
    "other": "other",
    "noise": "noise",
}

SEVERITY_ORDER = ("critical", "warning", "info")


def verdict_words(reading: Reading) -> str:
    """The verdict and how sure it is, such as `"Abnormal, 97 % sure"`."""
    summary = reading.summary
    probability = summary.abnormal_probability
    if summary.verdict == "unreadable":
        return "Unreadable"
    if probability is None:
        return summary.verdict.capitalize()
    certainty = probability if summary.verdict == "abnormal" else 1.0 - probability
    return f"{summary.verdict.capitalize()}, {percent(certainty)} sure"


def heart_rate_words(reading: Reading) -> str:
    """Heart rate such as `"71 bpm"`, or that there is none to give."""
    heart_rate_bpm = reading.summary.heart_rate_bpm
    return "heart rate unknown" if heart_rate_bpm is None else f"{heart_rate_bpm:.0f} bpm"


def by_severity(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings, the gravest first; equal ones stay in their order."""
    return sorted(findings, key=lambda finding: SEVERITY_ORDER.index(finding.severity))


def percent(probability: float) -> str:
    """A probability in whole per cent that never claims certainty."""
    if probability > 0.99:
        return "over 99 %"
    if probability < 0.01:
        return "under 1 %"
    return f"{round(probability * 100)} %"


def clock(time_s: float, *, decimals: int = 1) -> str:
    """A time as `"7.3 s"`, `"2:07.3"` or `"1:02:07.3"`."""
    ticks = round(time_s * 10**decimals)
    minutes, rest = divmod(ticks, 60 * 10**decimals)
    seconds = rest / 10**decimals
    if not minutes:
        return f"{seconds:.{decimals}f} s"
    width = decimals + 3 if decimals else 2
    hours, minutes = divmod(minutes, 60)
    tail = f"{minutes:02d}" if hours else f"{minutes}"
    return f"{hours}:" * bool(hours) + f"{tail}:{seconds:0{width}.{decimals}f}"
