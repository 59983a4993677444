"""Puts this folder on the path, for the modules in it that tests of several folders share."""
