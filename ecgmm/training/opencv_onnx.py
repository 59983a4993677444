"""Small convolutional networks as files that OpenCV runs without TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

_NOT_THERE_WHEN_READING = ("BatchNormalization", "Dropout", "SpatialDropout2D")
"""Folded into the convolution before it, or of training alone."""


def to_onnx(network: keras.Model, input_name: str) -> bytes:
    """The network as OpenCV reads it, its normalisation folded into the convolutions.

    Args:
        network: of convolutions with padding `"same"`, their normalisation, dropout, `ReLU`, `Add`
            and nearest `UpSampling2D`; its input is `[batch, height, width, channels]`, of any
            height and width.
        input_name: what the input is called in the file.
    """
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights = [], []
    names = {network.inputs[0].name: input_name}
    for layer in network.layers[1:]:
        sources = layer.input if isinstance(layer.input, list) else [layer.input]
        inputs = [names[source.name] for source in sources]
        output = names[layer.output.name] = layer.name
        kind = type(layer).__name__
        if kind == "Conv2D":
            kernel, bias = _folded(layer, _normalisation_after(layer, network))
            weights += [
                numpy_helper.from_array(kernel, f"{output}/kernel"),
                numpy_helper.from_array(bias, f"{output}/bias"),
            ]
            inputs += [f"{output}/kernel", f"{output}/bias"]
            nodes.append(helper.make_node("Conv", inputs, [output], **_geometry(layer)))
        elif kind in _NOT_THERE_WHEN_READING:
            names[layer.output.name] = inputs[0]
        elif kind == "UpSampling2D":
            scales = np.array([1, 1, *layer.size], np.float32)
            weights.append(numpy_helper.from_array(scales, f"{output}/scales"))
            nodes.append(_enlarged(inputs[0], output))
        else:
            nodes.append(helper.make_node({"ReLU": "Relu", "Add": "Add"}[kind], inputs, [output]))
    size: list[str | int | None] = ["batch", network.output.shape[-1], "rows", "columns"]
    shown: list[str | int | None] = ["batch", network.input.shape[-1], "height", "width"]
    graph = helper.make_graph(
        nodes,
        "ecgmm",
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, shown)],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, size)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


def _enlarged(source: str, output: str) -> Any:
    """Each pixel as often as its scales say, along both sides."""
    from onnx import helper

    return helper.make_node(
        "Resize",
        [source, "", f"{output}/scales"],
        [output],
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


def _normalisation_after(layer: Any, network: keras.Model) -> Any:
    following = [other for other in network.layers if other.input is layer.output]
    is_one = len(following) == 1 and type(following[0]).__name__ == "BatchNormalization"
    return following[0] if is_one else None


def _folded(layer: Any, normalisation: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`[filters, channels, height, width]` and `[filters]`."""
    kernel = np.transpose(layer.get_weights()[0], (3, 2, 0, 1))
    if normalisation is None:
        return np.ascontiguousarray(kernel), layer.get_weights()[1]
    gamma, beta, mean, variance = normalisation.get_weights()
    scale = gamma / np.sqrt(variance + normalisation.epsilon)
    return np.ascontiguousarray(kernel * scale[:, None, None, None]), beta - mean * scale


def _geometry(layer: Any) -> dict[str, Any]:
    pads = [
        _pad(*along)
        for along in zip(layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
    ]
    return {
        "kernel_shape": list(layer.kernel_size),
        "strides": list(layer.strides),
        "dilations": list(layer.dilation_rate),
        "pads": [*pads, *pads],
    }


def _pad(size: int, stride: int, dilation: int) -> int:
    """How much is added on either side, as TensorFlow pads whole strides."""
    return (dilation * (size - 1) + 1 - stride) // 2
