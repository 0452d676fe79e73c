"""Lists of eight documents for each query, with what the teacher thinks of each."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import numpy as np

from .collection import Collection, Query
from .retrieval import Bm25, cosine_top, top

LIST_SIZE = 8
BM25_DEPTH = 30
TEACHER_DEPTH = 20


@dataclass
class Lists:
    """One row a query. `queries` [n] int, `documents` [n, size] int, `cosines` and `lexical` [n, size] float32, `label_weights` [n] float32.

    `lexical` is BM25 over the best score of any document for that query, in [0, 1]. Where the label weight is above 0, column 0
    holds the positive document; harder documents come first.
    """

    queries: np.ndarray
    documents: np.ndarray
    cosines: np.ndarray
    lexical: np.ndarray
    label_weights: np.ndarray


def draw_queries(collection: Collection, counts: dict[str, int], seed: int) -> list[int]:
    """Numbers of at most `counts[pool]` queries of each pool, drawn at random, in random order."""
    random = Random(seed)
    drawn = []
    for pool, count in counts.items():
        numbers = [number for number, query in enumerate(collection.queries) if query.pool == pool]
        drawn += random.sample(numbers, min(count, len(numbers)))
    random.shuffle(drawn)
    return drawn


def build_lists(collection: Collection, numbers: list[int], embed: Callable[[list[str]], np.ndarray], seed: int) -> Lists:
    """Samples candidates for the queries `numbers`, in that order; `embed` gives the unit vectors of texts."""
    random = Random(seed)
    documents = np.zeros((len(numbers), LIST_SIZE), np.int64)
    cosines, lexical = np.zeros(documents.shape, np.float32), np.zeros(documents.shape, np.float32)
    groups: dict[tuple[str, str], list[int]] = {}
    pools: dict[str, list[int]] = {}
    for number, document in enumerate(collection.documents):
        pools.setdefault(document.pool, []).append(number)
        groups.setdefault((document.pool, document.group), []).append(number)
    for pool, members in pools.items():
        rows = [row for row, number in enumerate(numbers) if collection.queries[number].pool == pool]
        if not rows:
            continue
        place_of = {number: place for place, number in enumerate(members)}
        texts = [collection.documents[member].text for member in members]
        index, vectors = Bm25(texts), embed(texts)
        query_vectors = embed([collection.queries[numbers[row]].text for row in rows])
        for row, vector, nearest in zip(rows, query_vectors, cosine_top(vectors, query_vectors, TEACHER_DEPTH)):
            query = collection.queries[numbers[row]]
            scores = index.scores(query.text)
            documents[row] = choose(
                collection,
                query,
                [members[other] for other in top(scores, BM25_DEPTH)],
                [members[other] for other in nearest],
                groups[(pool, collection.documents[query.positives[0]].group)] if query.positives else [],
                random.sample(members, LIST_SIZE * 2),
                random,
            )
            chosen = [place_of[other] for other in documents[row]]
            cosines[row] = vectors[chosen] @ vector
            lexical[row] = scores[chosen] / max(scores.max(), 1e-6)
    label_weights = np.array([collection.queries[number].label_weight for number in numbers], np.float32)
    return Lists(np.array(numbers), documents, cosines, lexical, label_weights)


def build_lists_cached(path: Path, collection: Collection, numbers: list[int], embed: Callable[[list[str]], np.ndarray], seed: int) -> Lists:
    """Like `build_lists`, kept in the file `path` for the queries it was made for."""
    if path.exists():
        lists = Lists(**np.load(path))
        if lists.queries.tolist() == numbers:
            return lists
    lists = build_lists(collection, numbers, embed, seed)
    np.savez(path, **asdict(lists))
    return lists


def choose(
    collection: Collection,
    query: Query,
    lexical: list[int],
    similar: list[int],
    siblings: list[int],
    strangers: list[int],
    random: Random,
) -> list[int]:
    """Eight distinct documents: the positive if any, then hard ones, then one drawn at random."""
    chosen = [random.choice(query.positives)] if query.positives else similar[:1]
    banned = {collection.documents[number].text for number in query.positives} | {collection.documents[chosen[0]].text}

    def take(source: list[int], count: int) -> None:
        for number in random.sample(source, len(source)):
            if count == 0 or len(chosen) == LIST_SIZE:
                return
            text = collection.documents[number].text
            if text not in banned and not answers_in(query, text):
                banned.add(text)
                chosen.append(number)
                count -= 1

    if query.negatives:
        take(query.negatives, LIST_SIZE)
    else:
        take(lexical, 3)
        take(similar, 2)
        take(siblings, 1)
        take(strangers, 1)
        take(lexical, LIST_SIZE)
    take(strangers, LIST_SIZE)
    if len(chosen) != LIST_SIZE:
        raise ValueError(f"only {len(chosen)} candidates for {query.text!r}")
    return chosen


def answers_in(query: Query, text: str) -> bool:
    """Whether a labelled answer string occurs in `text`, which may then be relevant after all."""
    lowered = text.lower()
    return any(answer in lowered for answer in query.answers)
