"""What speaks against the way a recording was stored: its clock, its leads."""

from __future__ import annotations

from ecgmm.readers.limb_leads import limb_lead_doubts
from ecgmm.readers.rate_check import sampling_rate_doubt
from ecgmm.recording import Recording


def recording_doubts(recording: Recording) -> tuple[str, ...]:
    """Sentences for whoever reads the report; nothing in the recording is changed.

    Args:
        recording: as `route.read_input` gives it, with its leads named as usual.
    """
    rate_doubt = sampling_rate_doubt(recording)
    return (*([rate_doubt] if rate_doubt else []), *limb_lead_doubts(recording))
