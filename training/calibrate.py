"""Gives logits a meaning: the sigmoid of a logit becomes the share of relevant documents among those with like scores.

The map is affine, logit' = slope * logit + intercept with slope > 0, so rankings stay as they are, and it is stored in the
classifier itself, so every server of the checkpoint has it (Platt 1999, Guo et al. 2017).
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForSequenceClassification

from .evaluate import judged_logits
from .held_out import Task, scifact, selqa, squad

BINS = 10
# Queries of each task; their seed is not that of the evaluation.
TASKS = ((squad, 150), (selqa, 300), (scifact, 60))
SEED_OFFSET = 1_000


def calibrate(model: BertForSequenceClassification, data: Path, seed: int) -> dict[str, float]:
    """Changes the classifier of `model` in place; returns the map and the expected calibration error before and after."""
    parts = [judged(make(data, count, seed + SEED_OFFSET), model) for make, count in TASKS]
    logits, labels = (torch.cat(values) for values in zip(*((logits, labels) for logits, labels, _ in parts)))
    weights = torch.cat([weights for _, _, weights in parts])
    slope, intercept = fit(logits, labels, weights)
    with torch.no_grad():
        model.classifier.weight.mul_(slope)
        model.classifier.bias.mul_(slope).add_(intercept)
    return {
        "slope": slope,
        "intercept": intercept,
        "error before": expected_error(logits, labels, weights),
        "error after": expected_error(logits * slope + intercept, labels, weights),
    }


def judged(task: Task, model: BertForSequenceClassification) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, labels in {0, 1} and weights [pairs] of all candidates; the weights of a task sum to 1."""
    logits = np.concatenate(judged_logits(task, model))
    labels = np.concatenate([np.isin(row, list(good)) for row, good in zip(task.candidates, task.relevant)])
    return torch.from_numpy(logits).double(), torch.from_numpy(labels).double(), torch.full((len(logits),), 1 / len(logits)).double()


def fit(logits: Tensor, labels: Tensor, weights: Tensor) -> tuple[float, float]:
    """Slope and intercept of the weighted logistic regression of `labels` on `logits`, each [pairs] float64."""
    parameters = torch.tensor([0.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([parameters], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        # The logarithm of the slope, so that it stays positive.
        value = F.binary_cross_entropy_with_logits(logits * parameters[0].exp() + parameters[1], labels, weights, reduction="sum")
        value.backward()
        return value

    optimiser.step(loss)
    return parameters[0].exp().item(), parameters[1].item()


def expected_error(logits: Tensor, labels: Tensor, weights: Tensor) -> float:
    """Expected calibration error over ten bins of equal width."""
    scores = torch.sigmoid(logits)
    bins = (scores * BINS).long().clamp(max=BINS - 1)
    gaps = [((labels - scores) * weights)[bins == number].sum().abs() for number in range(BINS)]
    return (sum(gaps) / weights.sum()).item()
