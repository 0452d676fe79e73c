"""Saving and resuming of a run."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import Optimizer
from transformers import BertPreTrainedModel

from ..optimiser import Average
from .examples import DataError


@dataclass
class Best:
    """The best epoch so far, counted from 1, its dev score and its weights; epoch 0 before the first."""

    score: float = -1.0
    epoch: int = 0
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def offer(self, score: float, epoch: int, model: BertPreTrainedModel) -> None:
        """Takes the weights of `model`, without copying, if they score better."""
        if score > self.score:
            self.score, self.epoch, self.tensors = score, epoch, model.state_dict()


def save(
    path: Path,
    fingerprint: str,
    model: BertPreTrainedModel,
    optimiser: Optimizer,
    average: Average,
    best: Best,
    random: torch.Generator,
    step: int,
) -> None:
    """Writes everything needed to continue at `step`; a kill while writing leaves the previous file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    states = {
        "fingerprint": fingerprint,
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "average": average.tensors,
        "best": vars(best),
        "random": [torch.get_rng_state(), random.get_state()],
        "step": step,
    }
    torch.save(states, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def restore(
    path: Path,
    fingerprint: str,
    model: BertPreTrainedModel,
    optimiser: Optimizer,
    average: Average,
    best: Best,
    random: torch.Generator,
) -> int:
    """Loads what `save` wrote, in place, and returns its step; 0 if there is no file.

    Raises DataError if the file belongs to another run.
    """
    if not path.exists():
        return 0
    states = torch.load(path, map_location="cpu")
    if states["fingerprint"] != fingerprint:
        raise DataError(f"{path} was made from other data or options. Delete it, or choose another --out")
    model.load_state_dict(states["model"])
    optimiser.load_state_dict(states["optimiser"])
    average.tensors = {name: tensor.to(model.device) for name, tensor in states["average"].items()}
    best.score, best.epoch, best.tensors = states["best"]["score"], states["best"]["epoch"], states["best"]["tensors"]
    torch.set_rng_state(states["random"][0])
    random.set_state(states["random"][1])
    return states["step"]
