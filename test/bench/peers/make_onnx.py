"""Writes the ONNX models that the benchmark's peers run: `python make_onnx.py CHECKPOINT_DIR OUT_DIR`.

CHECKPOINT_DIR holds config.json and model.safetensors of a BertForSequenceClassification; OUT_DIR gets model.onnx (float32) and
model_quantized.onnx (q8). The graph is written node by node instead of exported from torch, which would take a 4 GB
installation. It has the operators of torch's own export (attn_implementation="eager", opset 17), so that onnxruntime fuses the
same ones: each kind of kernel takes the same time, measured with onnxruntime's profiler. q8 is what transformers.js's conversion
script makes: dynamic quantization, weights QInt8 a tensor, activations QUInt8, reduce_range off. Quantizing a channel and reducing the range, as
older conversions did, takes the same time.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

OPSET = 17


class Graph:
    """Nodes in order, each with one output named after it, and the constants they read."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, name: str | None = None, **attributes) -> str:
        name = name or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.array(values, order="C"), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant("int64_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        return self.constant(f"float_{value}", np.array(value, np.float32))

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, name: str, output: str | None = None) -> str:
        product = self.add("MatMul", x, self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T))
        return self.add("Add", product, self.weight(f"{name}.bias"), name=output)

    def layer_norm(self, x: str, name: str, epsilon: float) -> str:
        parameters = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.add("LayerNormalization", x, *parameters, axis=-1, epsilon=epsilon)


def embed(g: Graph, epsilon: float) -> str:
    """f32 [batch, sequence, hidden]."""
    prefix = "bert.embeddings."
    words = g.add("Gather", g.weight(f"{prefix}word_embeddings.weight"), "input_ids")
    types = g.add("Gather", g.weight(f"{prefix}token_type_embeddings.weight"), "token_type_ids")
    length = g.add("Shape", "input_ids", start=1, end=2)
    table = g.weight(f"{prefix}position_embeddings.weight")
    positions = g.add("Slice", table, g.integers(0), length, g.integers(0))
    return g.layer_norm(g.add("Add", g.add("Add", words, types), positions), f"{prefix}LayerNorm", epsilon)


def mask_bias(g: Graph) -> str:
    """f32 [batch, 1, 1, sequence]: 0, or the least float where there is padding."""
    mask = g.add("Cast", g.add("Unsqueeze", "attention_mask", g.integers(1, 2)), to=TensorProto.FLOAT)
    padding = g.add("Sub", g.number(1.0), mask)
    return g.add("Mul", padding, g.constant("least", np.array(np.finfo(np.float32).min, np.float32)))


def attention(g: Graph, x: str, bias: str, prefix: str, num_heads: int, head_size: int) -> str:
    def heads(name: str) -> str:
        shape = g.integers(0, 0, num_heads, head_size)
        return g.add("Transpose", g.add("Reshape", g.linear(x, f"{prefix}self.{name}"), shape), perm=[0, 2, 1, 3])

    query, value = heads("query"), heads("value")
    # Two transpositions: onnxruntime takes the second into the product.
    key = g.add("Transpose", heads("key"), perm=[0, 1, 3, 2])
    scores = g.add("Mul", g.add("MatMul", query, key), g.number(head_size**-0.5))
    weights = g.add("Softmax", g.add("Add", scores, bias), axis=-1)
    context = g.add("Transpose", g.add("MatMul", weights, value), perm=[0, 2, 1, 3])
    # A shape known only at run time, as in torch's export: with a constant one onnxruntime fuses a slower kernel here.
    return g.linear(g.add("Reshape", context, g.add("Shape", x)), f"{prefix}output.dense")


def gelu(g: Graph, x: str) -> str:
    erf = g.add("Erf", g.add("Div", x, g.number(2**0.5)))
    return g.add("Mul", g.add("Mul", x, g.add("Add", erf, g.number(1.0))), g.number(0.5))


def bert(config: dict, weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    g = Graph(weights)
    num_heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    x, bias = embed(g, epsilon), mask_bias(g)
    for layer in range(config["num_hidden_layers"]):
        prefix = f"bert.encoder.layer.{layer}."
        attended = attention(g, x, bias, f"{prefix}attention.", num_heads, config["hidden_size"] // num_heads)
        x = g.layer_norm(g.add("Add", attended, x), f"{prefix}attention.output.LayerNorm", epsilon)
        widened = gelu(g, g.linear(x, f"{prefix}intermediate.dense"))
        narrowed = g.linear(widened, f"{prefix}output.dense")
        x = g.layer_norm(g.add("Add", narrowed, x), f"{prefix}output.LayerNorm", epsilon)
    first = g.add("Squeeze", g.add("Slice", x, g.integers(0), g.integers(1), g.integers(1)), g.integers(1))
    pooled = g.add("Tanh", g.linear(first, "bert.pooler.dense"))
    g.linear(pooled, "classifier", output="logits")

    names = ["input_ids", "attention_mask", "token_type_ids"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in names]
    labels = weights["classifier.bias"].size
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", labels])]
    graph = helper.make_graph(g.nodes, "bert", inputs, outputs, list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def main() -> None:
    checkpoint, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    model = bert(json.loads((checkpoint / "config.json").read_text()), load_file(checkpoint / "model.safetensors"))
    onnx.checker.check_model(model)
    onnx.save(model, out / "model.onnx")
    quantize_dynamic(
        out / "model.onnx",
        out / "model_quantized.onnx",
        weight_type=QuantType.QInt8,
        per_channel=False,
        reduce_range=False,
        extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
    )


if __name__ == "__main__":
    main()
