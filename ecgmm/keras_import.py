"""Keras knows this package's layers and losses wherever both are imported, whichever comes first.

Keras reads a saved model only when the classes in it are registered, and they can be registered
only once Keras is there. It takes seconds to import, so that `import ecgmm` must not do it: where
Keras is not there yet, a finder on `sys.meta_path` waits for it (PEP 302, PEP 451).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

KERAS = "keras"
REGISTERED = "ecgmm.model.registered"


def register_with_keras() -> None:
    """Register the layers and losses now, or as soon as Keras has been imported."""
    if KERAS in sys.modules:
        importlib.import_module(REGISTERED)
    elif not any(isinstance(finder, _KerasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _KerasFinder())


class _KerasFinder:
    """Finds Keras as the other finders do, and has it loaded by a `_KerasLoader`."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of Keras; None of any other module."""
        if name != KERAS:
            return None
        for finder in sys.meta_path:
            if finder is not self and (spec := finder.find_spec(name, path, target)):
                loader: Any = _KerasLoader(spec.loader)
                spec.loader = loader
                return spec
        return None


class _KerasLoader:
    """Registers the classes once Keras is loaded; in all else it is the loader it stands for."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then register."""
        self._loader.exec_module(module)
        importlib.import_module(REGISTERED)
