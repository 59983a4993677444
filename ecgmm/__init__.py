"""Read an ECG from a signal or a picture with one Keras model.

    >>> import ecgmm
    >>> reading = ecgmm.analyze("samples/sinus_with_pvcs.jpg")
    >>> reading.summary.verdict
    'abnormal'

`import ecgmm` is quick: TensorFlow, Keras and pandas are imported by what needs them. Keras knows
the layers and losses of this package from then on, so that `keras.models.load_model` reads its
models. Not a medical device.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ecgmm.keras_import import register_with_keras

if TYPE_CHECKING:
    from ecgmm.analysis.reading import Reading
    from ecgmm.api import analyze, load_model, plot
    from ecgmm.errors import InputError, InputWarning

__version__ = "0.2.0"
__all__ = ["InputError", "InputWarning", "Reading", "analyze", "load_model", "plot"]

_MODULE_OF = {
    "InputError": "ecgmm.errors",
    "InputWarning": "ecgmm.errors",
    "Reading": "ecgmm.analysis.reading",
    "analyze": "ecgmm.api",
    "load_model": "ecgmm.api",
    "plot": "ecgmm.api",
}

register_with_keras()


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'ecgmm' has no attribute '{name}'")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
