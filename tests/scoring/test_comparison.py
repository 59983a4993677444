import math

import numpy as np
import pytest

from ecgmm.scoring.comparison import BXB_CLASSES, compare_beats


def counted(comparison):
    return {
        BXB_CLASSES[row] + BXB_CLASSES[column].lower(): int(comparison.counts[row, column])
        for row, column in np.argwhere(comparison.counts)
    }


def test_missed_beats_are_paired_with_o_and_extra_beats_come_from_o(make_result):
    assert counted(compare_beats(make_result("NNV.", "NSV."))) == {"Nn": 1, "Ns": 1, "Vv": 1}
    assert counted(compare_beats(make_result("NV.", "N.V"))) == {"Nn": 1, "Vo": 1, "Ov": 1}


def test_beats_missed_while_the_reader_had_shut_down_are_paired_with_x(make_result):
    result = make_result("NNSVFQ", "N.....", test_shutdown_spans_s=((302.5, 305.5),))
    comparison = compare_beats(result)
    assert counted(comparison) == {"Nn": 1, "No": 1, "Sx": 1, "Vx": 1, "Fx": 1, "Qo": 1}
    assert comparison.shutdown_s == 3.0


def test_beats_found_where_the_reference_is_unreadable_come_from_x(make_result):
    result = make_result("N...", "NSVN", reference_shutdown_spans_s=((301.5, 303.5),))
    assert counted(compare_beats(result)) == {"Nn": 1, "Xs": 1, "Xv": 1, "On": 1}


def test_a_beat_paired_during_shutdown_is_an_ordinary_pair(make_result):
    result = make_result("NV", "NV", test_shutdown_spans_s=((301.5, 303.0),))
    assert counted(compare_beats(result)) == {"Nn": 1, "Vv": 1}


def test_shutdown_in_the_learning_period_is_not_counted(make_result):
    result = make_result("N", "N", test_shutdown_spans_s=((200.0, 301.5),))
    assert compare_beats(result).shutdown_s == 1.5


def test_the_confusion_matrix_takes_o_and_x_together(make_result):
    result = make_result(
        "VV.N..",
        "..S.NN",
        test_shutdown_spans_s=((301.5, 302.5),),
        reference_shutdown_spans_s=((305.5, 307.0),),
    )
    comparison = compare_beats(result)
    assert comparison.confusion.sum() == comparison.counts.sum()
    assert comparison.confusion[2].tolist() == [0, 0, 0, 0, 0, 2]
    assert comparison.confusion[5].tolist() == [2, 1, 0, 0, 0, 0]


def test_escape_beats_move_between_the_rows_n_and_s(make_result):
    result = make_result("jj", "NS")
    assert counted(compare_beats(result)) == {"Nn": 1, "Ns": 1}
    assert counted(compare_beats(result, escapes_as="S")) == {"Sn": 1, "Ss": 1}


def test_the_rr_error_is_the_rms_difference_of_intervals_between_paired_beats(make_result):
    times_s = np.array([301.0, 302.03, 302.99])
    comparison = compare_beats(make_result("NNN", "NNN", test_times_s=times_s))
    assert comparison.rr_error_ms == pytest.approx(math.sqrt((30**2 + 40**2) / 2))


def test_no_rr_interval_spans_ventricular_flutter(make_result):
    result = make_result(
        "N...N",
        "N...N",
        test_times_s=np.array([301.0, 305.1]),
        vf_spans_s=((302.0, 304.0),),
    )
    assert math.isnan(compare_beats(result).rr_error_ms)
