"""The experiment that trains the rhythm of strips."""

import numpy as np
from raw_strips import irregular_s, strip

from ecgmm.analysis.strip_features import strip_features
from ecgmm.experiments.strip_rhythm import ReadRecording, held_out_names, table_lines
from ecgmm.labels import RHYTHM_CLASSES


def recordings() -> list[ReadRecording]:
    """Sinus rhythm and fibrillation that the network cannot tell apart, other rhythms and noise."""
    read = []
    for seed in range(30):
        steady_s = 0.7 + 0.004 * seed + 0.03 * np.sin(np.arange(35))
        kinds = {
            "normal": strip(steady_s),
            "af": strip(irregular_s(seed), p_mv=0.0),
            "other": strip(steady_s, said=(0.1, 0.1, 0.78, 0.02)),
            "noise": strip(steady_s, said=(0.1, 0.1, 0.1, 0.7)),
        }
        for name, raw in kinds.items():
            read.append(ReadRecording(raw, strip_features(raw), RHYTHM_CLASSES.index(name)))
    return read


def test_recordings_are_told_apart_by_tables_that_never_saw_them() -> None:
    read = recordings()
    names = held_out_names(read, seed=0)
    assert (
        np.mean([name == RHYTHM_CLASSES[r.rhythm] for name, r in zip(names, read, strict=True)])
        > 0.95
    )


def test_the_table_stands_beside_what_the_network_says() -> None:
    *_, network, seed = table_lines(recordings(), [0])
    assert network.startswith("| network | 0.667 | 0.000 | 1.000 |")
    assert seed.startswith("| seed 0 | ")
