"""The little that is needed of an ONNX file besides running it: its nodes, its weights, and one output more.

The package `onnx` would do it too, and is no requirement of serving; protobuf comes with ONNX Runtime.
"""

from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from numpy.typing import NDArray

# Of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; fields that are not named here are kept as they are.
_SCHEMA = """
syntax: "proto2" name: "onnx_in_part.proto"
message_type {
  name: "Model"
  field { name: "graph" number: 7 label: LABEL_OPTIONAL type_name: "Graph" }
}
message_type {
  name: "Graph"
  field { name: "node" number: 1 label: LABEL_REPEATED type_name: "Node" }
  field { name: "initializer" number: 5 label: LABEL_REPEATED type_name: "Tensor" }
  field { name: "output" number: 12 label: LABEL_REPEATED type_name: "Value" }
}
message_type {
  name: "Node"
  field { name: "input" number: 1 label: LABEL_REPEATED type: TYPE_STRING }
  field { name: "output" number: 2 label: LABEL_REPEATED type: TYPE_STRING }
  field { name: "op_type" number: 4 label: LABEL_OPTIONAL type: TYPE_STRING }
}
message_type {
  name: "Tensor"
  field { name: "dims" number: 1 label: LABEL_REPEATED type: TYPE_INT64 }
  field { name: "data_type" number: 2 label: LABEL_OPTIONAL type: TYPE_INT32 }
  field { name: "name" number: 8 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "raw_data" number: 9 label: LABEL_OPTIONAL type: TYPE_BYTES }
}
message_type {
  name: "Value"
  field { name: "name" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
}
"""
_FLOAT = 1  # TensorProto.DataType


def parse(file: bytes) -> Any:
    """The file as a protobuf message with the fields above; SerializeToString makes a file of it again."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(text_format.Parse(_SCHEMA, descriptor_pb2.FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Model")).FromString(file)


def weights(model: Any, name: str) -> NDArray[np.float32]:
    """An initializer by its name. Raises KeyError where there is none such in float32."""
    for tensor in model.graph.initializer:
        if tensor.name == name and tensor.data_type == _FLOAT:
            return np.frombuffer(tensor.raw_data, "<f4").reshape(tensor.dims)
    raise KeyError(name)
