"""Every class name of the project and every mapping onto them.

Beat classes follow ANSI/AAMI EC57:2012 (table of beat types); the annotation
symbols are PhysioNet's (https://physionet.org/physiotools/wpg/wpg_36.htm).
Rhythm classes are those of the PhysioNet/CinC Challenge 2017.
"""

from typing import Literal

AAMI_CLASSES = ("N", "S", "V", "F", "Q")
NO_BEAT = "none"
STEP_CLASSES = (NO_BEAT, *AAMI_CLASSES)

RHYTHM_CLASSES = ("normal", "af", "other", "noise")

AAMI_CLASS_OF_SYMBOL = {
    "N": "N",
    "L": "N",
    "R": "N",
    "B": "N",
    "e": "N",
    "j": "N",
    "n": "N",
    "A": "S",
    "a": "S",
    "J": "S",
    "S": "S",
    "V": "V",
    "E": "V",
    "r": "V",
    "F": "F",
    "/": "Q",
    "f": "Q",
    "Q": "Q",
    "?": "Q",
}

UNNAMED_BEATS = {"normal": -1, "af": -2}
"""What a step is called where only the rhythm of the whole is known: a beat there is neither `S`
nor `V` in a recording called normal, and not `S` in atrial fibrillation, whose beats are `N`
however early they come."""

SUPRAVENTRICULAR_ESCAPE_SYMBOLS = ("e", "j", "n")

RHYTHM_CLASS_OF_CINC2017_LABEL = {"N": "normal", "A": "af", "O": "other", "~": "noise"}

SINUS_RHYTHM_AUX = ("(N",)
ATRIAL_FIBRILLATION_AUX = ("(AFIB",)


def aami_class(symbol: str, escapes_as: Literal["N", "S"] = "N") -> str | None:
    """The AAMI class of a PhysioNet beat symbol, or None when it marks no beat.

    Args:
        symbol: one annotation symbol, such as `"L"` or `"V"`.
        escapes_as: where supraventricular escape beats (`e`, `j`, `n`) count.
            De Chazal 2004 and most papers after it count them as `N`; the
            text of EC57 allows `S`. Tables that depend on it are printed both ways.
    """
    if symbol in SUPRAVENTRICULAR_ESCAPE_SYMBOLS:
        return escapes_as
    return AAMI_CLASS_OF_SYMBOL.get(symbol)
