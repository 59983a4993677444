"""Published figures to print beside ours, each with its protocol and its source.

Readers that learn from labelled or unlabelled beats of the very patient they are then
scored on (adaptation, transduction) stand in a list of their own: they answer an easier
question. Figures of readers scored on beats of patients they were trained on are left
out altogether.

Only figures that were checked are here: Saenz-Cogollo 2020, Zahid 2022 and CinC 2017 in their
abstracts, de Chazal 2004 (also from its confusion matrix) and Llamedo 2011 in table 2 of
doi 10.1038/s41598-017-09837-3, de Chazal and Reilly 2006 and Zhang 2014 in table 4 of
doi 10.1155/2017/4108720.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIGURE_COLUMNS = ("VEB Se", "VEB +P", "VEB F1", "SVEB Se", "SVEB +P", "SVEB F1", "QRS Se", "QRS +P")

_DS1_TO_DS2 = "trained on MIT-BIH DS1, tested on DS2, no patient in both; given beat positions"


@dataclass(frozen=True)
class PublishedFigures:
    """What one publication reports.

    Attributes:
        name: authors and year.
        protocol: what it was trained and tested on.
        source: where it was published.
        figures: shares from 0 to 1 by their name.
    """

    name: str
    protocol: str
    source: str
    figures: Mapping[str, float]


INTER_PATIENT = (
    PublishedFigures(
        "de Chazal 2004",
        _DS1_TO_DS2,
        "IEEE Trans Biomed Eng 51:1196-1206, doi 10.1109/TBME.2004.827359",
        {"VEB Se": 0.777, "VEB +P": 0.819, "SVEB Se": 0.759, "SVEB +P": 0.385},
    ),
    PublishedFigures(
        "Llamedo and Martinez 2011",
        _DS1_TO_DS2,
        "IEEE Trans Biomed Eng 58:616-625, doi 10.1109/TBME.2010.2068048",
        {"VEB Se": 0.81, "VEB +P": 0.87, "SVEB Se": 0.77, "SVEB +P": 0.39},
    ),
    PublishedFigures(
        "Zhang 2014",
        _DS1_TO_DS2,
        "Comput Biol Med 46:79-89, doi 10.1016/j.compbiomed.2013.11.019",
        {"VEB Se": 0.855, "VEB +P": 0.927, "SVEB Se": 0.791, "SVEB +P": 0.360},
    ),
    PublishedFigures(
        "Saenz-Cogollo and Agelli 2020",
        _DS1_TO_DS2,
        "Algorithms 13:75, doi 10.3390/a13040075",
        {"VEB F1": 0.909, "SVEB F1": 0.731},
    ),
    PublishedFigures(
        "Zahid 2022",
        "beat detection on the 48 records of MIT-BIH, one lead",
        "IEEE Trans Biomed Eng 2022, arXiv 2101.01666",
        {"QRS Se": 0.9985, "QRS +P": 0.9982},
    ),
)

ADAPTED_TO_THE_PATIENT = (
    PublishedFigures(
        "de Chazal and Reilly 2006",
        "as de Chazal 2004, then adapted with expert labels of the test patient's first beats",
        "IEEE Trans Biomed Eng 53:2535-2543, doi 10.1109/TBME.2006.883802",
        {"VEB Se": 0.943, "VEB +P": 0.962, "SVEB Se": 0.877, "SVEB +P": 0.470},
    ),
)

CINC2017_WINNERS = (
    PublishedFigures(
        "CinC 2017 winners",
        "PhysioNet/CinC Challenge 2017, hidden test set of 3,658 recordings; four teams level",
        "Clifford 2017, doi 10.22489/CinC.2017.065-469",
        {"F1": 0.83},
    ),
)
