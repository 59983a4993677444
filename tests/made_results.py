"""Records made up, beat by beat, for tests of scores and reports."""

from collections.abc import Callable

import numpy as np
import pytest

from ecgmm.scoring.results import RecordResult


@pytest.fixture(scope="session")
def make_result() -> Callable[..., RecordResult]:
    """A record with one beat a second; in the strings, `.` stands for no beat there.

    `make_result("NNV", "N.V")`: three reference beats at 1, 2 and 3 s, the second missed.
    """

    def make(reference: str, test: str, first_s: float = 301.0, **fields) -> RecordResult:
        def beats(symbols):
            placed = [(first_s + i, symbol) for i, symbol in enumerate(symbols) if symbol != "."]
            return np.array([time_s for time_s, _ in placed]), tuple(s for _, s in placed)

        reference_times_s, reference_symbols = beats(reference)
        test_times_s, test_labels = beats(test)
        values = {
            "record": "100",
            "patient": "100",
            "duration_s": first_s + max(len(reference), len(test)),
            "reference_times_s": reference_times_s,
            "reference_symbols": reference_symbols,
            "test_times_s": test_times_s,
            "test_labels": test_labels,
        }
        return RecordResult(**(values | fields))

    return make
