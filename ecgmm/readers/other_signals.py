"""Signals that stand beside the ECG in a file and are none."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.lead_names import is_standard
from ecgmm.readers.signal_file import SignalFile
from ecgmm.readers.stored_leads import warn_left_out

_OTHER = re.compile(
    r"^(?:resp|rsp|pleth|ppg|spo2|sao2|eeg|eog|emg|abp|art|pap|cvp|icp|nbp|bp|co2|etco2|temp|pulse|hr|scg"
    r"|acc|accelero|thora|abdom|air ?flow|flow|snore|chest|position|pos|sound|stroke|marker|event"
    r"|trigger|breath|atem|atmung|blood|blut|bvp|nibp|pcg|phono|fhr|stim"
    r"|eda|gsr|scl|scr|skin|gyro|mag|light|battery|audio|effort|nasal|oral|pressure|imped|status)"
    r"|\b(?:resp(?:iration)?|pleth|spo2|eeg|eog|emg|gsr|eda|abp|plethysmogram|respiratory)\b",
    re.IGNORECASE,
)
"""How monitors, sleep laboratories and PhysioNet name what is not a lead of the heart."""
_SCALP = re.compile(
    r"^(?:(?:Fp|AF|F|FC|FT|T|TP|P|PO|O)[z\d]\d?|Cz|[LR]OC|E[12]|C\d)-(?:A|M|TP)\d+$"
    r"|^(?:(?:Fp[12z]|A?F[34z78]|T[3-8]|P[z34]|O[z12]|Cz|[LR]OC)(?:-\w+)?)$|^\w+-(?:Ref|Avg)$",
    re.IGNORECASE,
)
"""Electrodes of the 10-20 system and beside the eyes; `C1` to `C6` alone are leads of the chest."""
_ECG = re.compile(r"e[ck]g|lead|ableitung", re.IGNORECASE)
_ELECTRODE = r"(?:[RL][AL]|W(?:CT)?|V[1-9x]R?|CM|N)"
_LEAD = re.compile(
    r"^(?:mod\. ?)?"
    r"(?:[CM]?C[BCMRS]\d*|MCL ?\d|ML(?:I{1,3}|\d)|M?V\d{0,2}R?|v[xyz]|[CDL]\d|[AES]-?[IS]|[RLF])$"
    rf"|^{_ELECTRODE}-{_ELECTRODE}\b",
    re.IGNORECASE,
)
"""Leads of Holter recorders, of monitors and of PhysioNet beside the standard ones."""
_ANY = re.compile(
    r"^(?:(?:ch(?:an(?:nel)?)?|col(?:umn)?|sig(?:nal)?|analog(?: input)?|input|x|data|values?)?"
    r"[\s_.:-]*\d*|unnamed|unknown|amplitude|voltage|[um\N{MICRO SIGN}]?v)$",
    re.IGNORECASE,
)
"""Names that say nothing of what a signal is."""


def is_other_signal(name: str) -> bool:
    """Whether a name is that of another signal than an ECG, such as `"PLETH"` or `"C4-A1"`."""
    bare = name.strip()
    return bool(_OTHER.search(bare) or _SCALP.match(bare)) and not _ECG.search(name)


def is_lead(name: str) -> bool:
    """Whether a name is that of a lead, such as `"MCL1"` or `"V5 filtered"`."""
    bare = name.strip()
    first_word = re.split(r"[\s_]", bare)[0]
    is_named = is_standard(bare) or (len(first_word) > 1 and is_standard(first_word))
    return is_named or bool(_ECG.search(bare) or _LEAD.match(bare))


def ecg_only(file: SignalFile, *, names_are_free: bool = False) -> SignalFile:
    """The same file without signals that are no ECG.

    Args:
        file: its leads named as it has them, or as usual.
        names_are_free: whether its format says nothing of what a signal is but its name. Where such
            a name is that of a lead, one beside it that is neither that nor a mere number is none.

    Raises:
        InputError: `no_ecg` when it holds nothing else.
    """
    others = [name for name in file.lead_names if is_other_signal(name)]
    if names_are_free and any(is_lead(name) for name in file.lead_names if name not in others):
        others += [
            name
            for name in file.lead_names
            if name not in others and not is_lead(name) and not _ANY.match(name.strip())
        ]
    kept = [lead for lead, name in enumerate(file.lead_names) if name not in others]
    if len(kept) == len(file.lead_names):
        return file
    if not kept:
        raise InputError(
            "no_ecg",
            f"{file.name} holds {', '.join(file.lead_names)}. Expected a lead of an ECG.",
        )

    warn_left_out(file.name, others, "no ECG")

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        return file.read_mv(start, stop)[:, kept]

    return replace(file, lead_names=tuple(file.lead_names[lead] for lead in kept), read_mv=read_mv)
