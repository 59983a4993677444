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


_STEPS = (
    *("", "1", "{}", "{counts}", "*", "adu", "adc", "count", "counts", "raw", "lsb", "a.u.", "au"),
    *("no_units", "no units", "none", "n/a", "-", "nu", "nd", "?", "unknown", "unitless"),
    *("dimensionless", "digit", "digits", "digital", "int", "integer", "bit", "bits", "step"),
    *("steps", "adc units", "adc counts", "ad units", "adunits"),
    *("arb", "arb.", "arbitrary", "arb. units"),
)
"""What files write where a number is a step of a converter, or nobody said what it is."""


def is_no_unit(unit: str) -> bool:
    """Whether a unit leaves open what a number is, so that it has to be stated."""
    return unit.strip(" \t\0").lower() in _STEPS


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
