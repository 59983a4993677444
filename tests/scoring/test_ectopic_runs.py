import math

import numpy as np
import pytest

from ecgmm.scoring.ectopic_runs import (
    SUPRAVENTRICULAR,
    VENTRICULAR,
    compare_runs,
    run_line,
    summarise_runs,
)

RXR_HEADING = "Record CTs CFN CTp CFP STs SFN STp SFP LTs LFN LTp LFP CSe C+P SSe S+P LSe L+P"


def cells(matrix):
    return {
        (int(row), int(column)): int(matrix[row, column]) for row, column in np.argwhere(matrix)
    }


def test_the_columns_are_those_of_rxr(make_result):
    line = run_line(compare_runs(make_result("NVVN", "NVVN"), VENTRICULAR))
    assert list(line) == RXR_HEADING.split()


@pytest.mark.parametrize(
    ("length", "column"), [(2, "C"), (3, "S"), (4, "S"), (5, "S"), (6, "L"), (9, "L")]
)
def test_couplets_short_and_long_runs_are_told_by_their_length(make_result, length, column):
    beats = "N" + "V" * length + "N"
    line = run_line(compare_runs(make_result(beats, beats), VENTRICULAR))
    assert line[f"{column}Ts"] == line[f"{column}Tp"] == 1
    assert line[f"{column}Se"] == line[f"{column}+P"] == 100.0
    assert sum(line[name] for name in RXR_HEADING.split()[1:13]) == 2


def test_a_lone_veb_is_no_run_of_the_table_but_is_in_the_matrix(make_result):
    comparison = compare_runs(make_result("NVN", "NVN"), VENTRICULAR)
    assert cells(comparison.sensitivity) == {(1, 1): 1}
    assert math.isnan(run_line(comparison)["CSe"])


def test_a_couplet_read_as_a_longer_run_is_found(make_result):
    comparison = compare_runs(make_result("NVVNN", "NVVVN"), VENTRICULAR)
    line = run_line(comparison)
    assert line["CTs"] == 1
    assert line["SFP"] == 1
    assert cells(comparison.sensitivity) == {(2, 2): 1}
    assert cells(comparison.predictivity) == {(2, 3): 1}


def test_a_run_broken_by_one_normal_beat_counts_by_its_longest_piece(make_result):
    comparison = compare_runs(make_result("NVVVVVVN", "NVVVNVVN"), VENTRICULAR)
    assert cells(comparison.sensitivity) == {(6, 3): 1}
    assert cells(comparison.predictivity) == {(3, 3): 1, (2, 2): 1}
    assert run_line(comparison)["LFN"] == 1


def test_a_missed_beat_does_not_break_a_run(make_result):
    comparison = compare_runs(make_result("NVVVN", "NV.VN"), VENTRICULAR)
    assert cells(comparison.sensitivity) == {(3, 2): 1}


def test_fusion_beats_belong_to_ventricular_runs(make_result):
    line = run_line(compare_runs(make_result("NVFVN", "NVVVN"), VENTRICULAR))
    assert line["STs"] == line["STp"] == 1


@pytest.mark.parametrize("breaker", ["N", "Q", "S"])
def test_normal_unknown_and_supraventricular_beats_end_a_ventricular_run(make_result, breaker):
    reference = f"NVV{'A' if breaker == 'S' else breaker}VVN"
    line = run_line(compare_runs(make_result(reference, f"NVV{breaker}VVN"), VENTRICULAR))
    assert line["CTs"] == line["CTp"] == 2


def test_ventricular_flutter_is_a_long_run(make_result):
    result = make_result("NN........NN", "NNVVVVVVVVNN", vf_spans_s=((302.5, 310.5),))
    line = run_line(compare_runs(result, VENTRICULAR))
    assert line["LTs"] == line["LTp"] == 1


def test_flutter_that_the_reader_calls_normal_is_a_missed_long_run(make_result):
    result = make_result("NN.....NN", "NNNNNNNNN", vf_spans_s=((302.5, 307.5),))
    assert run_line(compare_runs(result, VENTRICULAR))["LFN"] == 1


def test_a_false_ventricular_beat_during_flutter_is_confirmed_by_it(make_result):
    result = make_result("NN.....NN", "NN.VV..NN", vf_spans_s=((302.5, 307.5),))
    line = run_line(compare_runs(result, VENTRICULAR))
    assert (line["CTp"], line["CFP"]) == (1, 0)


def test_atrial_fibrillation_is_a_long_supraventricular_run(make_result):
    result = make_result(
        "NNNNNNNNN",
        "NNNNNNNNN",
        reference_af_spans_s=((302.5, 308.5),),
        test_af_spans_s=((302.6, 308.4),),
    )
    line = run_line(compare_runs(result, SUPRAVENTRICULAR))
    assert line["LTs"] == line["LTp"] == 1


def test_a_couplet_in_unannounced_fibrillation_is_confirmed(make_result):
    result = make_result("NNNNNNN", "NNSSNNN", reference_af_spans_s=((302.5, 306.5),))
    line = run_line(compare_runs(result, SUPRAVENTRICULAR))
    assert (line["CTp"], line["CFP"], line["LFN"]) == (1, 0, 1)


def test_fibrillation_under_way_after_five_minutes_is_a_run_that_begins_there(make_result):
    result = make_result("NNN", "NNN", vf_spans_s=((290.0, 300.5),), test_shutdown_spans_s=())
    assert run_line(compare_runs(result, VENTRICULAR))["LFN"] == 1


def test_runs_in_the_first_five_minutes_are_left_out(make_result):
    result = make_result("NVVN", "NNNN", first_s=290.0)
    assert math.isnan(run_line(compare_runs(result, VENTRICULAR))["CSe"])
    assert run_line(compare_runs(result, VENTRICULAR, start_s=0.0))["CFN"] == 1


def test_a_run_at_the_very_end_of_the_record_is_counted(make_result):
    assert run_line(compare_runs(make_result("NVV", "NVV"), VENTRICULAR))["CTs"] == 1


def test_an_unreadable_stretch_ends_a_run(make_result):
    result = make_result("NVV.VVN", "NVV.VVN", test_shutdown_spans_s=((303.5, 304.5),))
    line = run_line(compare_runs(result, VENTRICULAR))
    assert line["CTp"] == 2
    assert line["SFN"] == 1


def test_escape_beats_count_as_supraventricular_when_asked(make_result):
    result = make_result("NjjN", "NSSN")
    assert run_line(compare_runs(result, SUPRAVENTRICULAR))["CFP"] == 1
    assert run_line(compare_runs(result, SUPRAVENTRICULAR, escapes_as="S"))["CTs"] == 1


def test_gross_and_average_run_figures(make_result):
    lines = [
        run_line(compare_runs(make_result("NVVNVVN", "NVVNVNN"), VENTRICULAR)),
        run_line(compare_runs(make_result("NVVN", "NVVN"), VENTRICULAR)),
        run_line(compare_runs(make_result("NN", "NN"), VENTRICULAR)),
    ]
    total, gross, average = summarise_runs(lines)
    assert (total["CTs"], total["CFN"]) == (2, 1)
    assert gross["CSe"] == pytest.approx(200 / 3)
    assert average["CSe"] == 75.0
    assert math.isnan(average["LSe"])
