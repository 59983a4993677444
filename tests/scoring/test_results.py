import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.scoring.results import match_record


def counts(matching):
    return (
        len(matching.reference_indices),
        len(matching.missed_indices),
        len(matching.extra_indices),
    )


def test_ec57_leaves_the_first_five_minutes_out(make_result):
    result = make_result("NNNN", "NN.NN", first_s=298.0)
    matching = match_record(result)
    assert result.reference_times_s[matching.missed_indices].tolist() == [300.0]
    assert result.reference_times_s[matching.reference_indices].tolist() == [301.0]
    assert result.test_times_s[matching.extra_indices].tolist() == [302.0]


def test_the_whole_record_is_scored_when_asked(make_result):
    result = make_result("NNNN", "NN.NN", first_s=298.0)
    assert counts(match_record(result, start_s=0.0)) == (3, 1, 1)


def test_a_pair_across_the_five_minute_mark_belongs_to_where_its_reference_beat_is(make_result):
    late = make_result("N", "N", first_s=300.0, test_times_s=np.array([299.95]))
    assert counts(match_record(late)) == (1, 0, 0)
    early = make_result("NN", "NN", first_s=299.95, test_times_s=np.array([300.0, 300.95]))
    assert counts(match_record(early)) == (1, 0, 0)


def test_beats_during_ventricular_flutter_are_excluded_on_both_sides(make_result):
    result = make_result("NNVVNN", "NNV.NN", vf_spans_s=((302.5, 304.5),))
    assert counts(match_record(result)) == (4, 0, 0)


def test_a_test_beat_in_flutter_that_answers_a_beat_outside_it_is_counted(make_result):
    result = make_result(
        "NN", "NN", test_times_s=np.array([301.0, 302.1]), vf_spans_s=((302.05, 310.0),)
    )
    assert counts(match_record(result)) == (2, 0, 0)


def test_escape_beats_count_as_n_or_as_s(make_result):
    result = make_result("NejnA", "")
    assert result.reference_labels() == ("N", "N", "N", "N", "S")
    assert result.reference_labels("S") == ("N", "S", "S", "S", "S")


def test_annotations_of_another_longer_record_are_named(make_result):
    with pytest.raises(InputError, match=r"Record 100 lasts 200\.0 s") as caught:
        make_result("NNN", "NNN", duration_s=200.0)
    assert caught.value.code == "annotations_do_not_match"


def test_a_record_without_reference_beats_is_named(make_result):
    with pytest.raises(InputError, match="100 has no reference beat"):
        make_result("...", "NNN")


def test_a_symbol_that_marks_no_beat_is_refused(make_result):
    with pytest.raises(ValueError, match="symbols of beats"):
        make_result("N+", "N")


def test_labels_and_probabilities_must_fit_the_beats(make_result):
    with pytest.raises(ValueError, match="label a test beat"):
        make_result("NN", "NN", test_labels=("N",))
    with pytest.raises(ValueError, match="symbol a reference beat"):
        make_result("NN", "NN", reference_symbols=("N",))
    with pytest.raises(ValueError, match=r"shape \(2, 5\)"):
        make_result("NN", "NN", test_probabilities=np.ones((2, 6)))
