from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_records import simulated_record

from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.pipeline.strips import SamplingConfig, StripSampler, cut_strip, mix_leads

NOTHING = SamplingConfig(0, 0, 0, 0, 0, 0, 0, 0)
S = STEP_CLASSES.index("S")
AF = RHYTHM_CLASSES.index("af")


@pytest.fixture(scope="module")
def rare_s_beats():
    """Two minutes of sinus rhythm with one atrial premature beat in fifty."""
    return simulated_record(pattern="N" * 49 + "A", duration_s=120.0)


def marked(record, value):
    """The record with a constant signal by which its strips are known."""
    return replace(record, signal_mv=np.full_like(record.signal_mv, value))


def draw(records, config, count=400, steps=STRIP_STEPS):
    sampler = StripSampler(records, config)
    rng = np.random.default_rng(0)
    return [sampler.draw(rng, steps) for _ in range(count)]


def share_with_s_beat(strips):
    return np.mean([(strip.beat_class == S).any() for strip in strips])


def test_strips_with_a_rare_beat_are_drawn_more_often_than_life_has_them(rare_s_beats):
    in_life = share_with_s_beat(draw([rare_s_beats], replace(NOTHING, anywhere=1.0)))
    wanted = replace(NOTHING, anywhere=0.5, s_beat=0.5)
    assert share_with_s_beat(draw([rare_s_beats], wanted)) > in_life + 0.2


def test_a_strip_looked_for_because_of_its_beat_contains_one(rare_s_beats):
    strips = draw([rare_s_beats], replace(NOTHING, s_beat=1.0))
    assert share_with_s_beat(strips) == 1.0
    places = [strip.beat_position[strip.beat_class == S][0] for strip in strips]
    assert min(places) < 0.2 * STRIP_SAMPLES
    assert max(places) > 0.8 * STRIP_SAMPLES


def test_a_patient_with_a_hundred_times_the_s_beats_is_drawn_ten_times_as_often():
    template = simulated_record(duration_s=400.0)
    many, few = np.ones((2, len(template.beat_class)), np.int64)
    many[:400] = S
    few[:4] = S
    records = [
        marked(replace(template, patient="many", beat_class=many), 1.0),
        marked(replace(template, patient="few", beat_class=few), 2.0),
    ]
    strips = draw(records, replace(NOTHING, s_beat=1.0), count=2000)
    drawn = Counter(float(strip.signal_mv[0]) for strip in strips)
    assert drawn[1.0] / drawn[2.0] == pytest.approx(10.0, rel=0.3)


def test_rhythms_are_drawn_in_the_shares_asked_for_whatever_their_number():
    rhythms = ["normal"] * 9 + ["af"]
    records = [
        simulated_record(str(i), dataset="cinc2017", rhythm_class=name, duration_s=12.0)
        for i, name in enumerate(rhythms)
    ]
    strips = draw(records, replace(NOTHING, normal=0.5, af=0.5))
    assert np.mean([strip.rhythm == AF for strip in strips]) == pytest.approx(0.5, abs=0.08)


def test_a_share_that_no_record_serves_goes_to_the_others(rare_s_beats):
    sinus = simulated_record(duration_s=30.0)
    strips = draw([sinus], SamplingConfig(), count=20)
    assert all((strip.beat_class == STEP_CLASSES.index("N")).all() for strip in strips)


def test_every_lead_is_drawn():
    record = simulated_record(duration_s=20.0, leads=("I", "V1", "V5"))
    record = replace(record, signal_mv=np.ones_like(record.signal_mv) * [1, 2, 3])
    strips = draw([record], replace(NOTHING, anywhere=1.0), count=60)
    assert {float(strip.signal_mv[0]) for strip in strips} == {1.0, 2.0, 3.0}


@pytest.mark.parametrize("config", [NOTHING, replace(NOTHING, af=1.0)])
def test_records_that_serve_nothing_are_refused(config):
    with pytest.raises(ValueError, match="Received none that fit"):
        StripSampler([simulated_record(duration_s=10.0)], config)


@given(st.integers(-5000, 5000), st.integers(1, 800), st.floats(1.0, 40.0))
def test_every_strip_has_its_length_and_its_own_beats(start, steps, duration_s):
    record = simulated_record(duration_s=duration_s, sampling_rate_hz=125.0)
    strip = cut_strip(record, start, steps, lead=0)
    samples = steps * SAMPLES_PER_STEP
    assert strip.signal_mv.shape == (samples,)
    assert ((strip.beat_position >= 0) & (strip.beat_position < samples)).all()
    for position in strip.beat_position:
        value = strip.signal_mv[round(position)]
        assert value in record.signal_mv[np.round(record.beat_position).astype(int), 0]


def test_a_strip_that_sticks_out_is_moved_inside_the_record():
    record = simulated_record(duration_s=20.0)
    end = cut_strip(record, 2000, STRIP_STEPS, lead=0)
    np.testing.assert_array_equal(end.signal_mv, record.signal_mv[-STRIP_SAMPLES:, 0])
    begin = cut_strip(record, -300, STRIP_STEPS, lead=0)
    np.testing.assert_array_equal(begin.signal_mv, record.signal_mv[:STRIP_SAMPLES, 0])


def test_a_record_shorter_than_a_strip_goes_on_with_its_last_value():
    record = simulated_record(duration_s=6.0)
    strip = cut_strip(record, 0, STRIP_STEPS, lead=0)
    np.testing.assert_array_equal(strip.signal_mv[:750], record.signal_mv[:, 0])
    assert (strip.signal_mv[750:] == record.signal_mv[-1, 0]).all()


def rhythm_of_strip(record, rhythm):
    changed = replace(record, rhythm=np.asarray(rhythm, np.int8))
    return cut_strip(changed, 0, STRIP_STEPS, lead=0).rhythm


def test_a_strip_in_which_the_rhythm_changes_teaches_no_rhythm():
    record = simulated_record(duration_s=10.0)
    assert rhythm_of_strip(record, [AF] * 250) == AF
    assert rhythm_of_strip(record, [AF] * 249 + [2]) == -1


def test_sinus_rhythm_with_an_ectopic_beat_is_not_taught_as_normal():
    assert rhythm_of_strip(simulated_record(pattern="N", duration_s=10.0), [0] * 250) == 0
    assert rhythm_of_strip(simulated_record(pattern="NNV", duration_s=10.0), [0] * 250) == -1
    assert rhythm_of_strip(simulated_record(pattern="NNV", duration_s=10.0), [AF] * 250) == AF


def test_a_mixture_of_leads_has_the_beats_of_both_and_the_waves_of_their_sum():
    record = simulated_record(pattern="NNV", duration_s=20.0, leads=("MLII", "V1"))
    one, other = (cut_strip(record, 500, 250, lead) for lead in (0, 1))
    mixed = mix_leads(one, other, np.pi / 4)
    np.testing.assert_array_equal(mixed.beat_position, one.beat_position)
    expected = (one.signal_mv + other.signal_mv) / np.sqrt(2)
    np.testing.assert_allclose(mixed.signal_mv, expected, atol=1e-5)


@pytest.mark.parametrize("leads", [("MLII",), ("MLII", "V1")])
def test_as_many_strips_as_asked_are_mixtures_and_only_where_there_are_leads_to_mix(leads):
    record = simulated_record(pattern="N", duration_s=10.0, leads=leads)
    sampler = StripSampler([record], SamplingConfig(), mixed_leads=0.5)
    rng = np.random.default_rng(0)
    plain = [cut_strip(record, 0, 250, lead).signal_mv for lead in range(len(leads))]
    drawn = [sampler.draw(rng, 250).signal_mv for _ in range(60)]
    mixed = [not any(np.array_equal(lead, p) for p in plain) for lead in drawn]
    assert np.mean(mixed) == (0 if len(leads) == 1 else pytest.approx(0.5, abs=0.25))
