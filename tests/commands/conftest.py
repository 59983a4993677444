"""A model so small that it can be written on the spot: it finds tall narrow peaks."""

from pathlib import Path
from typing import Any

import pytest

BEAT_MV = 0.5


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SavedModel with the released one's signatures; every beat it finds is N or V by height."""
    tf: Any = pytest.importorskip("tensorflow")

    def answers(height_mv: Any) -> dict[str, Any]:
        """`[batch, steps]` height of each step to the model's two outputs."""
        around = tf.nn.max_pool1d(height_mv[..., None], 11, 1, "SAME")[..., 0]
        peak = tf.cast((height_mv >= around) & (height_mv > BEAT_MV), tf.float32)
        ectopic = tf.cast(height_mv > 4 * BEAT_MV, tf.float32)
        parts = [1 - 0.95 * peak, 0.9 * peak * (1 - ectopic), 0 * peak, 0.9 * peak * ectopic]
        beats = tf.stack([*parts, 0.05 * peak, 0 * peak], axis=-1)
        rhythm = tf.tile([[0.9, 0.02, 0.06, 0.02]], [tf.shape(height_mv)[0], 1])
        return {"beats": beats, "rhythm": rhythm}

    class Tiny(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, "signal")])
        def signal(self, signal: Any) -> dict[str, Any]:
            steps = tf.reshape(signal, [tf.shape(signal)[0], -1, 5])
            return answers(tf.reduce_max(tf.abs(steps), axis=-1))

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
        def image(self, image_bytes: Any) -> dict[str, Any]:
            def decode(encoded: Any) -> Any:
                return tf.io.decode_image(encoded, channels=1, expand_animations=False)

            grey = tf.map_fn(decode, image_bytes, fn_output_signature=tf.uint8)
            ink = tf.reshape(grey, [-1, 160, 250, 4]) < 128
            rows = tf.reshape(tf.abs(tf.range(160.0) - 80.0), [1, 160, 1, 1])
            return answers(tf.reduce_max(tf.where(ink, rows, 0.0), axis=[1, 3]) / 40.0)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "image_bytes")])
        def digitize(self, image_bytes: Any) -> dict[str, Any]:
            rows = tf.shape(image_bytes)[0]
            trace = {"trace_mv": tf.zeros([rows, 1250]), "ecg": tf.ones([rows])}
            return self.image(image_bytes) | trace

    tiny = Tiny()
    model = tmp_path_factory.mktemp("models") / "tiny" / "7"
    signatures = {name: getattr(tiny, name) for name in ("signal", "image", "digitize")}
    tf.saved_model.save(tiny, str(model), signatures=signatures | {"serving_default": tiny.signal})
    return model
