"""Ranking tasks of several domains that no training touches."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from .files import read_qrels, read_rows
from .retrieval import Bm25, top


@dataclass
class Task:
    """Queries with their candidates, in the order of the first stage.

    `candidates` holds one array of document places a query, `lexical` their BM25 scores over the query's best, in [0, 1];
    `relevant` the places of relevant documents; documents not in it count as irrelevant. `measure` is RR@10 or nDCG@10.
    """

    name: str
    measure: str
    queries: list[str]
    documents: list[str]
    relevant: list[set[int]]
    candidates: list[np.ndarray]
    lexical: list[np.ndarray]


def searched(name: str, measure: str, queries: list[str], documents: list[str], relevant: list[set[int]], depth: int) -> Task:
    """A task whose candidates are the first `depth` of BM25 over all documents."""
    index = Bm25(documents)
    candidates, lexical = [], []
    for query in queries:
        scores = index.scores(query)
        candidates.append(top(scores, depth))
        lexical.append(scores[candidates[-1]] / max(scores.max(), 1e-6))
    return Task(f"{name}, {len(queries)} queries, BM25 top {depth}", measure, queries, documents, relevant, candidates, lexical)


def squad(data: Path, count: int, seed: int) -> Task:
    """Questions of the dev split; the passage each was written for is the relevant one."""
    rows = read_rows(data / "squad-v1.1/dev.jsonl.gz")
    asked = [(item["question"], place) for place, row in enumerate(rows) for item in row["questions"]]
    sample = Random(seed).sample(asked, count)
    texts = [row["passage"] for row in rows]
    return searched("SQuAD dev", "RR@10", [text for text, _ in sample], texts, [{place} for _, place in sample], 30)


def selqa(data: Path, count: int, seed: int) -> Task:
    """Questions of the test split over the sentences of the section that answers them, in BM25's order."""
    rows = [row for row in read_rows(data / "selqa/test.jsonl.gz") if row["answers"]]
    sample = Random(seed).sample(rows, count)
    documents = [text for row in sample for text in row["candidates"]]
    index = Bm25(documents)
    relevant, candidates, lexical, first = [], [], [], 0
    for row in sample:
        places = np.arange(first, first + len(row["candidates"]))
        relevant.append({first + answer for answer in row["answers"]})
        scores = index.scores(row["question"])
        candidates.append(places[np.argsort(-scores[places], kind="stable")])
        lexical.append(scores[candidates[-1]] / max(scores.max(), 1e-6))
        first += len(places)
    queries = [row["question"] for row in sample]
    return Task(f"SelQA test, {count} queries, sentences of a section", "RR@10", queries, documents, relevant, candidates, lexical)


def banking77(data: Path, count: int, seed: int) -> Task:
    """Customers' queries of the test split; the train split's queries of the same intent are relevant."""
    documents = read_rows(data / "banking77/train.jsonl.gz")
    sample = Random(seed).sample(read_rows(data / "banking77/test.jsonl.gz"), count)
    places: dict[str, set[int]] = {}
    for place, row in enumerate(documents):
        places.setdefault(row["label"], set()).add(place)
    relevant = [places[row["label"]] for row in sample]
    return searched("banking77", "nDCG@10", [row["text"] for row in sample], [row["text"] for row in documents], relevant, 50)


def scifact(data: Path, count: int, seed: int) -> Task:
    """Claims of the test split over all abstracts, title and text."""
    rows = read_rows(data / "scifact/corpus.jsonl.gz")
    places = {row["_id"]: place for place, row in enumerate(rows)}
    qrels = read_qrels(data / "scifact/qrels.test.tsv")
    claims = [row for row in read_rows(data / "scifact/queries.test.jsonl.gz") if row["_id"] in qrels]
    sample = Random(seed).sample(claims, min(count, len(claims)))
    relevant = [{places[name] for name, grade in qrels[row["_id"]].items() if grade > 0} for row in sample]
    texts = [f"{row['title']} {row['text']}" for row in rows]
    return searched("SciFact test", "nDCG@10", [row["text"] for row in sample], texts, relevant, 100)


# With the number of queries that tells models apart in a few minutes.
TASKS = ((squad, 200), (selqa, 300), (banking77, 150), (scifact, 100))
