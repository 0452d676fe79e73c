"""One fine-tuning from files to a checkpoint: check, train, measure, export, pack."""

import hashlib
import shutil
import time
from argparse import Namespace
from pathlib import Path

import torch
from transformers.utils import logging

from .examples import DataError
from .export import export
from .new_model import base_tokenizer
from .options import recipe_of
from .pack import pack
from .prepare import prepare
from .recipe import Recipe
from .report import print_table, write_report
from .task import Measured
from .train import train


def run(options: Namespace) -> dict[str, Measured]:
    """Does what the command line asks, and returns the measures of the result by split; none with `--check-only`.

    Raises DataError for whatever the user can mend.
    """
    recipe = recipe_of(options)
    if options.out is None and not options.check_only:
        raise DataError("--out DIR is needed, unless --check-only is given")
    torch.set_num_threads(options.threads)
    logging.disable_progress_bar()
    if not options.check_only and (options.out / "checkpoint-hf").exists():
        raise DataError(f"{options.out} holds a finished model. Choose another --out, or delete {options.out / 'checkpoint-hf'}")
    task = prepare(options, recipe)
    if options.check_only:
        return {}
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    print(f"training on {torch.cuda.get_device_name() if device.type == 'cuda' else f'{options.threads} CPU threads'}", flush=True)
    trained = train(task, recipe, options.out, device, options.seed, fingerprint_of(options, recipe))
    measured = {name: task.measure(trained.model, name) for name in ("dev", "test") if name == "dev" or options.test}
    print(f"\nkept epoch {trained.epoch}; CPU time {time.process_time() / 60:.1f} min")
    for name, measures in measured.items():
        print_table(name, measures)
    write_report(options.out, trained.epoch, time.process_time(), measured)
    export(trained.model, base_tokenizer(options.base), options.base, options.out / "checkpoint-hf")
    shutil.rmtree(options.out / "checkpoint", ignore_errors=True)
    print(f"\nwrote {options.out / 'checkpoint-hf'}")
    if options.pack:
        pack(options.out / "checkpoint-hf", options.pack)
    return measured


def fingerprint_of(options: Namespace, recipe: Recipe) -> str:
    """Hash of everything that the training steps depend on."""
    ignored = {"out", "pack", "threads", "check_only", "train", "dev", "test"}
    settings = sorted((name, str(value)) for name, value in vars(options).items() if name not in ignored)
    digest = hashlib.sha256(repr((settings, recipe)).encode())
    for path in (*options.train, options.dev, options.test):
        digest.update(hashed(path) if path else b"none")
    return digest.hexdigest()


def hashed(path: Path) -> bytes:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).digest()
