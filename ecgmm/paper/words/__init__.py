"""What is printed on a page of ECG: lead names, scale, heart rate."""

from ecgmm.paper.words.arrangement import Arrangement, find_arrangement
from ecgmm.paper.words.facts import PlacedLead, PrintedFacts, printed_facts
from ecgmm.paper.words.read import read_words
from ecgmm.paper.words.word import Word

__all__ = [
    "Arrangement",
    "PlacedLead",
    "PrintedFacts",
    "Word",
    "find_arrangement",
    "printed_facts",
    "read_words",
]
