import numpy as np
import wfdb

from datasets import records
from datasets.wfdb_record import NO_ANNOTATIONS, AnnotationList


def _record() -> wfdb.Record:
    return wfdb.Record(
        record_name="207",
        fs=360,
        sig_name=["MLII"],
        units=["mV"],
        adc_gain=[200.0],
        baseline=[1024],
        d_signal=np.arange(1000, dtype=np.int16)[:, np.newaxis],
    )


def test_every_annotation_goes_to_exactly_one_list() -> None:
    symbols = ["+", "N", "~", "V", "[", "!", "!", "]", "|", "x", "e", '"']
    annotations = AnnotationList(
        samples=np.arange(len(symbols), dtype=np.int64),
        symbols=np.array(symbols),
        subtypes=np.arange(len(symbols), dtype=np.int32),
        texts=np.array(["(VFL", *[""] * (len(symbols) - 2), "MISSB"]),
    )
    example = records.example(_record(), annotations, patient="207", rhythm_class="")
    assert example["beat_symbols"] == ["N", "V", "e"]
    assert example["beat_samples"].tolist() == [1, 3, 10]
    assert example["rhythm_names"] == ["(VFL"]
    assert example["quality_samples"].tolist() == [2]
    assert example["quality_subtypes"].tolist() == [2]
    assert example["marker_symbols"] == ["[", "!", "!", "]", "|", "x", '"']
    assert example["marker_samples"].tolist() == [4, 5, 6, 7, 8, 9, 11]


def test_a_record_comes_back_from_storage_as_it_was() -> None:
    example = records.example(_record(), NO_ANNOTATIONS, patient="207", rhythm_class="af")
    features = records.features()
    restored = features.deserialize_example_np(features.serialize_example(example))
    np.testing.assert_array_equal(restored["signal"], _record().d_signal)
    assert restored["signal"].dtype == np.int16
    assert restored["beat_samples"].shape == (0,)
    assert restored["gain_adu_per_mv"].tolist() == [200.0]
    assert restored["rhythm_class"] == b"af"
