"""Which records of MIT-BIH are learned from, which are the test, which are neither.

De Chazal, O'Dwyer and Reilly, "Automatic classification of heartbeats using ECG morphology
and heartbeat interval features", IEEE Trans. Biomed. Eng. 51(7), 2004: no record
of one half is of a person in the other, but for 201 and 202, who are one man.
"""

DS1 = (
    "101", "106", "108", "109", "112", "114", "115", "116", "118", "119", "122",
    "124", "201", "203", "205", "207", "208", "209", "215", "220", "223", "230",
)  # fmt: skip
"""Training half."""

DS2 = (
    "100", "103", "105", "111", "113", "117", "121", "123", "200", "202", "210",
    "212", "213", "214", "219", "221", "222", "228", "231", "232", "233", "234",
)  # fmt: skip
"""Test half; opened seldom, and every opening is written down."""

PACED = ("102", "104", "107", "217")
"""Paced beats, which ANSI/AAMI EC57 leaves out of the test."""
