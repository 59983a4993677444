"""One name for each lead, however files write it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_STANDARD = (
    *("I", "II", "III", "aVR", "aVL", "aVF", "-aVR"),
    *("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9"),
    *("V1R", "V2R", "V3R", "V4R", "V5R", "V6R", "V7R", "V8R", "V9R"),
    *("X", "Y", "Z", "MLI", "MLII", "MLIII"),
)
_BY_FOLDED = {name.casefold(): name for name in _STANDARD} | {
    "avrneg": "-aVR",
    "di": "I",
    "dii": "II",
    "diii": "III",
}
_PREFIX = re.compile(
    r"^(?:MDC_ECG_LEAD_|(?:E[CK]G|lead|ableitung|d[ée]rivation|derivaci[oó]n|derivazione"
    r"|deriva[cç][aã]o|afleiding|avledning)[\s_:-]+)+",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


def standard_lead_name(name: str) -> str:
    """The usual name of a lead; a name that is not understood stays as it is.

    IEEE 11073 codes (`MDC_ECG_LEAD_II`), prefixes (`"ECG Lead II"`, `"Ableitung I"`), brackets
    (`"Lead I (Einthoven)"`), other cases (`"AVR"`) and `"DII"` are understood. `"lead 2"` stays:
    it says which column, not which lead.
    """
    bare = _IN_BRACKETS.sub("", _PREFIX.sub("", name.strip())).strip()
    return _BY_FOLDED.get(bare.casefold(), name.strip())


def standard_lead_names(names: Sequence[str]) -> tuple[str, ...]:
    """The usual name of each lead; those that would then have one name in common keep theirs."""
    standard = [standard_lead_name(name) for name in names]
    times = Counter(standard)
    return tuple(new if times[new] == 1 else old for old, new in zip(names, standard, strict=True))


def is_standard(name: str) -> bool:
    """Whether a name is that of a lead, once it is written as usual."""
    return standard_lead_name(name) in _STANDARD
