"""Saving and resuming of a training run."""

import os
from pathlib import Path

import torch
from torch.optim import AdamW
from transformers import BertForSequenceClassification

from .optimiser import Average


def save(path: Path, model: BertForSequenceClassification, optimiser: AdamW, average: Average, step: int) -> None:
    """Writes everything needed to continue at `step`; a kill while writing leaves the previous file."""
    states = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "average": average.tensors, "step": step}
    torch.save(states, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def restore(path: Path, model: BertForSequenceClassification, optimiser: AdamW, average: Average) -> int:
    """Loads what `save` wrote, in place, and returns its step; 0 if there is no file."""
    if not path.exists():
        return 0
    states = torch.load(path)
    model.load_state_dict(states["model"])
    optimiser.load_state_dict(states["optimiser"])
    average.tensors = states["average"]
    return states["step"]
