"""What a person reads first, and what no report leaves out."""

from collections.abc import Callable

from ecgmm.analysis.reading import (
    Episode,
    Finding,
    Grade,
    Pause,
    Quality,
    Reading,
    Rhythm,
    RhythmInTime,
    Run,
    Summary,
)
from ecgmm.analysis.text_report import WIDTH, text_report

MakeReading = Callable[..., Reading]


def test_the_verdict_comes_first_with_how_sure_it_is(make_reading: MakeReading) -> None:
    assert text_report(make_reading()).startswith("folder/heart.csv: Abnormal, 97 % sure\n")
    normal = Summary(75.0, {"N": 74}, "normal", 0.08)
    report = text_report(make_reading(summary=normal))
    assert ": Rhythm and beats normal, 92 % sure; infarction, " in report


def test_the_statements_follow_for_the_clinician_and_for_the_patient(
    make_reading: MakeReading,
) -> None:
    summary = Summary(
        75.0, {"N": 74}, "normal", 0.08, statement="Sinus rhythm, 75/min.",
        patient_statement="Nothing unusual.", grade=Grade("borderline", 0.4),
        caution="Many are missed.",
    )  # fmt: skip
    first, *rest = text_report(make_reading(summary=summary)).splitlines()
    assert "Rhythm and beats borderline; infarction, " in first
    assert rest[0].split(maxsplit=2) == ["In", "short", "Sinus rhythm, 75/min."]
    assert rest[1].split(maxsplit=1) == ["Patient", "Nothing unusual."]
    assert "(normal or bundle branch block). Many are missed." in "\n".join(rest)


def test_an_unreadable_input_gets_no_probability(make_reading: MakeReading) -> None:
    report = text_report(
        make_reading(
            beats=(),
            findings=(),
            rhythm=Rhythm("noise", {"normal": 0.0, "af": 0.0, "other": 0.0, "noise": 1.0}),
            summary=Summary(None, {"N": 0}, "unreadable", None),
            quality=Quality(0.0, ("No heart beat was found.",)),
        )
    )
    assert report.startswith("folder/heart.csv: Unreadable\n")
    for part in ("Heart rate", "Rhythm", "Beats", "Findings", "bpm"):
        assert part not in report
    assert "No heart beat was found." in report


def test_an_unknown_rate_and_a_nameless_lead_are_said_once(make_reading: MakeReading) -> None:
    summary = Summary(None, {"N": 1}, "normal", 0.1)
    report = text_report(make_reading(summary=summary, leads=("lead 1",)))
    assert "  Heart rate unknown\n" in report
    assert ", lead 1\n" in report


def test_every_part_is_there(make_reading: MakeReading) -> None:
    report = text_report(make_reading())
    for part in (
        "75 bpm",
        "Probable sinus rhythm (atrial fibrillation: probability under 1 %)",
        "74 in 1:00.0: 60 N (normal or bundle branch block), 14 V (ventricular ectopic)",
        "Good, 0.91 of 1. Lead V1: 4 % of the signal is missing.",
        "signal, 1:00.0, leads MLII, V1",
        "ecgmm 1",
        "Not a medical device",
    ):
        assert part in report


def test_findings_are_told_gravest_first(make_reading: MakeReading) -> None:
    findings = [line for line in text_report(make_reading()).splitlines() if "." in line]
    grave = next(number for number, line in enumerate(findings) if "14 ventricular" in line)
    mild = next(number for number, line in enumerate(findings) if "Slow." in line)
    assert grave < mild


def test_neighbouring_beats_of_a_finding_are_one_stretch(make_reading: MakeReading) -> None:
    run = Finding("vt", "A run.", "critical", (4, 5, 6, 20, 30, 31))
    report = text_report(make_reading(findings=(run,)))
    assert "A run (at 3.7 s to 5.3 s, 16.5 s, 24.5 s to 25.3 s)." in report
    many = Finding("pvc", "Many.", "warning", tuple(range(4, 74, 5)))
    report = text_report(make_reading(findings=(many,)))
    assert "Many (at 3.7 s, 7.7 s, 11.7 s, 15.7 s, 19.7 s and 9 more)." in report


def test_no_line_is_wider_than_the_page(make_reading: MakeReading) -> None:
    long = Finding("long", "word " * 100, "critical", (1, 2))
    report = text_report(make_reading(findings=(long,)))
    assert max(len(line) for line in report.splitlines()) <= WIDTH


def test_a_rhythm_that_changes_is_told_in_time(make_reading) -> None:
    course = RhythmInTime(
        (Episode("sinus", 0.0, 20.0, 0.9), Episode("af", 20.0, 60.0, 0.8)),
        af_burden=2 / 3,
        longest_run=Run("vt", 5.0, 7.0, 5, 150.0),
        fastest_run=Run("vt", 5.0, 7.0, 5, 150.0),
        pauses=(Pause(10.0, 13.5),),
    )
    rhythm = Rhythm("af", {"normal": 0.3, "af": 0.6, "other": 0.1, "noise": 0.0}, course)
    lines = text_report(make_reading(rhythm=rhythm)).splitlines()
    (told,) = (line for line in lines if line.startswith("  In time"))
    assert told.endswith("sinus rhythm 0.0 s to 20.0 s; atrial fibrillation 20.0 s to 1:00.0")
    text = " ".join(line.strip() for line in lines)
    assert "atrial fibrillation 66.7 % of the time" in text
    assert "longest run 5 beats of ventricular tachycardia at 150 bpm, 5.0 s" in text
    assert "1 pause, the longest 3.5 s" in text
    assert "fastest run" not in text
