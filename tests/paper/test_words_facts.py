"""What words say of an ECG: lead names, scale, heart rate; and what they do not say."""

import pytest

from ecgmm.paper.words import Word, printed_facts


def said(*lines: str):
    """The facts of lines of text, a word of 10 px for every word of them."""
    words = [
        Word(text, 100.0 * column, 50.0 * row, 100.0 * column + 60, 50.0 * row + 10)
        for row, line in enumerate(lines)
        for column, text in enumerate(line.split())
    ]
    return printed_facts(words)


@pytest.mark.parametrize(
    ("line", "speed_mm_per_s", "gain_mm_per_mv"),
    [
        ("25 mm/s 10 mm/mV", 25, 10),
        ("25mm/s 10mm/mV 150Hz", 25, 10),
        ("50.0 mm/s 5.0 mm/mV", 50, 5),
        ("25 mm/sec, 20 mm/mV", 25, 20),
        ("AC50 12.5mm/s", 12.5, None),
        ("gain 10 MM/MV", None, 10),
        ("25mmS10mm/mV", 25, 10),
        ("25mm/s.10mm/mV", 25, 10),
        ("50mm//S:10mm/mV", 50, 10),
        ("2Smm/s lOmm/rnV", 25, None),
        ("1025mm/s 710mm/mV", None, None),
        ("40 mm 25 Hz 10 mV", None, None),
        ("26 mm/s 11 mm/mV", None, None),
    ],
)
def test_the_scale_is_read_in_every_usual_spelling(line, speed_mm_per_s, gain_mm_per_mv):
    facts = said(line)
    assert (facts.speed_mm_per_s, facts.gain_mm_per_mv) == (speed_mm_per_s, gain_mm_per_mv)


def test_a_page_with_two_different_gains_states_none():
    assert said("10 mm/mV", "5 mm/mV").gain_mm_per_mv is None


def test_the_same_scale_printed_twice_is_that_scale():
    assert said("25 mm/s", "25 mm/s").speed_mm_per_s == 25


@pytest.mark.parametrize(
    ("line", "rate_bpm"),
    [
        ("HR 72", 72),
        ("HR: 72 bpm", 72),
        ("Vent. rate 108 BPM", 108),
        ("Herzfrequenz 75/min", 75),
        ("Sinus Rhythm 91 BPM Average", 91),
        ("Ventricular rate: 61", 61),
        ("PR 164 ms QRS 92 ms", None),
        ("QT/QTc 392/421 ms", None),
        ("HR 7 bpm", None),
        ("BP 120/80", None),
    ],
)
def test_the_printed_heart_rate_is_read(line, rate_bpm):
    assert said(line).heart_rate_bpm == rate_bpm


def test_lead_names_are_known_in_any_case_and_keep_their_place():
    (lead,) = said("AVR").leads
    assert (lead.name, lead.left_px, lead.middle_px, lead.height_px) == ("aVR", 0, 5, 10)


def test_a_word_that_only_contains_a_lead_name_is_none():
    assert said("V1a MLII RV5/SV1 aVRx").leads == ()


def test_bars_that_read_as_strokes_say_little_of_which_way_is_up():
    assert said("I I I I I").upright_evidence < said("aVR").upright_evidence
