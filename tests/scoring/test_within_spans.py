import pytest

from ecgmm.errors import InputError
from ecgmm.scoring.results import within_spans


def test_a_pair_belongs_to_where_its_reference_beat_is(make_result):
    result = make_result("NNN", "NVN", first_s=1.0)
    shifted = make_result("NNN", "NVN", first_s=1.0, test_times_s=result.test_times_s + 0.1)
    first_two = within_spans(shifted, [(0.0, 2.05)])
    assert first_two.reference_times_s.tolist() == [1.0, 2.0]
    assert first_two.test_labels == ("N", "V")
    last = within_spans(shifted, [(2.05, 9.0)])
    assert last.reference_times_s.tolist() == [3.0]
    assert last.test_labels == ("N",)


def test_beats_without_a_partner_belong_to_where_they_are(make_result):
    result = make_result("N.N", "NNN", first_s=1.0)
    assert within_spans(result, [(0.0, 2.5)]).test_times_s.tolist() == [1.0, 2.0]
    assert within_spans(result, [(2.5, 9.0)]).test_times_s.tolist() == [3.0]


def test_stretches_without_a_reference_beat_cannot_be_scored(make_result):
    with pytest.raises(InputError, match="no reference beat"):
        within_spans(make_result("NN", "NN"), [(0.0, 1.0)])
