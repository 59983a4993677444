"""Gives these tests the records made up for them."""

from made_results import make_result as make_result
