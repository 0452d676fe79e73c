"""The training loop: epochs over batches of like length, averaged weights, int8 at the end, the best epoch kept."""

import copy
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import BertPreTrainedModel

from ..model import freeze_embeddings
from ..optimiser import Average, new_optimiser, set_rates
from ..quantise import quantise_frozen, quantise_model, straight_through
from .batches import epoch_batches, steps_per_epoch
from .checkpoint import Best, restore, save
from .examples import DataError
from .progress import Progress
from .recipe import Recipe
from .task import Task

LARGEST_GRADIENT_NORM = 1.0
SECONDS_BETWEEN_CHECKPOINTS = 300


@dataclass(frozen=True)
class Trained:
    """The model of the best epoch, on its int8 grid and in evaluation mode, and that epoch, counted from 1, or 0 for the model before training."""

    model: BertPreTrainedModel
    epoch: int


def plan_epochs(recipe: Recipe, examples: int) -> int:
    """Epochs that make at least the recipe's least number of steps."""
    return max(recipe.epochs, -(-recipe.min_steps // steps_per_epoch(examples, recipe.batch_size)))


def train(task: Task, recipe: Recipe, out: Path, device: torch.device, seed: int, fingerprint: str) -> Trained:
    """Fine-tunes and returns the model of the epoch with the best dev score; epoch 0 is the model before training.

    Continues from the state in `out/checkpoint` if there is one; on the CPU a resumed run takes the steps of an
    uninterrupted one.
    Raises DataError if that state was made from other data or options, which `fingerprint` stands for, or if training diverges.
    """
    model = task.new_model().to(device).train()
    if not recipe.train_embeddings:
        freeze_embeddings(model)
    # Frozen matrices take their final int8 values at once, so that everything above learns on them.
    quantise_frozen(model)
    optimiser, average, best = new_optimiser(model, recipe), Average(model, recipe.average_decay), Best()
    lengths = task.lengths()
    an_epoch = steps_per_epoch(len(lengths), recipe.batch_size)
    epochs = plan_epochs(recipe, len(lengths))
    random = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    path = out / "checkpoint" / "state.pt"
    first = restore(path, fingerprint, model, optimiser, average, best, random)
    progress, saved = Progress(out / "log.jsonl", first, an_epoch, epochs), time.monotonic()
    if first == 0:
        report_dev(task, averaged(model, average), 0, progress, best)
    batches: list[list[int]] = []
    for step in range(first, an_epoch * epochs):
        epoch, at = divmod(step, an_epoch)
        if at == 0 and best.epoch + recipe.patience <= epoch and 2 * epoch >= epochs:
            break
        if at == 0 or not batches:
            batches = epoch_batches(lengths, recipe.batch_size, seed, epoch)
        set_rates(optimiser, recipe.warmup, step / (an_epoch * epochs))
        with straight_through(model) if step >= recipe.quantised_from * an_epoch * epochs else nullcontext():
            loss = task.loss(model, batches[at], random)
            optimiser.zero_grad()
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT_NORM)
        optimiser.step()
        average.update(model, step)
        if not loss.isfinite():
            raise DataError(f"the loss is {loss.item()} at step {step + 1}: training diverged. Lower --rate")
        progress.add(step + 1, loss.item(), sum(lengths[place] for place in batches[at]))
        if at + 1 == an_epoch:
            report_dev(task, averaged(model, average), epoch + 1, progress, best)
        if time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
            save(path, fingerprint, model, optimiser, average, best, random, step + 1)
            saved = time.monotonic()
    model.load_state_dict(best.tensors)
    return Trained(model.eval(), best.epoch)


def report_dev(task: Task, model: BertPreTrainedModel, epoch: int, progress: Progress, best: Best) -> None:
    """Measures `model` on dev, reports it, and offers it as the best."""
    measured = task.measure(model, "dev")
    progress.epoch(epoch, measured)
    best.offer(measured.score, epoch, model)


def averaged(model: BertPreTrainedModel, average: Average) -> BertPreTrainedModel:
    """A copy of `model` with averaged weights on their int8 grid, in evaluation mode."""
    rounded = copy.deepcopy(model)
    rounded.load_state_dict(average.tensors, strict=False)
    quantise_model(rounded)
    return rounded.eval()
