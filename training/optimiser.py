"""AdamW with a learning rate that falls with depth below the head and with time."""

import torch
from torch.optim import AdamW
from transformers import BertForSequenceClassification

from .phase import Phase

WEIGHT_DECAY = 0.01
LAST_RATE = 0.02


def new_optimiser(model: BertForSequenceClassification, phase: Phase) -> AdamW:
    """One parameter group a tensor; `initial_lr` holds its peak rate. Frozen tensors are left out."""
    num_layers = model.config.num_hidden_layers
    groups = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("bert.encoder.layer."):
            rate = phase.top_layer_rate * phase.layer_decay ** (num_layers - 1 - int(name.split(".")[3]))
        elif name.startswith("bert.embeddings."):
            rate = phase.top_layer_rate * phase.layer_decay**num_layers
        else:
            rate = phase.head_rate
        decay = WEIGHT_DECAY if parameter.dim() > 1 else 0.0
        groups.append({"params": [parameter], "initial_lr": rate, "lr": rate, "weight_decay": decay})
    return AdamW(groups, betas=(0.9, 0.98))


def set_rates(optimiser: AdamW, warmup: float, progress: float) -> None:
    """Linear warm-up, then linear decay to a fiftieth of the peak; `progress` in [0, 1]."""
    factor = progress / warmup if progress < warmup else 1 - (1 - LAST_RATE) * (progress - warmup) / (1 - warmup)
    for group in optimiser.param_groups:
        group["lr"] = group["initial_lr"] * factor


class Average:
    """Exponential moving average of a model's trained tensors, with a short memory at the start."""

    def __init__(self, model: torch.nn.Module, decay: float) -> None:
        self.decay = decay
        self.tensors = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, step: int) -> None:
        """Moves towards `model`; `step` counts from 0."""
        rate = 1 - min(self.decay, (1 + step) / (10 + step))
        for name, parameter in model.named_parameters():
            if name in self.tensors:
                self.tensors[name].lerp_(parameter, rate)
