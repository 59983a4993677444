"""The one layout of an example that all data sets share."""

from typing import Any

import numpy as np
import tensorflow_datasets as tfds
import wfdb

from datasets.wfdb_record import AnnotationList
from ecgmm.labels import AAMI_CLASS_OF_SYMBOL

SPLIT = "records"

_RHYTHM_CHANGE = "+"
_QUALITY_CHANGE = "~"


def features() -> tfds.features.FeaturesDict:
    """One whole record: its signals as stored and everything annotated on them.

    `rhythm_*` are the `+` annotations with their text, `quality_*` the `~` annotations
    with their subtype, `marker_*` every other annotation that is not a beat: onset `[`,
    waves `!` and end `]` of ventricular flutter, isolated artefact `|`, comment `"`,
    blocked beat `x`. Millivolts are `(signal - baseline_adu) / gain_adu_per_mv`.
    """
    return tfds.features.FeaturesDict(
        {
            "record": tfds.features.Text(),
            "patient": tfds.features.Text(),
            "sampling_rate_hz": tfds.features.Scalar(np.float32),
            "lead_names": _list_of(np.str_),
            "signal": tfds.features.Tensor(
                shape=(None, None), dtype=np.int16, encoding=tfds.features.Encoding.BYTES
            ),
            "units": _list_of(np.str_),
            "gain_adu_per_mv": _list_of(np.float32),
            "baseline_adu": _list_of(np.int32),
            "beat_samples": _list_of(np.int64),
            "beat_symbols": _list_of(np.str_),
            "rhythm_samples": _list_of(np.int64),
            "rhythm_names": _list_of(np.str_),
            "quality_samples": _list_of(np.int64),
            "quality_subtypes": _list_of(np.int32),
            "marker_samples": _list_of(np.int64),
            "marker_symbols": _list_of(np.str_),
            "rhythm_class": tfds.features.Text(),
        }
    )


def example(
    record: wfdb.Record, annotations: AnnotationList, *, patient: str, rhythm_class: str
) -> dict[str, Any]:
    """One example of `features`.

    Args:
        record: signals in ADC counts, `d_signal` int16 `[samples, leads]`.
        annotations: every annotation of the record.
        patient: identity of the person.
        rhythm_class: a name of `ecgmm.labels.RHYTHM_CLASSES`, or `""` where the data set
            has no class for the whole record.
    """
    symbols = annotations.symbols
    beat = np.isin(symbols, list(AAMI_CLASS_OF_SYMBOL))
    rhythm = symbols == _RHYTHM_CHANGE
    quality = symbols == _QUALITY_CHANGE
    marker = ~(beat | rhythm | quality)
    return {
        "record": record.record_name,
        "patient": patient,
        "sampling_rate_hz": np.float32(record.fs),
        "lead_names": record.sig_name,
        "signal": record.d_signal,
        "units": record.units,
        "gain_adu_per_mv": np.asarray(record.adc_gain, np.float32),
        "baseline_adu": np.asarray(record.baseline, np.int32),
        "beat_samples": annotations.samples[beat],
        "beat_symbols": symbols[beat].tolist(),
        "rhythm_samples": annotations.samples[rhythm],
        "rhythm_names": annotations.texts[rhythm].tolist(),
        "quality_samples": annotations.samples[quality],
        "quality_subtypes": annotations.subtypes[quality],
        "marker_samples": annotations.samples[marker],
        "marker_symbols": symbols[marker].tolist(),
        "rhythm_class": rhythm_class,
    }


def _list_of(dtype: Any) -> tfds.features.Tensor:
    return tfds.features.Tensor(shape=(None,), dtype=dtype)
