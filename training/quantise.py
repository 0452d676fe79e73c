"""Symmetric int8 rounding of weights, one scale a row, such that packing them later loses nothing.

A scale is rounded up to 17 significant bits, so q * scale is exact in float32 for every |q| <= 127.
Any packer that recomputes max|row| / 127 therefore finds the same scale and the same integers,
whichever way it rounds halves.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

LEVELS = 127
SCALE_BITS = 17


def row_scales(weight: Tensor) -> Tensor:
    """Scales [rows, 1] float32 of `weight` [rows, columns]; 1.0 for a row of zeros."""
    largest = weight.abs().amax(dim=1, keepdim=True).double()
    mantissa, exponent = torch.frexp(largest / LEVELS)
    mantissa = torch.ceil(torch.ldexp(mantissa, torch.tensor(SCALE_BITS)))
    scale = torch.ldexp(mantissa, exponent - SCALE_BITS).float()
    return torch.where(largest > 0, scale, torch.ones_like(scale))


def round_to_int8(weight: Tensor) -> Tensor:
    """`weight` [rows, columns] float32 on its int8 grid, still float32; idempotent to the bit."""
    scale = row_scales(weight)
    return torch.round(weight / scale) * scale


def quantised_weights(model: nn.Module) -> list[nn.Parameter]:
    """Every matrix the engine stores as int8: embeddings and linear layers, but not the classifier."""
    return [
        module.weight
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, nn.Embedding)) and name != "classifier"
    ]


@torch.no_grad()
def quantise_model(model: nn.Module) -> None:
    """Rounds the matrices of `model` to int8 in place."""
    for weight in quantised_weights(model):
        weight.copy_(round_to_int8(weight))


@torch.no_grad()
def quantise_frozen(model: nn.Module) -> None:
    """Rounds only the matrices that are not trained, in place."""
    for weight in quantised_weights(model):
        if not weight.requires_grad:
            weight.copy_(round_to_int8(weight))


@contextmanager
def straight_through(model: nn.Module) -> Iterator[None]:
    """Inside, trainable matrices hold their int8 values; outside, their float masters.

    Gradients computed inside are applied to the masters: the straight-through estimator.
    """
    trained = [weight for weight in quantised_weights(model) if weight.requires_grad]
    masters = [weight.detach().clone() for weight in trained]
    with torch.no_grad():
        for weight in trained:
            weight.copy_(round_to_int8(weight))
    try:
        yield
    finally:
        with torch.no_grad():
            for weight, master in zip(trained, masters):
                weight.copy_(master)
