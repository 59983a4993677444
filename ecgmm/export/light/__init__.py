"""The light form of a model: graphs that are read without TensorFlow."""

FORMATS = ("onnx", "openvino", "litert")
"""What the parts of a model are written as, beside the SavedModel."""
