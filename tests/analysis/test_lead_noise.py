"""A noisy lead is outvoted, and what noise hides in every lead is not read."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.lead_noise import OVER_S, doubted_beats_hz, heard_leads, is_noise
from ecgmm.analysis.losses import ExclusionLog, Losses, signal_faults
from ecgmm.grid import STEP_S

STEPS = 1000
BEATS = np.arange(10, STEPS, 20)
BETWEEN = BEATS[:-1] + 10


def lead(
    sure: float = 0.98, invented: float = 0.0, label: int = 1, noisy: slice = slice(None)
) -> NDArray[np.float32]:
    """A lead read at 75 bpm; beside its beats others are seen half-way, as sure as `invented`.

    Outside `noisy` it is read as if there were no noise.
    """
    beats = np.zeros((STEPS, 6), np.float32)
    in_noise = np.zeros(STEPS, np.bool_)
    in_noise[noisy] = True
    beats[BEATS, label] = np.where(in_noise[BEATS], sure, 0.98)
    beats[BETWEEN, label] = np.where(in_noise[BETWEEN], invented, 0.0)
    beats[:, 0] = 1 - beats[:, 1:].sum(axis=1)
    return beats


CLEAN, NOISY = lead(), lead(sure=0.5, invented=0.5)
EVERYWHERE = np.ones((2, STEPS))


def test_doubt_is_the_rate_of_beats_that_are_expected_wrong() -> None:
    beats_hz = 1 / (20 * STEP_S)
    assert doubted_beats_hz(CLEAN)[STEPS // 2] == pytest.approx(0.02 * beats_hz, rel=0.05)
    assert doubted_beats_hz(NOISY)[STEPS // 2] == pytest.approx(2 * 0.5 * beats_hz, rel=0.05)


def test_one_doubtful_beat_at_the_end_is_no_noise() -> None:
    cut = lead()
    cut[-1, :2] = 0.5
    assert not is_noise(cut).any()


def test_beats_that_two_noisy_leads_invent_are_outvoted_by_a_clean_one() -> None:
    doubtful = lead(sure=0.7, invented=0.8)
    leads = [CLEAN, doubtful, doubtful]
    assert len(decode_beats(np.mean(leads, axis=0, dtype=np.float32)).time_s) > len(BEATS)
    heard = heard_leads(leads, np.ones((3, STEPS)))
    np.testing.assert_allclose(decode_beats(heard.beats).time_s, (BEATS + 0.5) * STEP_S)
    assert heard.readable.all()


def test_t_waves_that_most_of_twelve_leads_doubt_are_no_beats() -> None:
    taken_in, doubting = lead(invented=0.95), lead(invented=0.2)
    heard = heard_leads([taken_in] * 4 + [doubting] * 8, np.ones((12, STEPS)))
    np.testing.assert_allclose(decode_beats(heard.beats).time_s, (BEATS + 0.5) * STEP_S)


def test_a_lead_that_noise_hides_is_not_heard_and_that_is_told() -> None:
    half = slice(0, STEPS // 2)
    heard = heard_leads([CLEAN, lead(0.5, 0.5, noisy=half)], EVERYWHERE)
    hidden_until = np.flatnonzero(heard.noisy[:, 1])[-1] * STEP_S
    assert not heard.noisy[:, 0].any()
    assert heard.noisy[: STEPS // 2 - round(OVER_S / STEP_S / 2), 1].all()
    assert hidden_until == pytest.approx(STEPS // 2 * STEP_S, abs=OVER_S / 2)
    np.testing.assert_allclose(heard.beats[heard.noisy[:, 1]], CLEAN[heard.noisy[:, 1]])


def test_what_noise_hides_in_every_lead_is_not_read() -> None:
    heard = heard_leads([NOISY, NOISY], EVERYWHERE)
    assert not heard.readable.any()
    assert heard.noisy.all()


def test_ventricular_flutter_is_doubted_as_noise_is_and_read_all_the_same() -> None:
    flutter = lead(sure=0.5, invented=0.5, label=3)
    heard = heard_leads([flutter, flutter], EVERYWHERE)
    assert heard.readable.all()
    assert not heard.noisy.any()


def test_a_lead_without_signal_neither_outvotes_nor_is_noisy() -> None:
    nothing = np.zeros((STEPS, 6), np.float32)
    nothing[:, 0] = 1.0
    heard = heard_leads([NOISY, nothing], np.stack([np.ones(STEPS), np.zeros(STEPS)]))
    assert not heard.readable.any()
    assert heard.noisy[:, 0].all()
    assert not heard.noisy[:, 1].any()


def test_noise_is_told_by_lead_with_its_share_and_its_times() -> None:
    noisy = np.zeros((250, 2), np.bool_)
    noisy[50:100, 1] = True
    log = ExclusionLog(("II", "V1"), 100.0)
    log.add_noise(noisy, start_s=20.0)
    (told,) = log.exclusions()
    assert (told.lead, told.fault, told.start_s, told.end_s) == ("V1", "noisy", 22.0, 24.0)
    losses = Losses(1000, 0, np.zeros((2, 4), np.int64)) + Losses.to_noise(noisy, 4.0)
    assert signal_faults(("II", "V1"), losses) == (
        1.0,
        ("Lead V1: 20 % of the signal is hidden by noise.",),
    )
