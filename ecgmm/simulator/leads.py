"""The eight independent leads of a standard ECG, and the others that follow from them.

Of twelve leads only eight are independent: by Einthoven's law III = II - I, and
Goldberger's augmented leads are aVR = -(I + II) / 2, aVL = I - II / 2 and
aVF = II - I / 2 (Kligfield et al. 2007, AHA/ACC/HRS recommendations for the
standardization and interpretation of the electrocardiogram, part I).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import LEADS as STANDARD_LEADS
from ecgmm.leads import SUMS_OF_I_AND_II

INDEPENDENT_LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

_OF_I_AND_II = {**SUMS_OF_I_AND_II, "MLII": SUMS_OF_I_AND_II["II"]}

LEADS = (*STANDARD_LEADS, "MLII")


def lead_matrix(leads: Sequence[str]) -> NDArray[np.float64]:
    """How each lead follows from the independent ones.

    Args:
        leads: names out of `LEADS`. The Holter lead `MLII` is drawn as II.

    Returns:
        `[independent leads, leads]`: `independent_mv @ matrix` gives the leads in millivolts.

    Raises:
        ValueError: when a lead is not known or none is asked for.
    """
    if not leads:
        raise ValueError("Expected at least one lead. Received none.")
    matrix = np.zeros((len(INDEPENDENT_LEADS), len(leads)))
    for column, lead in enumerate(leads):
        if lead in _OF_I_AND_II:
            matrix[:2, column] = _OF_I_AND_II[lead]
        elif lead in INDEPENDENT_LEADS:
            matrix[INDEPENDENT_LEADS.index(lead), column] = 1.0
        else:
            raise ValueError(f"Expected leads out of {', '.join(LEADS)}. Received {lead!r}.")
    return matrix
