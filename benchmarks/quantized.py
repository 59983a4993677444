"""The light engine's graphs in int8: how fast, and what it costs.

    pip install -e '.[train]'
    python -m benchmarks.quantized OUT [--kind static] [--strips 48]
    ecgmm evaluate --models-dir OUT/ecgmm --modality signal

Writes a copy of the released model whose `signal` and `image` graphs are in int8 and prints
processor time beside float32's; the second command then scores it as any model. `dynamic` works the
ranges of values out at every run, `static` beforehand, from simulated strips with noise.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.serving.checksums import CHECKSUM_FILE, write_checksums
from ecgmm.serving.light_files import IMAGE_FILE, LIGHT_FOLDER, SIGNAL_FILE
from ecgmm.serving.released import released_model
from ecgmm.simulator import Noise, simulate

PATTERNS = ("N", "NNNV", "NNA", "NV", "A")
ROWS = 8
TIMED_S = 3.0


def strips(count: int) -> Iterator[np.ndarray]:
    """Simulated leads, `[1250]` mV, of five rhythms, with noise."""
    for seed in range(count):
        noise = Noise(
            baseline_wander_mv=0.1 * (seed % 4), muscle_snr_db=(None, 20.0, 10.0)[seed % 3]
        )
        yield simulate(
            PATTERNS[seed % len(PATTERNS)],
            duration_s=STRIP_S,
            sampling_rate_hz=SAMPLING_RATE_HZ,
            noise=noise,
            seed=seed,
        ).signal_mv[:, 0]


def inputs_of(graph: str, count: int) -> np.ndarray:
    """Strips as a graph takes them."""
    leads = list(strips(count))
    if graph == SIGNAL_FILE:
        return np.stack(leads)
    return np.stack([draw_strip(lead, StripStyle()) for lead in leads]).astype(np.uint8)


class Strips(CalibrationDataReader):
    """Feeds a graph one strip after the other."""

    def __init__(self, name: str, rows: np.ndarray) -> None:
        self._feeds = iter([{name: rows[i : i + 1]} for i in range(len(rows))])

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next strip; None after the last."""
        return next(self._feeds, None)


def quantize(path: Path, kind: str, rows: np.ndarray) -> None:
    """Put a graph in int8 in its own place, its metadata kept."""
    metadata = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    name = path.stem
    with tempfile.TemporaryDirectory() as scratch:
        prepared, small = Path(scratch) / "prepared.onnx", Path(scratch) / "int8.onnx"
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        if kind == "dynamic":
            quantize_dynamic(prepared, small, weight_type=QuantType.QInt8)
        else:
            quantize_static(
                prepared,
                small,
                Strips(name, rows),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "MatMul"],
                per_channel=True,
            )
        graph = onnx.load(small)
    onnx.helper.set_model_props(graph, metadata)
    onnx.save(graph, path)


def batch_ms(path: Path, rows: np.ndarray) -> float:
    """Processor time of a batch of eight on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options)
    feed = {session.get_inputs()[0].name: np.resize(rows, (ROWS, *rows.shape[1:]))}
    session.run(None, feed)
    runs, begin_s = 0, time.process_time()
    while time.process_time() - begin_s < TIMED_S:
        session.run(None, feed)
        runs += 1
    return 1000 * (time.process_time() - begin_s) / runs


def main() -> None:
    """Write the copy and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="a new folder")
    parser.add_argument("--kind", choices=("static", "dynamic"), default="static")
    parser.add_argument("--strips", type=int, default=48, help="to find ranges with")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    version = args.out / "ecgmm" / released_model().name
    shutil.copytree(released_model(), version)
    print("| graph | float32, 8 rows | int8 | size |")
    print("|---|---:|---:|---:|")
    for graph in (SIGNAL_FILE, IMAGE_FILE):
        path, rows = version / LIGHT_FOLDER / graph, inputs_of(graph, args.strips)
        before_ms, before = batch_ms(path, rows), path.stat().st_size
        quantize(path, args.kind, rows)
        print(
            f"| {graph}, {args.kind} | {before_ms:.1f} ms | {batch_ms(path, rows):.1f} ms | "
            f"{path.stat().st_size / before:.0%} |",
            flush=True,
        )
    (version / CHECKSUM_FILE).unlink()
    write_checksums(version)


if __name__ == "__main__":
    main()
