"""All that a saved model may hold of this package; to import this registers it with Keras.

Keras may be imported by any of these modules (see `ecgmm.keras_import`), so that none of them
imports another.
"""

from ecgmm.model import (
    condition_probabilities,
    layers,
    leads,
    losses,
    named_classes,
    tracer,
)

__all__ = ["condition_probabilities", "layers", "leads", "losses", "named_classes", "tracer"]
