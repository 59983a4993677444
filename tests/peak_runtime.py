"""A reader that needs no model: it finds tall narrow peaks, in signals and in their pictures."""

import cv2
import numpy as np
from scipy.ndimage import maximum_filter1d

from ecgmm.grid import PIXELS_PER_MV, PIXELS_PER_STEP, SAMPLES_PER_STEP
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.serving.runtime import Digitized, Probabilities

BEAT_MV = 0.4
DARK = 100


class PeakRuntime:
    """Every beat is `N`, in normal rhythm."""

    model_name = "peaks"
    model_version = "7"

    def signal(self, signal):
        steps = signal.reshape(len(signal), -1, SAMPLES_PER_STEP)
        return answers(np.abs(steps).max(axis=-1))

    def image(self, image_bytes):
        pictures = [
            cv2.imdecode(np.frombuffer(b, np.uint8), cv2.IMREAD_GRAYSCALE) for b in image_bytes
        ]
        ink = (np.stack(pictures) < DARK).reshape(len(pictures), 160, -1, PIXELS_PER_STEP).any(-1)
        return answers(ink.sum(axis=1) / PIXELS_PER_MV)

    def digitize(self, image_bytes):
        rows = len(image_bytes)
        nothing, surely = np.zeros((rows, 1250), np.float32), np.ones(rows, np.float32)
        return Digitized(*self.image(image_bytes), nothing, surely)


def answers(height_mv):
    """`[rows, steps]` height of each step to what a model says."""
    peak = (height_mv == maximum_filter1d(height_mv, 11, axis=1)) & (height_mv > BEAT_MV)
    beats = np.full((*height_mv.shape, len(STEP_CLASSES)), 0.01, np.float32)
    beats[..., 0] = np.where(peak, 0.04, 0.95)
    beats[..., 1] += np.where(peak, 0.91, 0.0)
    rhythm = np.zeros((len(height_mv), len(RHYTHM_CLASSES)), np.float32)
    rhythm[:, 0] = 1.0
    return Probabilities(beats, rhythm)
