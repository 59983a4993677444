"""Crops of printed pages with the place of every character: what reading print is learnt from."""
