import numpy as np

from ecgmm.analysis.lead_sets import MOST_SETS, lead_sets
from ecgmm.conditions import LEADS
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording


def wave_mv(duration_s, rate_hz=250.0, amplitude_mv=1.0):
    return amplitude_mv * np.sin(np.arange(round(duration_s * rate_hz)) / 20).astype(np.float32)


def file_of(leads_mv, rate_hz=250.0):
    signal_mv = np.stack(list(leads_mv.values()), axis=1)
    return SignalFile.in_memory(Recording(signal_mv, rate_hz, tuple(leads_mv), "record"))


def test_leads_lie_in_their_standard_places_and_absent_ones_are_zero():
    sets = lead_sets(file_of({"V1": wave_mv(10), "II": wave_mv(10, amplitude_mv=2.0)})).leads_mv
    assert sets.shape == (1, 12, 1250)
    seen = sets[0].any(axis=1)
    assert [LEADS[place] for place in np.flatnonzero(seen)] == ["II", "V1"]
    assert np.abs(sets[0, 1]).max() > 1.5 * np.abs(sets[0, 6]).max()


def test_a_gap_is_not_seen_but_a_heart_at_exactly_zero_is():
    lead_mv = wave_mv(10)
    lead_mv[1000:1200] = 0.0
    lead_mv[1500:2000] = np.nan
    lead = lead_sets(file_of({"I": lead_mv})).leads_mv[0, 0]
    assert (lead[505:595] != 0).all()
    assert (lead[755:995] == 0).all()


def test_a_lead_of_a_page_seen_for_two_and_a_half_seconds_is_shown():
    lead_mv = np.full(2500, np.nan, np.float32)
    lead_mv[625:1250] = wave_mv(2.5)
    sets = lead_sets(file_of({"aVR": lead_mv, "II": wave_mv(10)})).leads_mv
    assert (sets[0, 3] != 0).sum() in (312, 313)


def test_a_lead_that_is_nearly_lost_and_one_without_a_standard_name_are_not_shown():
    lost_mv = np.full(2500, np.nan, np.float32)
    lost_mv[:200] = wave_mv(0.8)
    sets = lead_sets(file_of({"V2": lost_mv, "II": wave_mv(10), "MLII": wave_mv(10)})).leads_mv
    assert np.flatnonzero(sets[0].any(axis=1)).tolist() == [1]


def test_a_long_recording_is_judged_from_stretches_of_all_of_it():
    asked = []
    hour = 3600 * 250

    def read_mv(start, stop):
        asked.append((start, stop))
        return wave_mv((stop - start) / 250)[:, None]

    starts_s, sets = lead_sets(SignalFile("holter", 250.0, ("II",), hour, read_mv))
    assert sets.shape == (MOST_SETS, 12, 1250)
    assert (starts_s[0], starts_s[-1]) == (0.0, 3590.0)
    assert asked[0] == (0, 2500)
    assert asked[-1] == (hour - 2500, hour)


def test_nothing_is_judged_without_a_standard_lead_or_enough_of_one():
    for file in (file_of({"row 1": wave_mv(10)}), file_of({"II": wave_mv(2.0)})):
        assert not len(lead_sets(file).leads_mv)
