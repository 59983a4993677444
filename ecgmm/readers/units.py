"""Units of voltage, as files write them."""

from __future__ import annotations

_MICRO_SIGNS = ("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}")
_MILLIVOLTS_PER_UNIT = {
    "nv": 1e-6,
    "nanovolt": 1e-6,
    "uv": 1e-3,
    "uvolt": 1e-3,
    "microvolt": 1e-3,
    "mv": 1.0,
    "mvolt": 1.0,
    "millivolt": 1.0,
    "мкв": 1e-3,
    "мв": 1.0,
    "v": 1e3,
    "volt": 1e3,
}
"""In lower case, the micro sign as u."""


def millivolts_per_unit(unit: str) -> float | None:
    """How many millivolts one `unit` is, or None when it is no unit of voltage.

    Args:
        unit: such as `"mV"`, `"uV"`, `"\N{MICRO SIGN}V"`, `"volts"`; the case of letters does
            not matter, because no ECG is stored in megavolts.
    """
    name = unit.strip().lower()
    for sign in _MICRO_SIGNS:
        name = name.replace(sign, "u")
    return _MILLIVOLTS_PER_UNIT.get(name) or _MILLIVOLTS_PER_UNIT.get(name.removesuffix("s"))
