"""From a trained `.keras` file to a SavedModel that any TensorFlow Serving loads."""
