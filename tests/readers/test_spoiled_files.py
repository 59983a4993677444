"""Whatever happens to the bytes that a parser is given, they are read or refused in one clear line.

The parsers and the files to begin from are those of `python -m benchmarks.fuzz`, which tries many
more inputs than there is time for here.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.targets import TARGETS
from ecgmm.readers.route import identify

SOUND = {(name, seed.name): seed.read_bytes() for name in TARGETS for seed in TARGETS[name].seeds()}
KINDS = {
    **{name: name for name in ("csv", "apple", "heartbeats", "numpy", "edf", "dicom", "pdf")},
    **{name: name for name in ("alivecor", "ishne", "scp", "muse", "sierra", "aecg")},
    **{name: "image" for name in ("png", "jpeg", "webp", "tiff", "bmp", "heif")},
    "edf_gaps": "edf",
    "bdf": "edf",
    **{name: name for name in ("mat", "hdf5", "parquet", "json", "opensignals")},
}
BEGINNINGS = [
    *(b"<RestingECG>", b"<AnnotatedECG>", b"<restingecgdata>", b"ALIVE\0\0\0\4\0\0\0", b"ISHNE1.0"),
    *(b"\0" * 128 + b"DICM\2\0\0\0UL\4\0", b"0       ".ljust(252) + b"1   ", b"\x93NUMPY\1\0"),
    *(b"RIFF\0\0\0\0WEBP", b"II*\0\x08\0\0\0", b"\0\0\0\x18ftypheic", b"BM", b"PK\3\4", b"t,II\n"),
]


def examples(name: str) -> settings:
    """A fifth of the usual number for each of many kinds; fewer of PDF and HDF5, each a process."""
    return settings(max_examples=settings().max_examples // (30 if name in ("pdf", "hdf5") else 5))


def read_or_refuse(name: str, content: bytes) -> None:
    """Anything but a reading or an `InputError` of one line fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        refused = TARGETS[name].refusal(content, Path(folder))
    if refused is not None:
        assert refused.code
        assert "\n" not in refused.message


@pytest.mark.parametrize(("name", "seed"), SOUND)
def test_sound_files_are_read_and_what_broke_a_parser_once_breaks_it_no_more(
    name: str, seed: str, tmp_path: Path
) -> None:
    refused = TARGETS[name].refusal(SOUND[name, seed], tmp_path)
    assert refused is None or seed.startswith("regression") or "is not there" in refused.message


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_known_by_its_content(name: str) -> None:
    for seed in TARGETS[name].seeds():
        assert identify(seed) == KINDS[name] or seed.name.startswith("regression")


@pytest.mark.parametrize("name", TARGETS)
def test_spoiled_bytes(name: str) -> None:
    sounds = [content for (parser, _), content in SOUND.items() if parser == name]

    @examples(name)
    @given(data=st.data())
    def spoil(data: st.DataObject) -> None:
        content = bytearray(data.draw(st.sampled_from(sounds)))
        near_start = st.integers(0, min(len(content), 1000) - 1)
        for _ in range(data.draw(st.integers(1, 5))):
            at = data.draw(near_start | st.integers(0, len(content) - 1))
            content[at] = data.draw(st.integers(0, 255))
        read_or_refuse(name, bytes(content))

    spoil()


@pytest.mark.parametrize("name", TARGETS)
def test_files_that_are_cut_off_or_patched_together(name: str) -> None:
    sounds = [content for (parser, _), content in SOUND.items() if parser == name]

    @examples(name)
    @given(st.sampled_from(sounds), st.sampled_from([b"", *SOUND.values()]), st.floats(0, 1))
    def patch(content: bytes, other: bytes, share: float) -> None:
        end = round(share * len(content))
        read_or_refuse(name, content[:end] + other[end:])

    patch()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_right_beginning_with_random_bytes_after_it(beginning: bytes) -> None:
    @examples("beginning")
    @given(st.binary(max_size=600))
    def follow(body: bytes) -> None:
        read_or_refuse("csv", beginning + body)

    follow()
