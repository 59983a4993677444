"""What lines above a table state: `# sampling_rate_hz: 500`, `Sample Rate,250`, `Einheit = mV`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ecgmm.readers.units import is_no_unit

COMMENT_SIGNS = ("#", "%", "//")
MOST_LINES = 40
"""Of a head without comment signs: devices state a dozen facts."""
_LONGEST_LINE = 300
"""A statement is short; patterns are not tried on more."""

_SEVERAL = re.compile(r"[,;]\s+(?=[^\W\d][^,;:=]*[:=])")
"""Between two statements of one line, as in `fs=250, unit=mV`."""
_STATEMENT = re.compile(r"^(?P<key>[^\W\d][^:=]*?)\s*[:=]\s*(?P<value>.+)$")
_PLAIN = re.compile(
    r"^(?P<key>[^\W\d][^:=,;\t]*?)\s*[:=,;\t]\s*(?P<value>(?:[^,;\t]|,(?=\d))+?)[,;\t\s]*$"
)
"""Without a comment sign the columns of a table may part key and value."""
_SEPARATORS = re.compile(r"[,;\t]")
_RATE = re.compile(
    r"^(?:(?:sampling|sample)_?(?:rate|frequency)|sfreq|fs|samples_per_second|abtastrate"
    r"|abtastfrequenz|samplingrate|fr[eé]quence_d_[eé]chantillonnage|frecuencia_de_muestreo"
    r"|frequenza_di_campionamento|frequ[eê]ncia_de_amostragem|taxa_de_amostragem"
    r"|частота_дискретизации|采样率|采样频率|サンプリング周波数)(?:_hz)?$"
)
_INTERVAL = re.compile(r"^(?:(?:sampling|sample)_?(?:interval|period)|abtastintervall)(?:_m?s)?$")
_UNIT = re.compile(r"^(?:units?|einheit|unit[eé]|unidad|unit[aà]|unidade|eenheid|единицы?|单位)$")
_VALUE = re.compile(
    r"^(?P<number>\d+(?:[.,]\d*)?)\s*(?P<unit>k?hz|hertz|samples?/s(?:ec)?|sps|s/s)?\.?$",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"^(?P<number>\d+(?:[.,]\d*)?)\s*(?P<unit>s|sec|seconds|ms|msec|us|\N{MICRO SIGN}s)$",
    re.IGNORECASE,
)
_SPANS_A_SECOND = {"ms": 1e3, "msec": 1e3, "us": 1e6, "\N{MICRO SIGN}s": 1e6}


def is_comment(line: str) -> bool:
    """Whether a line begins with a comment sign."""
    return line.lstrip().startswith(COMMENT_SIGNS)


def comments(lines: Iterable[str]) -> dict[str, str]:
    """What comment lines state; keys in lower case with underscores."""
    found: dict[str, str] = {}
    for line in filter(is_comment, lines):
        if len(line) > _LONGEST_LINE:
            continue
        for part in _SEVERAL.split(line.strip().lstrip("#%/").strip()):
            if match := _STATEMENT.match(part):
                found[_key(match["key"])] = match["value"].strip()
    return found


def plain_statements(lines: Sequence[str]) -> tuple[int, dict[str, str]]:
    """How many lines at the head state facts without a comment sign, and what they state.

    Heads that state neither a rate nor a unit are none of ours; a last line that names as many
    columns as the next has numbers is the table's header.
    """
    found: dict[str, str] = {}
    count = 0
    for line in lines[:MOST_LINES]:
        match = _PLAIN.match(line.strip().strip('"')) if len(line) <= _LONGEST_LINE else None
        if match is None and line.strip():
            break
        if match is not None and not _is_header(line, lines[count + 1 : count + 2], match["key"]):
            found[_key(match["key"])] = match["value"].strip().strip('"')
        elif match is not None:
            break
        count += 1
    states_any = any(_is_known(key) for key in found)
    return (count, found) if states_any else (0, {})


def stated_unit(statements: Mapping[str, str]) -> str | None:
    """The unit that is stated for every lead; None where that is none."""
    stated = (value for key, value in statements.items() if _UNIT.match(key))
    return next((value for value in stated if not is_no_unit(value)), None)


def stated_rate_hz(statements: Mapping[str, str]) -> float | str | None:
    """The sampling rate that is stated, as it stands there where it is no number, None for none."""
    for key, value in statements.items():
        if _RATE.match(key):
            match = _VALUE.match(value)
            if match is None:
                return value
            kilo = 1000.0 if (match["unit"] or "").lower() == "khz" else 1.0
            return kilo * _number(match["number"])
        if _INTERVAL.match(key) and (span := _SPAN.match(value)):
            interval = _number(span["number"])
            return _SPANS_A_SECOND.get(span["unit"].lower(), 1.0) / interval if interval else value
    return None


def _is_header(line: str, following: Sequence[str], key: str) -> bool:
    if _is_known(_key(key)) or not following:
        return False
    values = following[0].strip()
    are_numbers = bool(values) and not re.search(r"[^\W\de]", values, re.IGNORECASE)
    same_width = len(_SEPARATORS.findall(line)) == len(_SEPARATORS.findall(values))
    return are_numbers and same_width


def _is_known(key: str) -> bool:
    return any(pattern.match(key) for pattern in (_RATE, _INTERVAL, _UNIT))


def _key(words: str) -> str:
    return re.sub(r"\W+", "_", words.lower()).strip("_")


def _number(text: str) -> float:
    return float(text.replace(",", "."))
