"""A SavedModel run by TensorFlow's C API, with no Python of TensorFlow in the process.

`TF_LoadSessionFromSavedModel` is a thin wrapper around the C++ function that TensorFlow Serving
loads models with. Reads requests, pickled, from stdin: `(model folder, [(input name, value,
[output name, ...]), ...])`, names as in the signatures, such as `signal_signal:0`. Writes,
pickled, what each came to, `(status code, message, [array, ...])`, and whether Python's
TensorFlow was imported.
"""

from __future__ import annotations

import ctypes
import importlib.util
import pickle
import sys
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np

TF_FLOAT, TF_STRING = 1, 7
TF_OK = 0
SIZE_OF_TSTRING = 24
LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


class Output(Structure):
    """`TF_Output`."""

    _fields_ = (("operation", c_void_p), ("index", c_int))


def load_libraries() -> list[ctypes.CDLL]:
    """The libraries inside the wheel, found without importing the package."""
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("tensorflow")
    folder = Path(spec.submodule_search_locations[0])
    return [ctypes.CDLL(str(folder / name), ctypes.RTLD_GLOBAL) for name in LIBRARIES]


class CSession:
    """A session over a loaded SavedModel.

    Args:
        model_dir: one version of the model.
    """

    def __init__(self, model_dir: str) -> None:
        self._libraries = load_libraries()
        self._graph = self._call("TF_NewGraph", c_void_p)
        options = self._call("TF_NewSessionOptions", c_void_p)
        tags = (c_char_p * 1)(b"serve")
        status = self._new_status()
        self._session = self._call(
            "TF_LoadSessionFromSavedModel",
            c_void_p,
            c_void_p(options),
            None,
            c_char_p(model_dir.encode()),
            tags,
            c_int(1),
            c_void_p(self._graph),
            None,
            status,
        )
        code, message = self._read_status(status)
        if code != TF_OK:
            raise RuntimeError(message)

    def run(
        self, input_name: str, value: np.ndarray | list[bytes], output_names: list[str]
    ) -> tuple[int, str, list[np.ndarray]]:
        """Run the graph: code and message of the status, and the outputs where there are any."""
        count = len(output_names)
        inputs = (Output * 1)(self._output(input_name))
        outputs = (Output * count)(*map(self._output, output_names))
        values = (c_void_p * 1)(self._tensor(value))
        results = (c_void_p * count)()
        status = self._new_status()
        self._call(
            "TF_SessionRun",
            None,
            c_void_p(self._session),
            None,
            inputs,
            values,
            c_int(1),
            outputs,
            results,
            c_int(count),
            None,
            c_int(0),
            None,
            status,
        )
        code, message = self._read_status(status)
        arrays = [self._array(result) for result in results] if code == TF_OK else []
        return code, message, arrays

    def _call(self, name: str, result: type | None, *arguments: object) -> int:
        function = next(
            getattr(library, name) for library in self._libraries if hasattr(library, name)
        )
        function.restype = result
        return function(*arguments)

    def _output(self, name: str) -> Output:
        operation, _, index = name.partition(":")
        found = self._call(
            "TF_GraphOperationByName", c_void_p, c_void_p(self._graph), operation.encode()
        )
        if found is None:
            raise KeyError(name)
        return Output(found, int(index))

    def _tensor(self, value: np.ndarray | list[bytes]) -> int:
        is_text = isinstance(value, list)
        shape = (len(value),) if isinstance(value, list) else value.shape
        size = SIZE_OF_TSTRING * len(value) if isinstance(value, list) else value.nbytes
        dimensions = (c_int64 * len(shape))(*shape)
        tensor = self._call(
            "TF_AllocateTensor",
            c_void_p,
            c_int(TF_STRING if is_text else TF_FLOAT),
            dimensions,
            c_int(len(shape)),
            c_size_t(size),
        )
        data = self._call("TF_TensorData", c_void_p, c_void_p(tensor))
        if isinstance(value, list):
            for row, text in enumerate(value):
                place = c_void_p(data + SIZE_OF_TSTRING * row)
                self._call("TF_StringInit", None, place)
                self._call("TF_StringCopy", None, place, text, c_size_t(len(text)))
        else:
            ctypes.memmove(data, np.ascontiguousarray(value).ctypes.data, size)
        return tensor

    def _array(self, tensor: int) -> np.ndarray:
        handle = c_void_p(tensor)
        shape = [
            self._call("TF_Dim", c_int64, handle, c_int(axis))
            for axis in range(self._call("TF_NumDims", c_int, handle))
        ]
        data = self._call("TF_TensorData", c_void_p, handle)
        floats = ctypes.cast(data, POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(floats, shape=tuple(shape)).copy()

    def _new_status(self) -> c_void_p:
        return c_void_p(self._call("TF_NewStatus", c_void_p))

    def _read_status(self, status: c_void_p) -> tuple[int, str]:
        code = self._call("TF_GetCode", c_int, status)
        function = self._call("TF_Message", c_char_p, status)
        return code, bytes(function).decode(errors="replace")  # type: ignore[arg-type]


def main() -> None:
    """Answer the requests of stdin on stdout."""
    model_dir, requests = pickle.load(sys.stdin.buffer)
    session = CSession(model_dir)
    results = [session.run(*request) for request in requests]
    pickle.dump((results, "tensorflow" in sys.modules), sys.stdout.buffer)


if __name__ == "__main__":
    main()
