"""Keras knows every class of this package that a saved model may hold."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import keras
import pytest

import ecgmm.model
from ecgmm.model import registered

MODULES = [f"ecgmm.model.{module.name}" for module in pkgutil.iter_modules(ecgmm.model.__path__)]


def registering_modules() -> set[str]:
    for name in MODULES:
        importlib.import_module(name)
    classes = keras.saving.get_custom_objects().values()
    return {known.__module__ for known in classes} & set(MODULES)


def test_every_module_that_registers_a_class_is_listed() -> None:
    listed = {part.__name__ for _, part in inspect.getmembers(registered, inspect.ismodule)}
    assert registering_modules() == listed


@pytest.mark.slow
@pytest.mark.parametrize("first", sorted({"keras", *registering_modules()}))
def test_all_are_registered_whichever_imports_keras_first(first: str) -> None:
    known = sorted(name for name in keras.saving.get_custom_objects() if name.startswith("ecgmm>"))
    of_model = [name for name in known if class_of(name).__module__ in MODULES]
    code = f"import ecgmm, {first}, keras; print(sorted(keras.saving.get_custom_objects()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(of_model) <= set(done.stdout.strip("[]\n").replace("'", "").split(", "))


def class_of(registered_name: str) -> type:
    return keras.saving.get_registered_object(registered_name)
