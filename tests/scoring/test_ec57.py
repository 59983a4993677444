import math

import numpy as np
import pytest

from ecgmm.scoring.beat_scores import class_scores
from ecgmm.scoring.comparison import BXB_CLASSES, BeatComparison, compare_beats
from ecgmm.scoring.ec57 import (
    beat_line,
    shutdown_line,
    summarise_beats,
    summarise_shutdown,
)

BXB_L_HEADING = (
    "Record Nn' Sn' Vn' Fn' On'  Ns  Ss  Vs  Fs' Os' Nv  Sv   Vv  Fv' Ov' No' So' Vo' Fo'"
)


def comparison(record="100", rr_error_ms=5.0, shutdown_s=0.0, **counts):
    """A comparison from `bxb`'s own names: `comparison(Nn=5, Vo=1)`."""
    matrix = np.zeros((7, 7), np.int64)
    for name, count in counts.items():
        matrix[BXB_CLASSES.index(name[0]), BXB_CLASSES.index(name[1].upper())] = count
    return BeatComparison(record, record, matrix, rr_error_ms, shutdown_s)


def de_chazal_2004():
    """DS2, de Chazal et al. 2004, doi 10.1109/TBME.2004.827359, its result on the test set.

    The seven Q beats are left out: EC57 has them count neither for nor against S and V.
    """
    return comparison(
        **{"Nn": 38444, "Ns": 1904, "Nv": 303, "Nf": 3509, "Nq": 99},
        **{"Sn": 173, "Ss": 1395, "Sv": 252, "Sf": 16, "Sq": 1},
        **{"Vn": 117, "Vs": 321, "Vv": 2504, "Vf": 176, "Vq": 103},
        **{"Fn": 33, "Fs": 1, "Fv": 7, "Ff": 347},
    )


def test_the_columns_are_those_of_bxb():
    line = beat_line(comparison(Nn=1))
    assert list(line)[:20] == BXB_L_HEADING.split()
    for name in ("Q Se", "Q +P", "V Se", "V +P", "S Se", "S +P", "RR err"):
        assert name in line


def test_a_line_pools_classes_as_bxb_does():
    line = beat_line(
        comparison(Nn=1, Nf=2, Nq=4, Fn=8, Qf=16, Fs=32, Qs=64, Fv=128, Qv=256, On=1, Xq=2, Fx=4)
    )
    assert line["Nn'"] == 7
    assert line["Fn'"] == 24
    assert line["Fs'"] == 96
    assert line["Fv'"] == 384
    assert line["On'"] == 3
    assert line["Fo'"] == 4


def test_qrs_figures_count_every_class_as_a_qrs():
    line = beat_line(comparison(Nn=90, Nv=5, Vs=3, Qq=1, No=1, Vx=0, On=10, Xv=1))
    assert line["Q Se"] == pytest.approx(100 * 99 / 100)
    assert line["Q +P"] == pytest.approx(100 * 99 / 110)


def test_a_fusion_or_unknown_beat_called_v_is_no_false_veb():
    assert beat_line(comparison(Vv=10, Fv=5, Qv=5))["V +P"] == 100.0
    assert beat_line(comparison(Vv=10, Nv=5, Sv=3, Ov=1, Xv=1))["V +P"] == 50.0


def test_an_unknown_beat_called_s_is_no_false_sveb_but_a_fusion_beat_is():
    assert beat_line(comparison(Ss=10, Qs=5))["S +P"] == 100.0
    assert beat_line(comparison(Ss=10, Fs=10))["S +P"] == 50.0
    assert beat_line(comparison(Ss=10, Ns=4, Vs=4, Os=1, Xs=1))["S +P"] == 50.0


def test_a_veb_called_anything_else_or_missed_lowers_veb_sensitivity():
    assert beat_line(comparison(Vv=6, Vn=1, Vs=1, Vf=1, Vq=1, Vo=1, Vx=1))["V Se"] == 50.0


def test_the_veb_false_positive_rate_is_of_all_beats_that_are_no_veb():
    line = beat_line(comparison(Nn=95, Sn=1, Nv=2, Sv=1, Fs=1, Vv=50, Fv=7, Ov=1, On=2))
    assert line["V FPR"] == pytest.approx(100 * 4 / 103)


def test_figures_without_a_case_are_undefined():
    line = beat_line(comparison(Nn=5))
    for name in ("V Se", "V +P", "S Se", "S +P"):
        assert math.isnan(line[name])


def test_de_chazals_published_matrix_gives_his_published_figures():
    published = de_chazal_2004()
    line = beat_line(published)
    assert round(line["V Se"], 1) == 77.7
    assert round(line["V +P"], 1) == 81.9
    assert round(line["S Se"], 1) == 75.9
    assert round(line["S +P"], 1) == 38.5
    assert published.counts.sum(axis=1)[:4].tolist() == [44259, 1837, 3221, 388]


def test_the_plain_matrix_is_harsher_on_de_chazal_than_ec57():
    scores = class_scores(de_chazal_2004().confusion)
    assert round(100 * scores["V"].positive_predictivity, 1) == 81.7


def test_gross_weighs_beats_and_average_weighs_records():
    lines = [
        beat_line(comparison("1", Vv=90, Vn=10, Nn=1, rr_error_ms=2.0)),
        beat_line(comparison("2", Vv=1, Vn=1, Nn=1, rr_error_ms=4.0)),
        beat_line(comparison("3", Nn=1, rr_error_ms=math.nan)),
    ]
    total, gross, average = summarise_beats(lines)
    assert total["Vv"] == 91
    assert gross["V Se"] == pytest.approx(100 * 91 / 102)
    assert average["V Se"] == pytest.approx((90 + 50) / 2)
    assert average["RR err"] == 3.0


def test_sumstats_cannot_tell_fusion_from_unknown_beats_and_leaves_both_out():
    line = beat_line(comparison(Ss=10, Fs=10))
    _, gross, average = summarise_beats([line])
    assert gross["S +P"] == average["S +P"] == 100.0


def test_the_shutdown_table_tells_which_beats_were_missed():
    line = shutdown_line(comparison(Nn=90, Nx=5, No=5, Sx=1, Vv=3, Vx=1, shutdown_s=12.4))
    assert list(line)[:6] == ["Record", "Nx", "Sx", "Vx", "Fx", "Qx"]
    assert (line["Nx"], line["Sx"], line["Vx"]) == (5, 1, 1)
    assert line["% N missed"] == 5.0
    assert line["% S missed"] == 100.0
    assert line["% V missed"] == 25.0
    assert line["% beats missed"] == pytest.approx(100 * 7 / 105)
    assert math.isnan(line["% F missed"])
    assert line["Total Shutdown Time"] == 12


def test_shutdown_adds_up_over_records():
    lines = [shutdown_line(comparison(Nx=1, shutdown_s=3.0)) for _ in range(3)]
    (total,) = summarise_shutdown(lines)
    assert total["Nx"] == 3
    assert total["Total Shutdown Time"] == 9


def test_a_perfect_reading_scores_a_hundred_percent_everywhere(make_result):
    line = beat_line(compare_beats(make_result("NNSVFQNN", "NNSVFQNN")))
    for name in ("Q Se", "Q +P", "V Se", "V +P", "S Se", "S +P"):
        assert line[name] == 100.0
    assert line["V FPR"] == line["S FPR"] == line["RR err"] == 0.0
