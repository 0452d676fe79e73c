"""Writes model.onnx beside the weights of a checkpoint, for onnxruntime: `python backend/export_onnx.py DIR`.

Needs torch, transformers and onnx. The graph is float32 and takes any batch and sequence length.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class Logits(nn.Module):
    """The model with its inputs in order and nothing but the logits."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.model(**dict(zip(INPUTS, inputs))).logits


def export_onnx(folder: Path) -> Path:
    """Returns the file written."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
    ids = torch.ones(2, 8, dtype=torch.int64)
    # Traced with padding: of a mask of ones alone, transformers makes a graph without any mask.
    mask = torch.tensor([[1] * 8, [1] * 5 + [0] * 3])
    file = folder / "model.onnx"
    axes = {name: {0: "batch", 1: "seq"} for name in INPUTS} | {"logits": {0: "batch"}}
    torch.onnx.export(
        Logits(model),
        (ids, mask, torch.zeros_like(ids)),
        str(file),
        input_names=INPUTS,
        output_names=["logits"],
        dynamic_axes=axes,
        dynamo=False,
    )
    return file


if __name__ == "__main__":
    print(export_onnx(Path(sys.argv[1])))
