"""The released model's parts on the runtimes that need no TensorFlow, beside TensorFlow itself.

    pip install -e '.[tensorflow,openvino,litert]'
    python -m benchmarks.engines [--keras FILE] [--seconds 2]

Each runs in a process of its own, on one core: what it takes until the first strip is read (with
its import), the processor time of a batch, the most memory, and how large it is when installed.
LiteRT's files take one row, so that its batch of 64 is 64 runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import numpy as np

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_WIDTH_PX
from ecgmm.serving.released import keras_file, released_model

PACKAGES = {
    "onnx": "onnxruntime",
    "openvino": "openvino",
    "litert": "ai-edge-litert",
    "saved_model": "tensorflow",
}
SUFFIX = {"onnx": "onnx", "openvino": "xml", "litert": "tflite"}
PARTS = ("signal", "image")
BATCHES = (1, 64)
ONE_THREAD = {
    name: "1" for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
}


def rows_of(part: str, count: int) -> np.ndarray:
    """Noise in the shape of strips: what a runtime takes does not depend on the values."""
    noise = np.random.default_rng(0)
    if part == "signal":
        return noise.normal(size=(count, STRIP_SAMPLES)).astype(np.float32)
    return noise.integers(0, 256, (count, STRIP_HEIGHT_PX, STRIP_WIDTH_PX), np.uint8)


def opened(form: str, path: Path, part: str):
    """A call that reads rows."""
    if form == "saved_model":
        import tensorflow as tf

        model = tf.saved_model.load(str(path)).signatures["signal"]
        return lambda rows: model(signal=tf.constant(rows))
    if form == "onnx":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(path), options)
        return lambda rows: session.run(None, {part: rows})
    if form == "openvino":
        import openvino

        hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
        compiled = openvino.Core().compile_model(path, "CPU", hints)
        return lambda rows: compiled({part: rows})
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(str(path), num_threads=1).get_signature_runner()
    return lambda rows: [runner(**{part: row[np.newaxis]}) for row in rows]


def measure(form: str, path: Path, part: str, seconds: float) -> dict[str, float]:
    """In this process: processor time to the first answer and of a batch, and memory."""
    before_s = time.process_time()
    read = opened(form, path, part)
    read(rows_of(part, 1))
    figures = {"start_s": time.process_time() - before_s}
    for count in BATCHES:
        rows = rows_of(part, count)
        read(rows)
        runs, begin_s = 0, time.process_time()
        while time.process_time() - begin_s < seconds:
            read(rows)
            runs += 1
        figures[f"batch_{count}_ms"] = 1000 * (time.process_time() - begin_s) / runs
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def installed_mb(package: str) -> float:
    """What the files of a distribution take up."""
    files = metadata.files(package) or []
    return sum(p.stat().st_size for f in files if (p := Path(str(f.locate()))).is_file()) / 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keras", type=Path, default=keras_file(released_model()))
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    parser.add_argument("--measure", nargs=3, metavar=("FORM", "PATH", "PART"))
    args = parser.parse_args()
    if args.measure:
        form, path, part = args.measure
        print(json.dumps(measure(form, Path(path), part, args.seconds)))
        return
    print("| runtime | installed | part | start, CPU | batch 1 | batch 64 | memory |")
    print("|---|---:|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch:
        for form, package in PACKAGES.items():
            for part in PARTS if form != "saved_model" else PARTS[:1]:
                print(_row(form, package, part, Path(scratch), args), flush=True)


def _row(form: str, package: str, part: str, scratch: Path, args: argparse.Namespace) -> str:
    path = released_model()
    if form != "saved_model":
        folder = scratch / form
        if not folder.exists():
            words = ["export", str(args.keras), "--format", form, "--out", str(folder)]
            subprocess.run([sys.executable, "-m", "ecgmm", *words], check=True, capture_output=True)
        path = folder / f"{part}.{SUFFIX[form]}"
    words = ["--measure", form, str(path), part, "--seconds", str(args.seconds)]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.engines", *words],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | ONE_THREAD,
    )
    found = json.loads(ran.stdout)
    return (
        f"| {package} {metadata.version(package)} | {installed_mb(package):.0f} MB | {part} | "
        f"{found['start_s']:.2f} s | {found['batch_1_ms']:.2f} ms | "
        f"{found['batch_64_ms']:.0f} ms | {found['peak_mb']:.0f} MB |"
    )


if __name__ == "__main__":
    main()
