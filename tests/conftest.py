"""Puts this folder on the path, for `simulated_records`; gives slow machines their time."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
