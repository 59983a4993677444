"""From the sheet of a page to its rows, cut into strips."""
