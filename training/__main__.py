"""Command line: `python -m training --data DIR --work DIR`."""

import argparse
from pathlib import Path

import torch
from transformers import BertForSequenceClassification

from .calibrate import calibrate
from .candidates import build_lists
from .evaluate import evaluate, print_table
from .export import export
from .model import load_cross_encoder, new_cross_encoder
from .phase import DOCUMENTS, PASSAGES, Phase
from .quantise import quantise_model
from .sources import DOCUMENT_SOURCES, PASSAGE_SOURCES, Source, build_collection
from .teacher import encode_cached
from .train import train


def main() -> None:
    """Trains in two phases, calibrates, exports to `work/export`, evaluates."""
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
    for phase, sources in ((PASSAGES, PASSAGE_SOURCES), (DOCUMENTS, DOCUMENT_SOURCES)):
        model = run_phase(model, phase, sources, options.data, options.work, options.seed)
    quantise_model(model)
    print(calibrate(model, options.data, options.seed))
    export(model, options.work / "export")
    print_table(evaluate(options.work / "export", options.data, options.work / "cache", options.seed))


def run_phase(
    model: BertForSequenceClassification, phase: Phase, sources: tuple[Source, ...], data: Path, work: Path, seed: int
) -> BertForSequenceClassification:
    """Mines the phase's lists and trains on them."""
    collection = build_collection(sources, data, seed)
    queries = [query.text for query in collection.queries]
    documents = [document.text for document in collection.documents]
    vectors = encode_cached(queries, work / "cache"), encode_cached(documents, work / "cache")
    lists = build_lists(collection, *vectors, seed).first(phase.list_size)
    return train(model, phase, queries, documents, lists, work, seed)


main()
