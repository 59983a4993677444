"""What a person reads first, and what no report leaves out."""

from collections.abc import Callable

from ecgmm.analysis.reading import Finding, Quality, Reading, Rhythm, Summary
from ecgmm.analysis.text_report import WIDTH, text_report

MakeReading = Callable[..., Reading]


def test_the_verdict_comes_first_with_how_sure_it_is(make_reading: MakeReading) -> None:
    assert text_report(make_reading()).startswith("folder/heart.csv: Abnormal, 97 % sure\n")
    normal = Summary(75.0, {"N": 74}, "normal", 0.08)
    assert ": Normal, 92 % sure\n" in text_report(make_reading(summary=normal))


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
    assert "heart rate unknown" in report
    assert "No heart beat was found." in report


def test_every_part_is_there(make_reading: MakeReading) -> None:
    report = text_report(make_reading())
    for part in (
        "75 bpm",
        "normal, 90 % (other 6 %, noise 3 %, atrial fibrillation under 1 %)",
        "74 in 1:00.0: 60 N (normal or bundle branch block), 14 V (ventricular ectopic)",
        "0.91 Lead V1: 4 % of the signal is missing.",
        "signal, 1:00.0, leads MLII, V1",
        "ecgmm 1",
        "Not a medical device",
    ):
        assert part in report


def test_findings_are_told_gravest_first_with_their_times(make_reading: MakeReading) -> None:
    findings = [line for line in text_report(make_reading()).splitlines() if "." in line]
    grave = next(number for number, line in enumerate(findings) if "14 ventricular" in line)
    mild = next(number for number, line in enumerate(findings) if "Slow." in line)
    assert grave < mild
    assert "(at 3.7 s, 7.7 s, 11.7 s, 15.7 s, 19.7 s, 23.7 s and 8 more)" in " ".join(
        text_report(make_reading()).split()
    )


def test_no_line_is_wider_than_the_page(make_reading: MakeReading) -> None:
    long = Finding("long", "word " * 100, "critical", (1, 2))
    report = text_report(make_reading(findings=(long,)))
    assert max(len(line) for line in report.splitlines()) <= WIDTH
