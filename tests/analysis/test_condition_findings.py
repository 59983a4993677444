import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import JudgedCondition, Rhythm
from ecgmm.analysis.rules.conditions import disease_probability, diseases, statements
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.conditions import CONDITIONS

BY_CODE = {condition.code: condition for condition in CONDITIONS}
NORMAL = Rhythm("normal", {"normal": 1.0, "af": 0.0, "other": 0.0, "noise": 0.0})
FIBRILLATION = Rhythm("af", {"normal": 0.0, "af": 1.0, "other": 0.0, "noise": 0.0})


def judged(code, probability, *, threshold=0.5, leads=()):
    of = BY_CODE[code]
    return JudgedCondition(code, of.group, of.text, probability, threshold, leads)


def findings(*conditions, rhythm=NORMAL):
    evidence = Evidence((), rhythm, 10.0, (), conditions)
    return [*diseases(evidence), *statements(evidence)]


def test_an_infarction_is_a_warning_that_names_its_wall_and_its_leads():
    (finding,) = findings(
        judged("MI", 0.93, leads=("II", "V1")),
        judged("IMI", 0.91, leads=("aVF", "II", "III")),
        judged("AMI", 0.1),
    )
    assert (finding.code, finding.severity) == ("infarction", "warning")
    assert finding.text == (
        "Myocardial infarction, probability 93 %: inferior infarction, probability 91 %."
    )
    assert finding.leads == ("II", "III", "aVF")


def test_a_doubtful_subclass_does_not_make_a_normal_superclass_abnormal():
    assert not findings(judged("CD", 0.2), judged("IRBBB", 0.6))


def test_where_the_leads_cannot_show_the_superclass_its_part_is_told():
    (finding,) = findings(judged("IMI", 0.8, leads=("III",)))
    assert finding.text == "Inferior infarction, probability 80 %."
    assert finding.leads == ("III",)


def test_what_is_likelier_absent_is_told_as_a_possibility_and_not_beside_what_is_likely():
    (finding,) = findings(
        judged("MI", 0.9), judged("AMI", 0.8), judged("LMI", 0.08, threshold=0.05)
    )
    assert "lateral" not in finding.text
    (finding,) = findings(judged("CD", 0.33, threshold=0.3))
    assert finding.text == "Possible conduction disturbance, probability 33 %."


def test_of_two_that_say_the_same_the_more_exact_is_told():
    (finding,) = findings(judged("CD", 0.9), judged("LAFB/LPFB", 0.85), judged("LAFB", 0.8))
    assert "anterior fascicular" in finding.text
    assert "Left fascicular" not in finding.text.replace("anterior", "")
    assert finding.text.count("probability") == 2


def test_fibrillation_is_told_once():
    assert [f.code for f in findings(judged("AFIB", 0.9))] == ["afib"]
    assert not findings(judged("AFIB", 0.9), rhythm=FIBRILLATION)


def test_fibrillation_is_not_told_of_regular_beats():
    steady = BeatList(0.5 + 0.4 * np.arange(24), "N" * 24, np.full(24, 0.9))
    evidence = Evidence(steady, NORMAL, 10.0, (), (judged("AFIB", 0.9), judged("PSVT", 0.9)))
    assert [finding.code for finding in statements(evidence)] == ["psvt"]


def test_a_paced_rhythm_is_information_and_sinus_rhythm_nothing_to_tell():
    (finding,) = findings(judged("PACE", 0.9), judged("SR", 0.9))
    assert (finding.code, finding.severity) == ("pace", "info")


def test_absent_conditions_are_no_findings():
    assert not findings(*(judged(code, 0.1) for code in BY_CODE))


def test_the_verdict_s_probability_agrees_with_what_is_called_present():
    doubtful = judged("HYP", 0.7, threshold=0.8)
    likely = judged("MI", 0.3, threshold=0.2)
    assert disease_probability([doubtful]) < 0.5
    assert disease_probability([doubtful, likely]) == 0.5
    assert disease_probability([judged("CD", 0.9)]) == 0.9
    assert disease_probability([judged("AFIB", 0.9)]) == 0.0
