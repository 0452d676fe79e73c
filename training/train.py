"""The training loop of a phase: one pass over its lists, resumable, quantisation-aware at the end."""

import copy
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import BertForSequenceClassification

from .candidates import Lists
from .checkpoint import restore, save
from .loss import ranking_loss
from .model import freeze_layers
from .optimiser import Average, new_optimiser, set_rates
from .pairs import Pairs
from .parallel import one_thread_a_task
from .phase import Phase
from .progress import Progress
from .quantise import quantise_frozen, straight_through

LARGEST_GRADIENT_NORM = 1.0
SECONDS_BETWEEN_CHECKPOINTS = 300


def train(
    model: BertForSequenceClassification, phase: Phase, queries: list[str], documents: list[str], lists: Lists, work: Path
) -> BertForSequenceClassification:
    """Trains `model` on each list once and returns the averaged one.

    Lists are taken in their order. Continues from the phase's checkpoint in `work` if there is one: nothing random happens here, so
    a resumed run takes the same steps as an uninterrupted one.
    """
    freeze_layers(model, phase.frozen_layers)
    # Frozen matrices take their final int8 values at once, so that everything above learns on them.
    quantise_frozen(model)
    optimiser, average = new_optimiser(model, phase), Average(model, phase.average_decay)
    pairs = Pairs(queries, documents, phase.max_tokens)
    lengths = np.array([pairs.tokens(numbered(lists, [row])) for row in range(len(lists.queries))])
    steps = len(lists.queries) // phase.lists_per_step
    checkpoint = work / f"{phase.name}.pt"
    first = restore(checkpoint, model, optimiser, average)
    progress, saved = Progress(work / f"{phase.name}.jsonl", steps), time.monotonic()
    with one_thread_a_task() as pool:
        for step in range(first, steps):
            rows = np.arange(step * phase.lists_per_step, (step + 1) * phase.lists_per_step)
            # Lists of like length together, the longest first, so that threads end together.
            rows = rows[np.argsort(-lengths[rows], kind="stable")]
            set_rates(optimiser, phase.warmup, step / steps)
            with straight_through(model) if step >= phase.quantised_from * steps else nullcontext():
                loss = step_gradients(pool, model, pairs, lists, rows, phase.lists_per_task)
            torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT_NORM)
            optimiser.step()
            average.update(model, step)
            progress.add(step + 1, loss, int(lengths[rows].sum()))
            if time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS or step + 1 == steps:
                save(checkpoint, model, optimiser, average, step + 1)
                saved = time.monotonic()
    averaged = copy.deepcopy(model)
    averaged.load_state_dict(average.tensors, strict=False)
    return averaged.eval()


def step_gradients(
    pool: Executor, model: BertForSequenceClassification, pairs: Pairs, lists: Lists, rows: np.ndarray, lists_per_task: int
) -> float:
    """Sets the gradients of `model` for the lists `rows` and returns their mean loss.

    Tasks are summed in their order, so the result does not depend on which finished first.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def task(part: np.ndarray) -> tuple[float, tuple[Tensor, ...]]:
        logits = pairs.logits(model, numbered(lists, part)).view(len(part), -1)
        targets = [torch.from_numpy(values[part]) for values in (lists.cosines, lists.lexical, lists.label_weights)]
        loss = ranking_loss(logits, *targets) * (len(part) / len(rows))
        return loss.item(), torch.autograd.grad(loss, trained)

    parts = [rows[start : start + lists_per_task] for start in range(0, len(rows), lists_per_task)]
    results = list(pool.map(task, parts))
    for parameter, *gradients in zip(trained, *(gradients for _, gradients in results)):
        parameter.grad = sum(gradients[1:], start=gradients[0])
    return sum(loss for loss, _ in results)


def numbered(lists: Lists, rows: Sequence[int] | np.ndarray) -> list[tuple[int, int]]:
    """(query, document) numbers of all pairs in these lists, list by list."""
    return [(int(lists.queries[row]), int(document)) for row in rows for document in lists.documents[row]]
