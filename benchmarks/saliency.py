"""Does the occlusion map show the model, or only the signal? The weight-randomisation test.

    python -m benchmarks.saliency [--model FILE.keras] [--data-dir DIR] [--beats 8]

Beats of patients held out of fold 0 (training data), named rightly by the model, are explained by
`ecgmm.analysis.occlusion`: with the model's weights, with 10 uV of noise on the signal (a map worth
showing hardly changes), and with shuffled weights, first of the head, then of the whole model (a
map of the model has to change). What is compared is the rank correlation of the maps,
with their signs and without (Adebayo et al., NeurIPS 2018). About five minutes on 1 core.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from ecgmm.analysis.occlusion import Occlusion, occlude_signal, occlude_strips
from ecgmm.analysis.reading import Beat
from ecgmm.evaluation.reading_ways import clean_picture
from ecgmm.grid import STEP_S, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import STEP_CLASSES
from ecgmm.model.multimodal import load_model, parts_of
from ecgmm.pipeline.records import GridRecord
from ecgmm.pipeline.training_set import load_training_records, records_of_folds
from ecgmm.serving.runtime import Digitized, Probabilities
from ecgmm.training.validation import branch_reader
from ecgmm.web.pixels import decode_grey

SAVED_MODELS = Path(__file__).parents[1] / "saved_models"
LABELS = ("N", "S", "V")
CANDIDATES_A_BEAT = 20
SURE = 0.5
NOISE_MV = 0.01

Explain = Callable[["Example"], Occlusion]


@dataclass(frozen=True)
class Example:
    """A beat in the middle of its strip of ten seconds."""

    signal_mv: NDArray[np.float32]
    beat: Beat


class KerasRuntime:
    """A Keras model, whose weights can be changed, in the place of a SavedModel."""

    model_name, model_version = "ecgmm", "keras"

    def __init__(self, model: keras.Model) -> None:
        self._signal = branch_reader(model, "signal")
        self._image = branch_reader(model, "image")

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads."""
        return self._signal(signal)

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read pictures of strips."""
        pictures = [decode_grey(each) for each in image_bytes]
        return self._image(np.stack(pictures)[..., np.newaxis])

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """No map needs it.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Expected signals or pictures to be read.")


def find_examples(
    records: Sequence[GridRecord], runtime: KerasRuntime, beats: int
) -> list[Example]:
    """Beats of each class that the model names rightly in the middle of a strip."""
    random = np.random.default_rng(0)
    examples = []
    for label in LABELS:
        candidates = [
            (record, round(position))
            for record in records
            for position in record.beat_position[record.beat_class == STEP_CLASSES.index(label)]
            if STRIP_SAMPLES <= position < len(record.signal_mv) - STRIP_SAMPLES
        ]
        chosen = random.permutation(len(candidates))[: CANDIDATES_A_BEAT * beats]
        found = [_example(candidates[index], label) for index in chosen]
        read = runtime.signal(np.stack([each.signal_mv[:, 0] for each in found])).beats
        middle = STRIP_STEPS // 2
        mass = read[:, middle - 2 : middle + 3, STEP_CLASSES.index(label)].sum(axis=1)
        examples += [found[index] for index in np.flatnonzero(mass > SURE)[:beats]]
    return examples


def _example(place: tuple[GridRecord, int], label: str) -> Example:
    record, sample = place
    first = sample - STRIP_SAMPLES // 2
    signal_mv = record.signal_mv[first : first + STRIP_SAMPLES, :1]
    return Example(signal_mv, Beat(STRIP_STEPS // 2 * STEP_S + STEP_S / 2, label, 1.0))


def explain_signal(runtime: KerasRuntime) -> Explain:
    """Explains the signal of an example."""
    return lambda example: occlude_signal(example.signal_mv, 0.0, example.beat, runtime)


def explain_picture(runtime: KerasRuntime) -> Explain:
    """Explains an example drawn on paper."""

    def explain(example: Example) -> Occlusion:
        strip = clean_picture(example.signal_mv[:, 0], 0)
        return occlude_strips([strip], [0.0], example.beat, runtime)

    return explain


def maps_of(examples: Sequence[Example], explain: Explain) -> list[NDArray[np.float64]]:
    """The map of each example."""
    return [explain(example).log_odds for example in examples]


def with_noise(examples: Sequence[Example]) -> list[Example]:
    """The same beats, and 10 uV of noise."""
    random = np.random.default_rng(1)
    return [
        Example(
            each.signal_mv + random.normal(0, NOISE_MV, each.signal_mv.shape).astype(np.float32),
            each.beat,
        )
        for each in examples
    ]


def shuffle(layers: Sequence[keras.Model], seed: int) -> None:
    """Put every weight in the place of another of its tensor."""
    random = np.random.default_rng(seed)
    for layer in layers:
        layer.set_weights(
            [
                random.permutation(weight.ravel()).reshape(weight.shape)
                for weight in layer.get_weights()
            ]
        )


def compare(name: str, maps: list[NDArray[np.float64]], others: list[NDArray[np.float64]]) -> str:
    """One row of the table."""
    signed = [spearmanr(a, b).statistic for a, b in zip(maps, others, strict=True)]
    sizes = [spearmanr(abs(a), abs(b)).statistic for a, b in zip(maps, others, strict=True)]
    height = np.mean([np.abs(b).max() for b in others]) / np.mean([np.abs(a).max() for a in maps])
    return f"{name:28} {np.nanmean(signed):6.2f} {np.nanmean(sizes):8.2f} {height:8.2f}"


def test_modality(
    name: str, model: keras.Model, examples: Sequence[Example], explain: Explain, seeds: int
) -> None:
    """Print the table of one modality."""
    parts = parts_of(model)
    weights = model.get_weights()
    maps = maps_of(examples, explain)
    print(f"\n{name}: {len(examples)} beats; rank correlation of their maps")
    print(f"{'':28} signed   sizes   height")
    print(compare("10 uV of noise", maps, maps_of(with_noise(examples), explain)), flush=True)
    for part, layers in (("head", (parts.head,)), ("whole model", parts)):
        for seed in range(seeds):
            shuffle(layers, seed)
            shuffled = maps_of(examples, explain)
            print(compare(f"shuffled {part}, seed {seed}", maps, shuffled), flush=True)
            model.set_weights(weights)


def main() -> None:
    """Find the beats, explain them, print how alike the maps are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=max(SAVED_MODELS.glob("*.keras")))
    parser.add_argument("--data-dir", type=Path, default=Path("~/tensorflow_datasets").expanduser())
    parser.add_argument("--beats", type=int, default=8, help="of each class (default: 8)")
    parser.add_argument("--seeds", type=int, default=2)
    args = parser.parse_args()
    model = load_model(args.model)
    runtime = KerasRuntime(model)
    records = records_of_folds(load_training_records(args.data_dir, ("mitdb", "svdb")), (0,))
    examples = find_examples(records, runtime, args.beats)
    test_modality("Signals", model, examples, explain_signal(runtime), args.seeds)
    test_modality("Pictures", model, examples, explain_picture(runtime), args.seeds)


if __name__ == "__main__":
    main()
