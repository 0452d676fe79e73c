"""The command line and what it changes of a recipe."""

import argparse
from dataclasses import replace
from pathlib import Path

from .examples import DataError
from .recipe import RECIPES, Recipe

LONGEST_WINDOW = 512
SHORTEST_WINDOW = 8


def parser() -> argparse.ArgumentParser:
    """One command a task, with the options that all have and its own."""
    top = argparse.ArgumentParser(prog="python -m training.finetune", description="Fine-tunes a small BERT on your data.")
    tasks = top.add_subparsers(dest="task", required=True, metavar="TASK")
    add_common(tasks.add_parser("ranking", help="query, positive, negatives; or query, document, label"), "ranking")
    texts = tasks.add_parser("text-classification", help="text, label")
    add_common(texts, "text-classification")
    texts.add_argument("--text-column", default="text", metavar="NAME", help="column or field of the text (default text)")
    texts.add_argument("--label-column", default="label", metavar="NAME", help="column or field of the label (default label)")
    texts.add_argument("--pair-column", metavar="NAME", help="column or field of a second text")
    texts.add_argument("--multi-label", action="store_true", help="any number of labels a text: a JSON list, or separated by |")
    tags = tasks.add_parser("token-classification", help="CoNLL columns, or tokens, tags")
    add_common(tags, "token-classification")
    tags.add_argument("--token-column", type=int, default=1, metavar="N", help="column of the token, from 1 (default 1)")
    tags.add_argument("--tag-column", type=int, default=-1, metavar="N", help="column of the tag, from 1 or with a minus from the last (default -1)")
    tags.add_argument("--repair-tags", action="store_true", help="let an I- that continues nothing begin an entity")
    for task in (texts, tags):
        task.add_argument("--allow-odd-labels", action="store_true", help="warn of labels that look misspelt, and go on")
    return top


def add_common(task: argparse.ArgumentParser, name: str) -> None:
    recipe = RECIPES[name]
    task.add_argument("--train", type=Path, nargs="+", required=True, metavar="FILE", help="training data, gzip or not")
    task.add_argument("--dev", type=Path, metavar="FILE", help="chooses the best epoch (default: a tenth of the training data)")
    task.add_argument("--test", type=Path, metavar="FILE", help="measured at the end")
    task.add_argument("--out", type=Path, metavar="DIR", help="receives checkpoint-hf/, log.jsonl, report.json")
    task.add_argument("--base", type=Path, metavar="DIR", help="BERT checkpoint to start from (default: the backbone)")
    task.add_argument("--pack", type=Path, metavar="DIR", help="pack the result into this folder, as models/NAME")
    task.add_argument("--check-only", action="store_true", help="check the data and stop")
    task.add_argument("--epochs", type=int, default=recipe.epochs, help=f"default {recipe.epochs}, more for little data")
    task.add_argument("--patience", type=int, default=recipe.patience, help=f"epochs without progress (default {recipe.patience})")
    task.add_argument("--batch-size", type=int, default=recipe.batch_size, help=f"default {recipe.batch_size}")
    task.add_argument("--rate", type=float, default=recipe.top_layer_rate, help=f"learning rate of the top layer (default {recipe.top_layer_rate:g})")
    task.add_argument("--head-rate", type=float, default=recipe.head_rate, help=f"learning rate of the head (default {recipe.head_rate:g})")
    task.add_argument("--max-tokens", type=int, default=recipe.max_tokens, help=f"window (default {recipe.max_tokens})")
    task.add_argument("--seed", type=int, default=1, help="default 1")
    task.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")


def recipe_of(options: argparse.Namespace) -> Recipe:
    """The task's recipe with what the command line changes. Raises DataError for a value out of range."""
    if not SHORTEST_WINDOW <= options.max_tokens <= LONGEST_WINDOW:
        raise DataError(f"--max-tokens is {options.max_tokens}; it must be from {SHORTEST_WINDOW} to {LONGEST_WINDOW}")
    for name in ("epochs", "patience", "batch_size", "threads", "rate", "head_rate"):
        if getattr(options, name) <= 0:
            raise DataError(f"--{name.replace('_', '-')} must be above 0")
    recipe = RECIPES[options.task]
    chosen = options.epochs != recipe.epochs
    return replace(
        recipe,
        epochs=options.epochs,
        min_steps=0 if chosen else recipe.min_steps,
        patience=options.patience,
        batch_size=options.batch_size,
        top_layer_rate=options.rate,
        head_rate=options.head_rate,
        max_tokens=options.max_tokens,
    )
