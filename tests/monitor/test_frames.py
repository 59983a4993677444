"""A frame on the wire is what it says, or is refused in one line."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame, FrameDecoder

GOOD = {"sampling_rate_hz": 250, "leads": ["II", "V1"], "samples_mv": [[0.1, 0.2], [None, 0.3]]}


def test_rate_and_leads_hold_until_they_are_stated_anew():
    decoder = FrameDecoder(connection=2)
    first = decoder.decode(json.dumps(GOOD))
    np.testing.assert_allclose(first.samples_mv, [[0.1, 0.2], [np.nan, 0.3]], rtol=1e-6)
    later = decoder.decode(b'{"samples_mv": [[0, 1]], "sequence": 7, "start_s": 1.5}')
    assert (later.sampling_rate_hz, later.lead_names) == (250.0, ("II", "V1"))
    assert (later.sequence, later.start_s, later.connection) == (7, 1.5, 2)
    assert decoder.decode('{"sampling_rate_hz": 500, "samples_mv": [[0, 1]]}').duration_s == 0.002


@pytest.mark.parametrize(
    "changes",
    [
        {"sampling_rate_hz": 1},
        {"sampling_rate_hz": "250"},
        {"leads": []},
        {"leads": ["II", "II"]},
        {"leads": "II"},
        {"samples_mv": None},
        {"samples_mv": []},
        {"samples_mv": [[0.1]]},
        {"samples_mv": [[0.1, 0.2], [0.1]]},
        {"samples_mv": [[0.1, 5000.0]]},
        {"samples_mv": [["high", 0.1]]},
        {"sequence": -1},
        {"sequence": 1.5},
        {"start_s": "now"},
        {"start_s": 10**400},
    ],
)
def test_a_frame_that_makes_no_sense_is_refused(changes):
    with pytest.raises(InputError) as refused:
        FrameDecoder().decode(json.dumps({**GOOD, **changes}))
    assert refused.value.code == "bad_frame"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional={name: anything for name in [*GOOD, "sequence"]}))
def test_whatever_comes_is_a_frame_or_is_refused(fields):
    try:
        frame = FrameDecoder().decode(json.dumps({**GOOD, **fields}))
    except InputError:
        return
    assert isinstance(frame, Frame)
    assert frame.samples_mv.shape[1] == len(frame.lead_names)
    assert not np.isinf(frame.samples_mv).any()


@given(st.binary(max_size=40) | st.text(max_size=40) | st.just("[" * 100_000))
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InputError):
        FrameDecoder().decode(text)
