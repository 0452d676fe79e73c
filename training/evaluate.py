"""Compares BM25, the teacher and an exported checkpoint on the same candidates of held-out sets.

`python -m training.evaluate --data DIR --model DIR`
"""

import argparse
from math import log2
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, BertForSequenceClassification

from .held_out import TASKS, Task
from .loss import teacher_logits
from .pairs import Pairs
from .parallel import one_thread_a_task
from .teacher import encode_cached

K = 10
# The window of the service.
MAX_TOKENS = 512


def measured(measure: str, ranking: list[int], relevant: set[int]) -> float:
    """RR@10 or binary nDCG@10 of one ranking of document places, best first."""
    hits = [rank for rank, place in enumerate(ranking[:K], 1) if place in relevant]
    if measure == "RR@10":
        return 1 / hits[0] if hits else 0.0
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(K, len(relevant)) + 1))
    return sum(1 / log2(rank + 1) for rank in hits) / ideal


def judged_logits(task: Task, model: BertForSequenceClassification) -> list[np.ndarray]:
    """Logits [candidates] float32 of each query's candidates."""
    pairs = Pairs(task.queries, task.documents, MAX_TOKENS)

    @torch.inference_mode()
    def score(query: int) -> np.ndarray:
        return pairs.logits(model, [(query, int(place)) for place in task.candidates[query]]).numpy()

    with one_thread_a_task() as pool:
        return list(pool.map(score, range(len(task.queries))))


def evaluate_task(task: Task, model: BertForSequenceClassification, cache: Path) -> dict:
    """Mean measure of each ranker over the same candidates, and how the logits separate the relevant ones."""
    used = sorted({int(place) for row in task.candidates for place in row})
    vectors = dict(zip(used, encode_cached([task.documents[place] for place in used], cache)))
    query_vectors = encode_cached(task.queries, cache)
    logits = judged_logits(task, model)
    values: dict[str, list[float]] = {"BM25": [], "cosine": [], "teacher": [], "model": []}
    positives, negatives = [], []
    for query, candidates in enumerate(task.candidates):
        relevant = task.relevant[query]
        cosines = np.array([vectors[int(place)] @ query_vectors[query] for place in candidates])
        teacher = teacher_logits(torch.from_numpy(cosines), torch.from_numpy(task.lexical[query])).numpy()
        for name, scores in (("BM25", task.lexical[query]), ("cosine", cosines), ("teacher", teacher), ("model", logits[query])):
            ranking = candidates[np.argsort(-scores, kind="stable")].tolist()
            values[name].append(measured(task.measure, ranking, relevant))
        labels = np.isin(candidates, list(relevant))
        positives.append(logits[query][labels])
        negatives.append(logits[query][~labels])
    return {
        "task": task.name,
        "measure": task.measure,
        **{name: float(np.mean(row)) for name, row in values.items()},
        "relevant above 0": float(np.mean(np.concatenate(positives) > 0)),
        "irrelevant below 0": float(np.mean(np.concatenate(negatives) < 0)),
    }


def evaluate(folder: Path, data: Path, cache: Path, seed: int) -> list[dict]:
    """One row a task for the checkpoint in `folder`; the teacher's vectors are kept in `cache`."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()
    return [evaluate_task(make(data, count, seed), model, cache) for make, count in TASKS]


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
    parser.add_argument("--work", type=Path, required=True, help="folder for caches, as of training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default 2)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_table(evaluate(options.model, options.data, options.work / "cache", options.seed))


if __name__ == "__main__":
    main()
