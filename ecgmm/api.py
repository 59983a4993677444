"""What `import ecgmm` offers; see the package itself."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.analyze import Opened, analyze_source, open_source
from ecgmm.analysis.reading import Reading
from ecgmm.errors import InputError
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.person import Person, Sex
from ecgmm.quiet import silent_tensorflow_start
from ecgmm.readers.places import local_path
from ecgmm.readers.signal_array import recording_from_array
from ecgmm.readers.signal_file import SignalFile
from ecgmm.serving.released import keras_file, released_model

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from ecgmm.serving.runtime import Runtime

Ecg = str | os.PathLike[str] | bytes | NDArray[np.generic]
"""A path, the content of a file, or a signal."""

Unit = Literal["uV", "mV", "V"]


def analyze(
    ecg: Ecg,
    *,
    sampling_rate_hz: float | None = None,
    leads: Sequence[str] | None = None,
    unit: Unit | None = None,
    page: PageOptions = NOTHING_STATED,
    age_years: float | None = None,
    sex: Sex | None = None,
    name: str | None = None,
    model: str | os.PathLike[str] | None = None,
) -> Reading:
    """Read an ECG, whatever it comes as.

    The model is loaded at the first call, which takes some seconds, and stays loaded.

    Args:
        ecg: the path of a recording, picture or document (a WFDB record by its `.hea` file or its
            stem), `archive.zip/member`, or an address (`https://`, `s3://`); the bytes of such a
            file; or an array `[samples]` or `[samples, leads]`, NaN where nothing was recorded.
        sampling_rate_hz: samples a second of an array, or of a file that does not say.
        leads: names of an array's leads, such as `["I", "II"]`.
        unit: of an array, millivolts by default, or of a file that does not say.
        page: what is known of a picture's paper; it overrules what is found on it.
        age_years: of the person, for criteria that ask for it; what the file says otherwise.
        sex: likewise, `"female"` or `"male"`.
        name: what the reading calls its input; by default the path, or `bytes` or `array`.
        model: a SavedModel folder, or a folder of numbered versions; by default the one that the
            environment variable `ECGMM_MODEL` names, or the one that ships with the package.

    Returns:
        The reading: beats, rhythm, measurements, findings, quality and a summary. That of a
        document is of its first page with an ECG, the others are its `other_pages`.

    Raises:
        InputError: when there is nothing readable, or no model; the message says why.
        TypeError: for anything but a path, bytes or an array.
        ValueError: for an array of the wrong shape or without its sampling rate.

    Example:
        >>> reading = ecgmm.analyze("samples/sinus_with_pvcs.csv")
        >>> reading.summary.beat_counts["V"]
        2
        >>> reading.to_dataframe().columns.tolist()
        ['time_s', 'label', 'probability']
        >>> signal_mv = np.loadtxt("samples/sinus_with_pvcs.csv", delimiter=",", skiprows=1)[:, 1]
        >>> ecgmm.analyze(signal_mv, sampling_rate_hz=250, leads=["II"]).summary.verdict
        'abnormal'
    """
    with _opened(ecg, sampling_rate_hz, leads, unit, page, name) as (source, called):
        known = replace(source, person=Person(age_years, sex).or_else(source.person))
        return analyze_source(known, _runtime(released_model(_path(model))), name=called)


def plot(
    reading: Reading,
    ecg: Ecg,
    *,
    sampling_rate_hz: float | None = None,
    leads: Sequence[str] | None = None,
    unit: Unit | None = None,
    page: PageOptions = NOTHING_STATED,
) -> Figure:
    """Draw a reading on ECG paper, over what it was read from.

    Args:
        reading: from `analyze`, or one of its `other_pages`.
        ecg: what was given to it, and so for the other arguments.
        sampling_rate_hz: as for `analyze`.
        leads: as for `analyze`.
        unit: as for `analyze`.
        page: as for `analyze`.

    Returns:
        A figure that a notebook shows, and that `figure.savefig("reading.png")` writes.

    Raises:
        InputError: as `analyze` does.

    Example:
        >>> reading = ecgmm.analyze("samples/sinus_with_pvcs.jpg")
        >>> ecgmm.plot(reading, "samples/sinus_with_pvcs.jpg").savefig("reading.png")
    """
    from ecgmm.analysis.plot import plot_reading

    with _opened(ecg, sampling_rate_hz, leads, unit, page, reading.input) as (source, _):
        return plot_reading(reading, source)


def load_model(path: str | os.PathLike[str] | None = None) -> keras.Model:
    """The Keras model itself, to look into, to build on or to train further.

    Args:
        path: a `.keras` file; by default that of the released model, the same version as
            `analyze` reads with.

    Returns:
        The functional model with its inputs `signal`, `image` and `modality`; without optimizer.

    Raises:
        InputError: `model_not_found`, or `model_damaged`.

    Example:
        >>> model = ecgmm.load_model()
        >>> sorted(model.input)
        ['image', 'modality', 'signal']
    """
    file = _path(path) or keras_file(released_model())
    with silent_tensorflow_start():
        from ecgmm.model import multimodal

        return multimodal.load_model(file)


@contextmanager
def _opened(
    ecg: Ecg,
    sampling_rate_hz: float | None,
    leads: Sequence[str] | None,
    unit: Unit | None,
    page: PageOptions,
    name: str | None,
) -> Iterator[tuple[Opened, str]]:
    """What is to be read, and what it is called."""
    match ecg:
        case np.ndarray():
            if sampling_rate_hz is None:
                raise ValueError("Expected the sampling_rate_hz of an array. Received none.")
            called = name or "array"
            recording = recording_from_array(
                ecg, sampling_rate_hz, lead_names=leads, unit=unit or "mV", name=called
            )
            yield SignalFile.in_memory(recording), called
        case bytes():
            with _as_file(ecg) as path:
                source = open_source(path, sampling_rate_hz=sampling_rate_hz, unit=unit, page=page)
                yield source, name or path.name
        case str() | os.PathLike():
            with local_path(os.fspath(ecg)) as path:
                source = open_source(path, sampling_rate_hz=sampling_rate_hz, unit=unit, page=page)
                yield source, name or os.fspath(ecg)
        case _:
            raise TypeError(f"Expected a path, bytes or an array. Received {type(ecg).__name__}.")


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    """The content as a file called `bytes`, in a folder that no message names."""
    with tempfile.TemporaryDirectory(prefix="ecgmm-") as folder:
        path = Path(folder) / "bytes"
        path.write_bytes(content)
        try:
            yield path
        except InputError as error:
            raise InputError(
                error.code, error.message.replace(str(path), path.name), error.missing
            ) from error


def _path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)


@functools.cache
def _runtime(model_dir: Path) -> Runtime:
    from ecgmm.serving.engines import open_model

    with silent_tensorflow_start():
        return open_model(model_dir)
