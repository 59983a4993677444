"""Where probabilities come from: the released SavedModel, wherever it runs."""
