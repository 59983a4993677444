"""The reading on pages of A4, and beside an earlier one."""
