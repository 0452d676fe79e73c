"""Compares BM25, the teacher's cosine and an exported checkpoint on the same candidates of held-out sets.

`python -m training.evaluate --data DIR --model DIR`
"""

import argparse
from dataclasses import dataclass
from math import log2
from pathlib import Path
from random import Random

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, BertForSequenceClassification

from .files import read_qrels, read_rows
from .pairs import Pairs
from .parallel import one_thread_a_task
from .retrieval import bm25_top
from .teacher import encode

K = 10
MAX_TOKENS = 256


@dataclass
class Task:
    """`relevant` holds a set of document places for each query; documents not in it count as irrelevant."""

    name: str
    measure: str
    queries: list[str]
    documents: list[str]
    relevant: list[set[int]]
    depth: int


def squad_task(data: Path, count: int, seed: int) -> Task:
    """Questions of the dev split; the passage each was written for is the relevant one."""
    rows = read_rows(data / "squad-v1.1/dev.jsonl.gz")
    asked = [(item["question"], place) for place, row in enumerate(rows) for item in row["questions"]]
    sample = Random(seed).sample(asked, count)
    texts = [row["passage"] for row in rows]
    return Task("SQuAD dev", "RR@10", [text for text, _ in sample], texts, [{place} for _, place in sample], 30)


def scifact_task(data: Path, count: int, seed: int) -> Task:
    """Claims of the test split over all abstracts, title and text."""
    rows = read_rows(data / "scifact/corpus.jsonl.gz")
    places = {row["_id"]: place for place, row in enumerate(rows)}
    qrels = read_qrels(data / "scifact/qrels.test.tsv")
    claims = [row for row in read_rows(data / "scifact/queries.test.jsonl.gz") if row["_id"] in qrels]
    sample = Random(seed).sample(claims, min(count, len(claims)))
    relevant = [{places[name] for name, grade in qrels[row["_id"]].items() if grade > 0} for row in sample]
    texts = [f"{row['title']} {row['text']}" for row in rows]
    return Task("SciFact test", "nDCG@10", [row["text"] for row in sample], texts, relevant, 100)


def measured(task: Task, ranking: list[int], relevant: set[int]) -> float:
    """RR@10 or binary nDCG@10 of one ranking of document places, best first."""
    hits = [rank for rank, place in enumerate(ranking[:K], 1) if place in relevant]
    if task.measure == "RR@10":
        return 1 / hits[0] if hits else 0.0
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(K, len(relevant)) + 1))
    return sum(1 / log2(rank + 1) for rank in hits) / ideal


def evaluate_task(task: Task, model: BertForSequenceClassification) -> dict:
    """Mean measure of each ranker over the BM25 candidates, and how the logits separate the relevant ones."""
    candidates = bm25_top(task.documents, task.queries, task.depth)
    used = sorted({int(place) for row in candidates for place in row})
    vectors = dict(zip(used, encode([task.documents[place] for place in used], MAX_TOKENS)))
    query_vectors = encode(task.queries, MAX_TOKENS)
    pairs = Pairs(task.queries, task.documents, MAX_TOKENS)

    @torch.inference_mode()
    def score(query: int) -> np.ndarray:
        return pairs.logits(model, [(query, int(place)) for place in candidates[query]]).numpy()

    with one_thread_a_task() as pool:
        logits = np.stack(list(pool.map(score, range(len(candidates)))))
    scores = {
        "BM25": np.tile(-np.arange(candidates.shape[1]), (len(candidates), 1)),
        "cosine": np.array([[vectors[int(p)] @ query_vectors[query] for p in row] for query, row in enumerate(candidates)]),
        "model": logits,
    }
    measures = {
        name: [
            measured(task, row[np.argsort(-score, kind="stable")].tolist(), relevant)
            for row, score, relevant in zip(candidates, rows, task.relevant)
        ]
        for name, rows in scores.items()
    }
    labels = np.array([[int(p) in relevant for p in row] for row, relevant in zip(candidates, task.relevant)])
    return {
        "task": f"{task.name}, {len(task.queries)} queries, BM25 top {task.depth}",
        "measure": task.measure,
        **{name: float(np.mean(values)) for name, values in measures.items()},
        "relevant above 0": float(np.mean(logits[labels] > 0)),
        "irrelevant below 0": float(np.mean(logits[~labels] < 0)),
        "largest |logit|": float(np.abs(logits).max()),
    }


def evaluate(folder: Path, data: Path, seed: int, squad: int = 200, scifact: int = 100) -> list[dict]:
    """One row a task for the checkpoint in `folder`; 0 queries leaves a task out."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()
    tasks = [make(data, count, seed) for make, count in ((squad_task, squad), (scifact_task, scifact)) if count]
    return [evaluate_task(task, model) for task in tasks]


def print_table(rows: list[dict]) -> None:
    """Prints a Markdown table, one line a task."""
    print("| " + " | ".join(rows[0]) + " |\n" + "|---" * len(rows[0]) + "|")
    for row in rows:
        print("| " + " | ".join(f"{value:.3f}" if isinstance(value, float) else value for value in row.values()) + " |")


def main() -> None:
    """Evaluates a checkpoint and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the raw data sets")
    parser.add_argument("--model", type=Path, required=True, help="folder of a checkpoint")
    parser.add_argument("--squad", type=int, default=200, help="SQuAD dev questions (default 200)")
    parser.add_argument("--scifact", type=int, default=100, help="SciFact test claims, at most 300 (default 100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_table(evaluate(options.model, options.data, options.seed, options.squad, options.scifact))


if __name__ == "__main__":
    main()
