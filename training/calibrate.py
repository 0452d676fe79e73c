"""Gives logits a meaning: the sigmoid of a logit becomes the share of relevant documents among those with like scores.

The map is affine, logit' = slope * logit + intercept with slope > 0, so rankings stay as they are, and it is stored in the
classifier itself, so every server of the checkpoint has it (Platt 1999, Guo et al. 2017).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForSequenceClassification

from .evaluate import judged_logits
from .held_out import Task, scifact, selqa, squad

BINS = 10
# Queries of each task: half of them for the fit, half to see how well it holds. Their seed is not that of the evaluation.
TASKS = ((squad, 200), (selqa, 300), (scifact, 60))
SEED_OFFSET = 1_000


@dataclass
class Judged:
    """Logits, labels in {0, 1} and weights [pairs] float64; the weights of a task sum to 1."""

    logits: Tensor
    labels: Tensor
    weights: Tensor


def calibrate(model: BertForSequenceClassification, data: Path, seed: int) -> list[str]:
    """Changes the classifier of `model` in place; returns a report: the map, and how it holds on queries it was not fitted to."""
    fitted, unseen = [], []
    for make, count in TASKS:
        task = make(data, count, seed + SEED_OFFSET)
        logits = judged_logits(task, model)
        fitted.append(judged(task, logits, range(count // 2)))
        unseen.append(judged(task, logits, range(count // 2, len(task.queries))))
    known, new = joined(fitted), joined(unseen)
    slope, intercept = fit(known)
    with torch.no_grad():
        model.classifier.weight.mul_(slope)
        model.classifier.bias.mul_(slope).add_(intercept)
    after = Judged(new.logits * slope + intercept, new.labels, new.weights)
    return [
        f"logit' = {slope:.3f} * logit {intercept:+.3f}",
        f"expected calibration error on other queries: {expected_error(new):.3f} before, {expected_error(after):.3f} after",
        *share_table(after),
    ]


def judged(task: Task, logits: list[np.ndarray], queries: range) -> Judged:
    """All candidates of these queries of a task."""
    labels = [np.isin(task.candidates[query], list(task.relevant[query])) for query in queries]
    flat = torch.from_numpy(np.concatenate([logits[query] for query in queries])).double()
    return Judged(flat, torch.from_numpy(np.concatenate(labels)).double(), torch.full_like(flat, 1 / len(flat)))


def joined(parts: list[Judged]) -> Judged:
    """The pairs of all parts."""
    return Judged(*(torch.cat(values) for values in zip(*((part.logits, part.labels, part.weights) for part in parts))))


def fit(pairs: Judged) -> tuple[float, float]:
    """Slope and intercept of the weighted logistic regression of labels on logits."""
    parameters = torch.tensor([0.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([parameters], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        # The logarithm of the slope, so that it stays positive.
        value = F.binary_cross_entropy_with_logits(
            pairs.logits * parameters[0].exp() + parameters[1], pairs.labels, pairs.weights, reduction="sum"
        )
        value.backward()
        return value

    optimiser.step(loss)
    return parameters[0].exp().item(), parameters[1].item()


def expected_error(pairs: Judged) -> float:
    """Expected calibration error over ten bins of equal width."""
    scores, bins = binned(pairs)
    gaps = [((pairs.labels - scores) * pairs.weights)[bins == number].sum().abs() for number in range(BINS)]
    return (sum(gaps) / pairs.weights.sum()).item()


def share_table(pairs: Judged) -> list[str]:
    """Markdown: for each tenth of the scores the number of pairs and the weighted share of relevant ones among them."""
    _, bins = binned(pairs)
    lines = ["| score | pairs | relevant |", "| --- | --- | --- |"]
    for number in range(BINS):
        here = bins == number
        if here.any():
            share = (pairs.labels * pairs.weights)[here].sum() / pairs.weights[here].sum()
            lines.append(f"| {number / BINS:.1f} to {(number + 1) / BINS:.1f} | {int(here.sum())} | {share:.2f} |")
    return lines


def binned(pairs: Judged) -> tuple[Tensor, Tensor]:
    """Sigmoids of the logits, and the bin of each."""
    scores = torch.sigmoid(pairs.logits)
    return scores, (scores * BINS).long().clamp(max=BINS - 1)
