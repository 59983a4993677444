"""What one beat looks like: P, QRS and T as sums of Gaussians.

The waves are Gaussians around fixed points of the beat in the manner of
McSharry, Clifford, Tarassenko and Smith 2003, "A dynamical model for generating
synthetic electrocardiogram signals" (IEEE Trans Biomed Eng 50:289-294), written in
closed form: each wave is `amplitude * exp(-(t - centre)^2 / (2 width^2))`. The
distance of the T wave from the QRS follows the cube root of the RR interval
(Fridericia 1920), so that the QT interval shortens at fast rates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

BEAT_START_S = -0.40
"""Before it no wave of a beat has begun."""
BEAT_END_S = 0.75
"""After it all of them have ended, at 50 bpm too."""

_PATIENT_SPREAD = 0.08
"""Deviation of the logarithm of a wave's height from patient to patient."""
_BEAT_SPREAD = 0.02
"""Deviation of all heights from beat to beat, as breathing turns the heart."""


@dataclass(frozen=True)
class Wave:
    """One Gaussian of a beat.

    Attributes:
        centre_s: its peak, in seconds from the R peak, at an RR interval of one second.
        width_s: its standard deviation in seconds.
        amplitudes_mv: its height in each of `leads.INDEPENDENT_LEADS`, millivolts.
        repolarisation: whether its time and width follow the RR interval, as the T wave's do.
    """

    centre_s: float
    width_s: float
    amplitudes_mv: tuple[float, ...]
    repolarisation: bool = False

    def weakened(self, factor: float) -> Wave:
        """The same wave with its amplitudes multiplied by `factor`."""
        return replace(self, amplitudes_mv=tuple(factor * a for a in self.amplitudes_mv))


#                 centre  width       I      II      V1     V2     V3     V4     V5     V6
_SINUS_P = (
    Wave(-0.160, 0.022, (0.070, 0.130, 0.050, 0.06, 0.06, 0.07, 0.07, 0.06)),
)  # fmt: skip
_ECTOPIC_P = (
    Wave(-0.145, 0.016, (0.030, -0.09, 0.080, 0.04, 0.02, -0.02, -0.04, -0.04)),
)  # fmt: skip
_NARROW_QRS = (
    Wave(-0.027, 0.0085, (-0.07, -0.10, 0.20, 0.30, 0.15, 0.00, -0.08, -0.10)),
    Wave(+0.000, 0.0110, (0.800, 1.250, -0.2, 0.00, 0.50, 1.40, 1.40, 1.10)),
    Wave(+0.028, 0.0095, (-0.12, -0.22, -0.8, -1.3, -0.8, -0.5, -0.2, -0.08)),
)  # fmt: skip
_RBBB_QRS = (
    Wave(-0.040, 0.0085, (-0.07, -0.10, 0.20, 0.30, 0.15, 0.00, -0.08, -0.10)),
    Wave(-0.010, 0.0110, (0.750, 1.150, -0.3, -0.4, 0.40, 1.20, 1.20, 0.95)),
    Wave(+0.045, 0.0200, (-0.35, -0.25, 0.85, 0.70, 0.10, -0.35, -0.45, -0.40)),
)  # fmt: skip
_CONCORDANT_T = (
    Wave(+0.225, 0.0500, (0.100, 0.150, -0.03, 0.16, 0.20, 0.20, 0.16, 0.12), True),
    Wave(+0.270, 0.0320, (0.110, 0.180, -0.03, 0.20, 0.24, 0.22, 0.18, 0.13), True),
)  # fmt: skip
_VENTRICULAR_QRS = (
    Wave(-0.048, 0.0160, (0.100, 0.450, 0.15, 0.10, 0.15, 0.30, 0.35, 0.30)),
    Wave(+0.000, 0.0240, (0.450, 1.750, -1.4, -1.9, -1.1, 0.80, 1.40, 1.30)),
    Wave(+0.050, 0.0180, (0.150, 0.350, -0.5, -0.7, -0.6, 0.10, 0.30, 0.30)),
)  # fmt: skip
_DISCORDANT_T = (
    Wave(+0.250, 0.0600, (-0.15, -0.42, 0.35, 0.45, 0.25, -0.2, -0.35, -0.35), True),
    Wave(+0.310, 0.0380, (-0.12, -0.33, 0.25, 0.35, 0.20, -0.2, -0.28, -0.25), True),
)  # fmt: skip

_FUSION_SHARE = 0.5
"""Half of a beat comes from above, half from the ventricle."""
_NORMAL = _NARROW_QRS + _CONCORDANT_T
_VENTRICULAR = _VENTRICULAR_QRS + _DISCORDANT_T

WAVES_OF_SYMBOL = {
    "N": _SINUS_P + _NORMAL,
    "x": _SINUS_P,
    "A": _ECTOPIC_P + _NORMAL,
    "a": _ECTOPIC_P + _RBBB_QRS + _CONCORDANT_T,
    "e": _ECTOPIC_P + _NORMAL,
    "j": _NORMAL,
    "V": _VENTRICULAR,
    "F": _SINUS_P
    + tuple(wave.weakened(1 - _FUSION_SHARE) for wave in _NORMAL)
    + tuple(wave.weakened(_FUSION_SHARE) for wave in _VENTRICULAR),
}
WAVES_WITHOUT_P_OF_SYMBOL = WAVES_OF_SYMBOL | {
    "N": _NORMAL,
    "F": WAVES_OF_SYMBOL["F"][len(_SINUS_P) :],
}


class Heart:
    """One simulated person: the shapes above, with that person's own proportions.

    Args:
        rng: decides the proportions and the small changes from beat to beat.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._factors = {
            symbol: np.exp(rng.normal(0.0, _PATIENT_SPREAD, (len(waves), 1)))
            for symbol, waves in WAVES_OF_SYMBOL.items()
        }

    def beat_mv(
        self,
        symbol: str,
        time_s: NDArray[np.float64],
        rr_s: float,
        atria_fire: bool,
        delay_s: float = 0.0,
    ) -> NDArray[np.float64]:
        """One beat in the independent leads.

        Args:
            symbol: its PhysioNet symbol, one of `WAVES_OF_SYMBOL`.
            time_s: `[samples]`, seconds from the R peak.
            rr_s: the RR interval to which repolarisation has adapted.
            atria_fire: whether a P wave goes before a sinus beat; false in atrial fibrillation.
            delay_s: by how much longer than usual the P wave takes to the ventricles.

        Returns:
            `[samples, independent leads]` in millivolts.
        """
        table = WAVES_OF_SYMBOL if atria_fire else WAVES_WITHOUT_P_OF_SYMBOL
        waves = table[symbol]
        factors = self._factors[symbol][-len(waves) :]
        stretch = np.array([np.cbrt(rr_s) if wave.repolarisation else 1.0 for wave in waves])
        centre_s = stretch * [wave.centre_s for wave in waves]
        centre_s -= [delay_s if wave in _SINUS_P else 0.0 for wave in waves]
        width_s = stretch * [wave.width_s for wave in waves]
        amplitudes_mv = factors * [wave.amplitudes_mv for wave in waves]
        shapes = np.exp(-0.5 * ((time_s[:, np.newaxis] - centre_s) / width_s) ** 2)
        return shapes @ amplitudes_mv * self._rng.normal(1.0, _BEAT_SPREAD)
