"""What the network that reads print answers: in which character each cell of a picture is."""

from __future__ import annotations

from ecgmm.paper.words.alphabet import CHARACTERS

CELL_HEIGHT_PX = 4
CELL_WIDTH_PX = 2
CELLS_ACROSS = 2
"""Cells that share one column of the network, whose own step is four pixels both ways."""

NOTHING = len(CHARACTERS)
"""Class of a cell that is not in the middle of a character."""

CLASSES = len(CHARACTERS) + 1
CHANNELS = CLASSES + 1
"""Channels a cell: a logit a class, and the logarithm of the capitals' height in pixels."""
