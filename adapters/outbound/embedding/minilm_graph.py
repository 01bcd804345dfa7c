"""The ONNX graph of all-MiniLM-L6-v2, made from its weights: a BERT of six layers, mean-pooled.

Inputs `input_ids`, `attention_mask`: int64 [batch, tokens]. Outputs: `embedding`, float32
[batch, 384], unit length; `token_vectors`, float32 [batch, tokens, 384], the last hidden state;
`token_levels`, int8 [batch, tokens, width], that state projected to fewer dimensions, of length
127.

In int8 every matrix carries one scale per output channel and every word vector its own: one scale
for a whole tensor would cost six points of cosine. Activations are quantized as they come
(DynamicQuantizeLinear). Architecture: Devlin et al. 2019 (BERT), Wang et al. 2020 (MiniLM);
pooling: Reimers and Gurevych 2019 (Sentence-BERT).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from application.ports.token_vectors import UNIT

Precision = Literal["float32", "int8"]
Weights = Mapping[str, npt.NDArray[np.float32]]

LAYERS = 6
HEADS = 12
WIDTH = 384
LAYER_NORM_EPSILON = 1e-12
MASKED = -10_000.0  # added to the attention scores of padding
OPSET = 20
IR_VERSION = 9


def build_graph(
    weights: Weights, precision: Precision, projection: npt.NDArray[np.float32]
) -> bytes:
    """The serialized model. `projection`: [384, width]. Raises KeyError if a weight is missing."""
    graph = _Graph(weights, precision)
    hidden = graph.embeddings()
    bias = graph.attention_bias()
    for layer in range(LAYERS):
        hidden = graph.layer(hidden, bias, f"encoder.layer.{layer}")
    graph.name_output(hidden, "token_vectors")
    graph.name_output(graph.pooled(hidden), "embedding")
    graph.name_output(graph.levels(hidden, projection), "token_levels")
    return graph.serialized(width=projection.shape[1])


class _Graph:
    """Nodes and constants as they are added. Every method returns the name of its result."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self._weights = weights
        self._precision = precision
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def embeddings(self) -> str:
        positions = (
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = self._node("Shape", "input_ids", start=1, end=2)
        first = self._constant("first", np.array([0], np.int64))
        rows = self._constant("positions", positions)
        position = self._node("Slice", rows, first, length, first)
        total = self._node("Add", self._words(), position)
        return self._layer_norm(total, "embeddings.LayerNorm")

    def _words(self) -> str:
        table = self._weights["embeddings.word_embeddings.weight"]
        if self._precision == "float32":
            return self._node("Gather", self._constant("words", table), "input_ids")
        quantized, scales = _quantize(table, axis=1)
        rows = self._node("Gather", self._constant("words", quantized), "input_ids")
        scale = self._node("Gather", self._constant("word_scales", scales), "input_ids")
        return self._node("Mul", self._node("Cast", rows, to=TensorProto.FLOAT), scale)

    def attention_bias(self) -> str:
        """[batch, 1, 1, tokens]: 0 where there is a token, MASKED where there is padding."""
        axes = self._constant("mask_axes", np.array([1, 2], np.int64))
        mask = self._node("Unsqueeze", self._mask(), axes)
        padding = self._node("Sub", self._scalar(1.0), mask)
        return self._node("Mul", padding, self._scalar(MASKED))

    def layer(self, hidden: str, bias: str, name: str) -> str:
        attended = self._self_attention(hidden, bias, name)
        hidden = self._layer_norm(
            self._node("Add", hidden, attended), f"{name}.attention.output.LayerNorm"
        )
        wide = self._node("Gelu", self._linear(hidden, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._layer_norm(self._node("Add", hidden, narrow), f"{name}.output.LayerNorm")

    def _self_attention(self, hidden: str, bias: str, name: str) -> str:
        prefix = f"{name}.attention.self"
        scale = np.float32(1 / np.sqrt(WIDTH / HEADS))
        matrix = np.concatenate(
            [
                self._weights[f"{prefix}.query.weight"] * scale,
                self._weights[f"{prefix}.key.weight"],
                self._weights[f"{prefix}.value.weight"],
            ]
        )
        offsets = np.concatenate(
            [
                self._weights[f"{prefix}.query.bias"] * scale,
                self._weights[f"{prefix}.key.bias"],
                self._weights[f"{prefix}.value.bias"],
            ]
        )
        # One product for all three: the activations are quantized once.
        joint = self._product(hidden, matrix, offsets, prefix)
        query, key, value = self._outputs("Split", joint, outputs=3, axis=-1, num_outputs=3)
        scores = self._node("MatMul", self._heads(query), self._heads(key, (0, 2, 3, 1)))
        shares = self._node("Softmax", self._node("Add", scores, bias), axis=-1)
        mixed = self._node("MatMul", shares, self._heads(value))
        mixed = self._node("Transpose", mixed, perm=[0, 2, 1, 3])
        shape = self._constant("joined_heads", np.array([0, 0, WIDTH], np.int64))
        return self._linear(self._node("Reshape", mixed, shape), f"{name}.attention.output.dense")

    def _heads(self, rows: str, order: tuple[int, ...] = (0, 2, 1, 3)) -> str:
        shape = self._constant("heads", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        return self._node("Transpose", self._node("Reshape", rows, shape), perm=list(order))

    def pooled(self, hidden: str) -> str:
        last = self._constant("last_axis", np.array([-1], np.int64))
        tokens = self._constant("token_axis", np.array([1], np.int64))
        mask = self._node("Unsqueeze", self._mask(), last)
        total = self._node("ReduceSum", self._node("Mul", hidden, mask), tokens, keepdims=0)
        # The mean is the sum divided by a count, which the unit length takes away again.
        return self._node("LpNormalization", total, axis=-1, p=2)

    def levels(self, hidden: str, projection: npt.NDArray[np.float32]) -> str:
        """Whatever its direction, a vector of that length fits into int8."""
        narrow = self._node("MatMul", hidden, self._constant("projection", projection))
        unit = self._node("LpNormalization", narrow, axis=-1, p=2)
        scaled = self._node("Mul", unit, self._scalar(UNIT))
        return self._node("Cast", self._node("Round", scaled), to=TensorProto.INT8)

    def _mask(self) -> str:
        return self._node("Cast", "attention_mask", to=TensorProto.FLOAT)

    def _linear(self, rows: str, name: str) -> str:
        return self._product(
            rows, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], name
        )

    def _product(
        self,
        rows: str,
        matrix: npt.NDArray[np.float32],
        offsets: npt.NDArray[np.float32],
        name: str,
    ) -> str:
        """rows @ matrix.T + offsets."""
        bias = self._constant(f"{name}.bias", offsets)
        if self._precision == "float32":
            product = self._node("MatMul", rows, self._constant(f"{name}.weight", matrix.T))
            return self._node("Add", product, bias)
        quantized, scales = _quantize(matrix.T, axis=0)
        weight = self._constant(f"{name}.weight", quantized)
        weight_scale = self._constant(f"{name}.scales", scales)
        zeros = self._constant(f"{name}.zeros", np.zeros(scales.shape, np.int8))
        levels, scale, zero = self._outputs("DynamicQuantizeLinear", rows, outputs=3)
        sums = self._node("MatMulInteger", levels, weight, zero, zeros)
        sums = self._node("Cast", sums, to=TensorProto.FLOAT)
        # In this order ONNX Runtime fuses the five nodes into one.
        product = self._node("Mul", sums, self._node("Mul", scale, weight_scale))
        return self._node("Add", product, bias)

    def _layer_norm(self, rows: str, name: str) -> str:
        return self._node(
            "LayerNormalization",
            rows,
            self._constant(f"{name}.weight", self._weights[f"{name}.weight"]),
            self._constant(f"{name}.bias", self._weights[f"{name}.bias"]),
            axis=-1,
            epsilon=LAYER_NORM_EPSILON,
        )

    def _scalar(self, value: float) -> str:
        return self._constant(f"scalar {value}", np.array(value, np.float32))

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self._outputs(operator, *inputs, outputs=1, **attributes)[0]

    def _outputs(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        number = len(self._nodes)
        names = [f"{operator}_{number}_{place}" for place in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def name_output(self, result: str, name: str) -> None:
        self._nodes.append(helper.make_node("Identity", [result], [name]))

    def serialized(self, width: int) -> bytes:
        by_token = ["batch", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, by_token),
                helper.make_tensor_value_info("attention_mask", TensorProto.INT64, by_token),
            ],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH]),
                helper.make_tensor_value_info(
                    "token_vectors", TensorProto.FLOAT, [*by_token, WIDTH]
                ),
                helper.make_tensor_value_info("token_levels", TensorProto.INT8, [*by_token, width]),
            ],
            list(self._constants.values()),
        )
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        serialized: bytes = model.SerializeToString()
        return serialized


def _quantize(
    values: npt.NDArray[np.float32], axis: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Symmetric int8 with one scale for all that lies along `axis`.

    Returns the levels and the scales that they are multiplied with.
    """
    scales = np.abs(values).max(axis=axis, keepdims=True) / np.float32(127)
    scales = np.maximum(scales, np.finfo(np.float32).tiny)
    levels = np.rint(values / scales).astype(np.int8)
    return levels, scales if axis == 1 else scales[0]
