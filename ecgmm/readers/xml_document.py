"""XML files, parsed within bounds: no entities, nothing fetched, no larger than an ECG is."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.optional_library import import_library

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ELEMENTS = 100_000
"""A resting ECG has some thousands."""
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_NOT_AN_ELEMENT = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)


def root_name(head: bytes) -> str | None:
    """Name of the outermost element, without its namespace; None when this begins no XML.

    Args:
        head: the first bytes of a file, enough of them to hold the root's tag.
    """
    encoding = "utf-16" if head.startswith(_UTF_16_MARKS) else "latin-1"
    text = head.removeprefix(codecs.BOM_UTF8).decode(encoding, errors="ignore")
    text = _NOT_AN_ELEMENT.sub("", text).lstrip("\ufeff \t\r\n")
    match = _FIRST_ELEMENT.match(text)
    return match[1] if match else None


def parse_xml(path: Path, reads: str) -> Element:
    """Parse a file, its elements' names without namespaces.

    Args:
        path: an XML file.
        reads: what the file is, for the message about a missing library.

    Raises:
        InputError: `too_large`, `damaged`, or `unsafe_xml` when it defines entities or points
            outside itself.
    """
    etree = import_library("defusedxml.ElementTree", reads)
    common = import_library("defusedxml.common", reads)
    try:
        with path.open("rb") as file:
            root = _grow_tree(etree.iterparse(file, events=("start", "end")), path.name)
    except common.DefusedXmlException as error:
        raise InputError(
            "unsafe_xml",
            f"{path.name}: defines entities or points outside itself, which no ECG needs; "
            "it was not read.",
        ) from error
    except (etree.ParseError, ValueError, LookupError) as error:
        detail = " ".join(str(error).split())
        raise InputError("damaged", f"{path.name}: not well-formed XML ({detail}).") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    return root


def _grow_tree(events: Iterable[tuple[str, Element]], name: str) -> Element:
    """The outermost element, once all of its file is parsed."""
    root: Element | None = None
    for count, (_, element) in enumerate(events):
        root = element if root is None else root
        if count > 2 * MAX_ELEMENTS:
            raise InputError("too_large", f"{name}: Expected up to {MAX_ELEMENTS} XML elements.")
    if root is None:
        raise ValueError("no element")
    return root


def text_of(element: Element | None, path: str) -> str:
    """The stripped text of the first element at `path` below `element`, or empty."""
    found = None if element is None else element.find(path)
    return (found.text or "").strip() if found is not None else ""


def number_in(text: str, what: str, name: str) -> float:
    """A number that a file states.

    Args:
        text: what it states, such as `"4.88"`.
        what: what this is, in words.
        name: what a message calls the file.

    Raises:
        InputError: `damaged` when it is missing or no finite number.
    """
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise InputError(
            "damaged", f"{name}: Expected a number as its {what}. Received '{text[:40]}'."
        )
    return number


def base64_samples(text: str, name: str) -> NDArray[np.int16]:
    """Little-endian 16-bit samples from their base64 text.

    Raises:
        InputError: `damaged` when they are none.
    """
    try:
        stored = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("damaged", f"{name}: its samples are not base64 ({error}).") from error
    return np.frombuffer(stored[: len(stored) // 2 * 2], "<i2")
