"""Fuzzing of every parser: `python -m benchmarks.fuzz`, with the corpus in tests/corpus."""
