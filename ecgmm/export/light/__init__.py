"""The light form of a model: ONNX graphs that are read without TensorFlow."""
