"""Messages of TensorFlow Serving that no package on PyPI has, built from their fields.

Names, numbers and types as in tensorflow/serving at commit 75d29e28:
`tensorflow_serving/servables/tensorflow/session_bundle_config.proto` (BatchingParameters; of the
deprecated and newer fields none is here) and `tensorflow_serving/config/monitoring_config.proto`.
Names and types of the two fields that split large requests are those that
`tensorflow_serving/servables/tensorflow/bundle_factory_util.h` reads; the text format needs no
numbers.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2

PACKAGE = "ecgmm.tests.serving"
Field = descriptor_pb2.FieldDescriptorProto

INT64, STRING = ".google.protobuf.Int64Value", ".google.protobuf.StringValue"
BOOL = ".google.protobuf.BoolValue"
PROMETHEUS = f".{PACKAGE}.PrometheusConfig"

MESSAGES: dict[str, list[tuple[str, int, str | int]]] = {
    "BatchingParameters": [
        ("max_batch_size", 1, INT64),
        ("batch_timeout_micros", 2, INT64),
        ("max_enqueued_batches", 3, INT64),
        ("num_batch_threads", 4, INT64),
        ("thread_pool_name", 5, STRING),
        ("pad_variable_length_inputs", 7, Field.TYPE_BOOL),
        ("enable_large_batch_splitting", 100, BOOL),
        ("max_execution_batch_size", 101, INT64),
    ],
    "PrometheusConfig": [("enable", 1, Field.TYPE_BOOL), ("path", 2, Field.TYPE_STRING)],
    "MonitoringConfig": [("prometheus_config", 1, PROMETHEUS)],
}


def serving_message(name: str) -> Any:
    """An empty message of that name."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))()


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(
        name="serving_protos.proto", package=PACKAGE, syntax="proto3"
    )
    file.dependency.append("google/protobuf/wrappers.proto")
    for message_name, fields in MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for name, number, kind in fields:
            field = message.field.add(name=name, number=number, label=Field.LABEL_OPTIONAL)
            if isinstance(kind, str):
                field.type, field.type_name = Field.TYPE_MESSAGE, kind
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()
