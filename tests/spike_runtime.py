"""A runtime without TensorFlow that finds tall peaks, for worker processes of the tests."""

import os
import time
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.leads import LEADS
from ecgmm.serving.runtime import Conditions, Digitized, Probabilities

BEAT_MV = 0.5
ECTOPIC_MV = 1.5
DEADLY_MV = 20.0
SLEEPY_MV = 10.0
NAP_S = 5.0
INFERIOR = [LEADS.index(name) for name in ("II", "III", "aVF")]


class SpikeRuntime:
    """Calls tall peaks N and taller ones V; 20 mV kills the process, 10 mV take five seconds."""

    model_name = "spikes"
    model_version = "3"

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        if np.abs(signal).max() > DEADLY_MV:
            os._exit(9)
        if np.abs(signal).max() > SLEEPY_MV:
            time.sleep(NAP_S)
        return _answer(np.abs(signal).reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=2))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        heights = []
        for encoded in image_bytes:
            grey = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
            above = np.where(grey < 128, 80 - np.arange(160)[:, None], 0).max(axis=0)
            heights.append(above.reshape(250, 4).max(axis=1) / 40)
        return _answer(np.array(heights))

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """The deeper the inferior leads go, the more an inferior infarction; nothing else."""
        depth_mv = -leads_mv[:, INFERIOR].min(axis=2).mean(axis=1)
        probabilities = np.full((len(leads_mv), len(CONDITION_CODES)), 0.02, np.float32)
        for code in ("MI", "IMI"):
            probabilities[:, CONDITION_CODES.index(code)] = np.clip(depth_mv, 0.02, 0.9)
        return Conditions(probabilities, np.full_like(probabilities, 0.4), ("",) * len(leads_mv))

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        raise NotImplementedError("Pages are judged from their digitized signals.")

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        rows = len(image_bytes)
        nothing, surely = np.zeros((rows, 1250), np.float32), np.ones(rows, np.float32)
        return Digitized(*self.image(image_bytes), nothing, surely)


def open_runtime() -> SpikeRuntime:
    return SpikeRuntime()


def open_nothing() -> SpikeRuntime:
    raise InputError("model_unreadable", "There is no model here.")


def _answer(height_mv: NDArray[np.float64]) -> Probabilities:
    padded = np.pad(height_mv, ((0, 0), (5, 5)))
    around = np.lib.stride_tricks.sliding_window_view(padded, 11, axis=1).max(axis=2)
    peak = np.where((height_mv == around) & (height_mv > BEAT_MV), 0.95, 0.0)
    beats = np.zeros((*height_mv.shape, 6), np.float32)
    ectopic = height_mv > ECTOPIC_MV
    beats[..., 0] = 1 - peak
    beats[..., 1] = np.where(ectopic, 0, peak)
    beats[..., 3] = np.where(ectopic, peak, 0)
    rhythm = np.tile(np.float32([0.9, 0.02, 0.06, 0.02]), (len(height_mv), 1))
    return Probabilities(beats, rhythm)
