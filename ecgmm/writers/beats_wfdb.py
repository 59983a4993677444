"""Beats as a WFDB annotation file (`.atr`), which every WFDB tool reads.

Format MIT: https://physionet.org/physiotools/wag/annot-5.htm. Every annotation is a 16-bit word,
a code in its upper six bits and the samples since the one before in its lower ten. `wfdb.wrann`
writes the same bytes, from lists that take a gigabyte for a recording of two weeks.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Reading
from ecgmm.recording import Annotations

_RHYTHM_CHANGE = "+"
_RHYTHM_NOTE = {"normal": "(N", "af": "(AFIB"}
_NOTE, _SKIP, _AUX = 22, 59, 63
"""Codes of annot(5) in the WFDB Applications Guide."""
_CODE_SHIFT = 10
"""annot(5): six bits of code above ten of time."""
_LONGEST_STEP = (1 << _CODE_SHIFT) - 1
"""What ten bits hold."""
_END_OF_DEFINITIONS = b"\x00\xec\xff\xff\xff\xff\x01\x00"
_END = b"\0\0"
AT_ONCE = 10_000
"""Beats that are turned into bytes together."""


def reading_annotations(reading: Reading, sampling_rate_hz: float) -> Annotations:
    """The beats of a reading, and its rhythm where WFDB has a name for it.

    The AAMI classes N, S, V, F and Q are WFDB symbols too.

    Args:
        reading: what was read.
        sampling_rate_hz: of the recording that was read; of a picture any rate, such as 500.
    """
    note = _RHYTHM_NOTE.get(reading.rhythm.label)
    beats = BeatList.of(reading.beats)
    return Annotations(
        beat_samples=np.round(beats.time_s * sampling_rate_hz).astype(np.int64),
        beat_symbols=tuple(beats.labels),
        rhythm_samples=np.zeros(1 if note else 0, np.int64),
        rhythm_names=(note,) if note else (),
    )


def annotation_file(annotations: Annotations, sampling_rate_hz: float) -> bytes:
    """Beats and rhythm changes as the content of an `.atr` file.

    Args:
        annotations: what to write; marks and signal quality are left out.
        sampling_rate_hz: the clock of their samples; it is written into the file.
    """
    samples = np.concatenate((annotations.rhythm_samples, annotations.beat_samples))
    if not len(samples):
        return _END
    changes = len(annotations.rhythm_samples)
    codes = _codes((_RHYTHM_CHANGE,) * changes + annotations.beat_symbols)
    order = np.argsort(samples, kind="stable")
    samples, codes = samples[order], codes[order]
    names = dict(
        zip(np.flatnonzero(order < changes).tolist(), annotations.rhythm_names, strict=True)
    )
    ends = {place + 1 for place in names} | {*range(0, len(codes), AT_ONCE), len(codes)}
    parts, last_sample = [_clock(sampling_rate_hz)], 0
    for first, last in pairwise(sorted(ends)):
        parts.append(_bytes(_words(samples[first:last], last_sample, codes[first:last])))
        parts.append(_aux(names[last - 1]) if last - 1 in names else b"")
        last_sample = int(samples[last - 1])
    return b"".join((*parts, _END))


def _codes(symbols: tuple[str, ...]) -> NDArray[np.uint8]:
    """The code of each annotation symbol."""
    from wfdb.io.annotation import ann_label_table

    code_of = dict(zip(ann_label_table["symbol"], ann_label_table["label_store"], strict=True))
    return np.fromiter((code_of[symbol] for symbol in symbols), np.uint8, len(symbols))


def _words(samples: NDArray[np.int64], before: int, codes: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """`[annotations, 4]`: a skip of 32 bits and its two halves, then the annotation.

    The skip is 0, which is none, where the step since the annotation before fits into the word.
    """
    steps = np.diff(samples, prepend=before)
    far = steps > _LONGEST_STEP
    words = np.zeros((len(samples), 4), np.uint16)
    words[far, 0] = _SKIP << _CODE_SHIFT
    words[far, 1] = steps[far] >> 16
    words[far, 2] = steps[far] & 0xFFFF
    words[:, 3] = (codes.astype(np.int64) << _CODE_SHIFT) + np.where(far, 0, steps)
    return words


def _bytes(words: NDArray[np.uint16]) -> bytes:
    """The words of annotations, without the skips that are none."""
    needed = np.repeat(words[:, :1] > 0, 4, axis=1)
    needed[:, 3] = True
    return words[needed].astype("<u2").tobytes()


def _clock(sampling_rate_hz: float) -> bytes:
    """The note at the beginning that says how long a sample is."""
    note = (_NOTE << _CODE_SHIFT).to_bytes(2, "little")
    return note + _aux(f"## time resolution: {sampling_rate_hz:.10g}") + _END_OF_DEFINITIONS


def _aux(text: str) -> bytes:
    """Text that belongs to the annotation before, filled up to whole words."""
    content = text.encode()
    head = ((_AUX << _CODE_SHIFT) + len(content)).to_bytes(2, "little")
    return head + content + b"\0" * (len(content) % 2)
