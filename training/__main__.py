"""Command line: `python -m training --data DIR --work DIR`."""

import argparse
from functools import partial
from pathlib import Path

import torch

from .calibrate import calibrate
from .candidates import build_lists_cached, draw_queries
from .evaluate import evaluate, print_table
from .export import export
from .model import load_cross_encoder, new_cross_encoder
from .phase import PHASES
from .quantise import quantise_model
from .sources import build_collection
from .teacher import encode_cached
from .train import train


def main() -> None:
    """Trains, calibrates, exports to `work/export`, evaluates."""
    parser = argparse.ArgumentParser(prog="python -m training", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the raw data sets")
    parser.add_argument("--work", type=Path, required=True, help="folder for caches, checkpoints, logs and the export")
    parser.add_argument("--start-from", type=Path, help="folder of a checkpoint to go on from (default: the backbone, a fresh head)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)

    model = new_cross_encoder(options.seed) if options.start_from is None else load_cross_encoder(options.start_from)
    collection = build_collection(options.data, options.seed)
    queries = [query.text for query in collection.queries]
    documents = [document.text for document in collection.documents]
    embed = partial(encode_cached, folder=options.work / "cache")
    for phase in PHASES:
        numbers = draw_queries(collection, phase.lists, options.seed)
        lists = build_lists_cached(options.work / f"{phase.name}-lists.npz", collection, numbers, embed, options.seed)
        model = train(model, phase, queries, documents, lists, options.work)
    quantise_model(model)
    print(*calibrate(model, options.data, options.seed), sep="\n")
    export(model, options.work / "export")
    print_table(evaluate(options.work / "export", options.data, options.work / "cache", options.seed))


main()
