"""The second look: what a beat is, once the whole recording is known.

`ecgmm.experiments.second_look` trains it.
"""
