"""When each beat comes and what kind it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

import numpy as np

Underlying = Literal["sinus", "af", "flutter"]

DROPPED_BEAT = "-"
PATTERN_SYMBOLS = "NejAaVFx" + DROPPED_BEAT
CONDUCTED = "Nej"
ATRIAL_PREMATURE = ("A", "a")
BLOCKED_P_WAVE = "x"
BLOCKED = (BLOCKED_P_WAVE, DROPPED_BEAT)

_PREMATURITY_OF_SYMBOL = {"A": 0.65, "a": 0.55, "V": 0.60, "F": 0.92}
"""Share of the sinus interval after which a beat comes."""
_SINUS_RETURN_AFTER_ATRIAL_BEAT = 1.05
"""Of the sinus interval: the node is reset and begins a little late."""
_REFRACTORY_SHARE = 0.7
"""Of the sinus interval: a sinus beat so soon after another is not conducted."""
_INTERPOLATED_REFRACTORY_SHARE = 0.25
"""Where a ventricular beat does not reach the node, the next sinus beat is conducted after it."""
FLUTTER_CYCLE_S = 0.2
"""300 a minute: typical flutter has 240 to 340 (ESC 2019)."""
_FLUTTER_RATIOS = (2, 3, 4)
"""Flutter waves to a beat."""
_RATIO_CHANGES = 0.1
"""How often the ratio changes from one beat to the next."""
_LATEST_START_SHARE = 0.3
"""Of an interval: a recording begins no later than that after a beat that is not in it."""

_RESPIRATION_HZ = 0.25
"""15 breaths a minute."""
_RESPIRATORY_ARRHYTHMIA = 0.03
"""Share of the interval: an adult at rest."""
_VASOMOTOR_HZ = 0.1
"""The Mayer wave."""
_VASOMOTOR_ARRHYTHMIA = 0.015
"""Half of what breathing does."""
_BEAT_JITTER = 0.005
"""What is left when both are taken out."""

_AF_SPREAD = 0.22
"""Deviation of the logarithm of the intervals in fibrillation."""
_AF_RANGE = (0.55, 1.8)
"""Of the mean interval: the atrioventricular node lets through no faster, and escapes no slower."""

_TACHYCARDIA_BPM = 100.0
"""AHA/ACC/HRS 2017: slower runs are idioventricular."""
_UNDERLYING_NAME = {"sinus": "(N", "af": "(AFIB", "flutter": "(AFL"}


@dataclass(frozen=True)
class Episode:
    """A stretch of one rhythm.

    Attributes:
        pattern: beat symbols, repeated until the episode ends: `N` sinus (or conducted) beat,
            `e` beat of an ectopic atrial rhythm, `j` of a junctional one, `A` atrial premature
            beat, `a` the same, aberrantly conducted, `V` ventricular premature beat, `F` fusion
            of a sinus and a ventricular beat, `x` a P wave that is not conducted, `-` a sinus beat
            that is dropped. `"NV"` is bigeminy, `"NNNNNNVVVV"` has runs of ventricular
            tachycardia, `"Nx"` is a 2:1 block, `"-"` is asystole.
        duration_s: its length in seconds.
        heart_rate_bpm: mean rate of the underlying rhythm.
        rhythm: the underlying rhythm: `"sinus"`, `"af"` for atrial fibrillation, or `"flutter"`,
            which is conducted 2:1 to 4:1 whatever the rate.
        run_rate_bpm: the rate inside runs of `A` or `V`.
        pr_growth_s: by how much the PR interval grows from beat to beat until a P wave is blocked:
            `"NNNx"` with growth is Wenckebach's.
        interpolated: whether sinus beats go on after ventricular ones as if there were none.
    """

    pattern: str = "N"
    duration_s: float = 10.0
    heart_rate_bpm: float = 70.0
    rhythm: Underlying = "sinus"
    run_rate_bpm: float = 160.0
    pr_growth_s: float = 0.0
    interpolated: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.pattern) - set(PATTERN_SYMBOLS)
        if unknown or not self.pattern:
            raise ValueError(
                f"Expected a pattern of the symbols {PATTERN_SYMBOLS!r}. Received {self.pattern!r}."
            )
        if self.rhythm not in _UNDERLYING_NAME:
            raise ValueError(
                f"Expected rhythm 'sinus', 'af' or 'flutter'. Received {self.rhythm!r}."
            )
        for name in ("duration_s", "heart_rate_bpm", "run_rate_bpm"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"Expected {name} above 0. Received {getattr(self, name)}.")


@dataclass(frozen=True)
class PlannedBeat:
    """One beat to be drawn.

    Attributes:
        time_s: its R peak, in seconds from the start of the recording.
        symbol: its PhysioNet symbol.
        rr_s: the RR interval to which its repolarisation has adapted.
        underlying: the rhythm that it interrupts or belongs to.
        rhythm_name: PhysioNet name of the rhythm that it is part of (`"(VT"`).
        delay_s: by how much longer than usual its P wave took to the ventricles.
    """

    time_s: float
    symbol: str
    rr_s: float
    underlying: Underlying
    rhythm_name: str
    delay_s: float = 0.0


def plan_beats(episodes: Sequence[Episode], rng: np.random.Generator) -> list[PlannedBeat]:
    """Every beat of a recording, in time order."""
    beats: list[PlannedBeat] = []
    start_s = 0.0
    for episode in episodes:
        last_beat_s = beats[-1].time_s if beats else -np.inf
        times = list(_beat_times(episode, start_s, last_beat_s, rng))
        names = rhythm_names("".join(symbol for _, symbol, _, _ in times), episode)
        beats += [
            PlannedBeat(time_s, symbol, rr_s, episode.rhythm, name, delay_s)
            for (time_s, symbol, rr_s, delay_s), name in zip(times, names, strict=True)
        ]
        start_s += episode.duration_s
    return beats


def rhythm_names(symbols: str, episode: Episode) -> list[str]:
    """PhysioNet's rhythm name for each beat of an episode.

    Runs of at least three ventricular beats are `(VT`, or `(IVR` below 100 bpm; three atrial
    ones `(SVTA`, junctional ones `(NOD`, ectopic atrial ones `(AB`; at least three groups of `NV`
    are `(B` and of `NNV` `(T`; beats beside P waves that are not conducted are `(BII`. Everything
    else has the name of the underlying rhythm.
    """
    run_name = "(VT" if episode.run_rate_bpm >= _TACHYCARDIA_BPM else "(IVR"
    names = [_UNDERLYING_NAME[episode.rhythm]] * len(symbols)
    named_patterns = {
        r"(?:NV){3,}": "(B",
        r"(?:NNV){3,}": "(T",
        r"[Aa]{3,}": "(SVTA",
        r"j{3,}": "(NOD",
        r"e{3,}": "(AB",
        r"(?:N+x+)+N*": "(BII",
        r"V{3,}": run_name,
    }
    for pattern, name in named_patterns.items():
        for match in re.finditer(pattern, symbols):
            names[match.start() : match.end()] = [name] * len(match.group())
    return names


def _beat_times(
    episode: Episode, start_s: float, last_beat_s: float, rng: np.random.Generator
) -> Iterator[tuple[float, str, float, float]]:
    """Time, symbol, adapted RR interval and delay of the beats of one episode.

    The sinus node keeps its own clock. A ventricular beat leaves that clock alone and makes
    the next sinus beat fall into the refractory period, hence the full compensatory pause;
    an atrial beat resets it, hence a shorter one.
    """
    mean_rr_s = 60.0 / episode.heart_rate_bpm
    run_rr_s = 60.0 / episode.run_rate_bpm
    interval_s = _interval_source(episode, rng)
    refractory = _INTERPOLATED_REFRACTORY_SHARE if episode.interpolated else _REFRACTORY_SHARE
    beat_s = node_s = max(last_beat_s, start_s - _LATEST_START_SHARE * mean_rr_s)
    delay_s, previous = 0.0, ""
    for symbol in cycle(episode.pattern):
        rr_s = interval_s(node_s)
        in_run = symbol == previous and symbol in "AaV"
        if symbol in BLOCKED:
            node_s, delay_s = node_s + rr_s, 0.0
        elif symbol in CONDUCTED:
            delay_s = delay_s + episode.pr_growth_s if previous == symbol else 0.0
            share = _SINUS_RETURN_AFTER_ATRIAL_BEAT if previous in ATRIAL_PREMATURE else 1.0
            node_s = _next_conducted(node_s, beat_s, rr_s, share, refractory)
            beat_s = node_s + delay_s
        else:
            beat_s += run_rr_s if in_run else _PREMATURITY_OF_SYMBOL[symbol] * rr_s
            if symbol in ATRIAL_PREMATURE or episode.rhythm == "af":
                node_s = beat_s
        if max(beat_s, node_s) >= start_s + episode.duration_s:
            return
        if symbol == BLOCKED_P_WAVE:
            yield node_s, symbol, mean_rr_s, 0.0
        elif symbol != DROPPED_BEAT:
            delayed_s = delay_s if symbol in CONDUCTED else 0.0
            yield beat_s, symbol, run_rr_s if in_run else mean_rr_s, delayed_s
        previous = symbol


def _next_conducted(
    node_s: float, beat_s: float, rr_s: float, first_share: float, refractory_share: float
) -> float:
    """The next discharge of the sinus node that finds the ventricles ready."""
    node_s += rr_s * first_share
    while node_s - beat_s < refractory_share * rr_s:
        node_s += rr_s
    return node_s


def _interval_source(episode: Episode, rng: np.random.Generator) -> Callable[[float], float]:
    """A function that gives the RR interval that begins at a time.

    Sinus intervals follow respiration and the slower vasomotor wave, the two bands of
    heart-rate variability in McSharry 2003. In fibrillation each interval is drawn anew.
    """
    mean_rr_s = 60.0 / episode.heart_rate_bpm
    respiration, vasomotor = rng.uniform(0.0, 2 * np.pi, 2)

    def sinus_interval_s(time_s: float) -> float:
        change = (
            _RESPIRATORY_ARRHYTHMIA * np.sin(2 * np.pi * _RESPIRATION_HZ * time_s + respiration)
            + _VASOMOTOR_ARRHYTHMIA * np.sin(2 * np.pi * _VASOMOTOR_HZ * time_s + vasomotor)
            + rng.normal(0.0, _BEAT_JITTER)
        )
        return float(mean_rr_s * (1.0 + change))

    def fibrillation_interval_s(time_s: float) -> float:
        return float(mean_rr_s * np.clip(rng.lognormal(0.0, _AF_SPREAD), *_AF_RANGE))

    ratio = int(rng.choice(_FLUTTER_RATIOS)) if episode.rhythm == "flutter" else 0

    def flutter_interval_s(time_s: float) -> float:
        nonlocal ratio
        if rng.random() < _RATIO_CHANGES:
            ratio = int(rng.choice(_FLUTTER_RATIOS))
        return ratio * FLUTTER_CYCLE_S

    return {
        "sinus": sinus_interval_s,
        "af": fibrillation_interval_s,
        "flutter": flutter_interval_s,
    }[episode.rhythm]
