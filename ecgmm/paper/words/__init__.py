"""What is printed on a page of ECG: lead names, scale, heart rate."""

from ecgmm.paper.words.facts import PlacedLead, PrintedFacts, printed_facts
from ecgmm.paper.words.word import Word

__all__ = ["PlacedLead", "PrintedFacts", "Word", "printed_facts"]
