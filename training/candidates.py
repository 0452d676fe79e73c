"""Lists of eight documents for each query, with what the teacher thinks of each."""

from dataclasses import dataclass
from random import Random

import numpy as np

from .collection import Collection, Query
from .retrieval import Bm25, cosine_top, top

LIST_SIZE = 8
BM25_DEPTH = 30
TEACHER_DEPTH = 20


@dataclass
class Lists:
    """One row a query. `documents` [n, size] int, `cosines` and `lexical` [n, size] float32, `label_weights` [n] float32.

    `lexical` is BM25 over the best score of any document for that query, in [0, 1]. Where the label weight is above 0, column 0
    holds the positive document; harder documents come first.
    """

    documents: np.ndarray
    cosines: np.ndarray
    lexical: np.ndarray
    label_weights: np.ndarray

    def first(self, size: int) -> "Lists":
        """The same lists, cut to their first `size` documents."""
        return Lists(self.documents[:, :size], self.cosines[:, :size], self.lexical[:, :size], self.label_weights)


def build_lists(collection: Collection, query_vectors: np.ndarray, document_vectors: np.ndarray, seed: int) -> Lists:
    """Samples candidates for every query of the collection; vectors are those of `teacher.encode`."""
    random = Random(seed)
    documents = np.zeros((len(collection.queries), LIST_SIZE), np.int64)
    lexical = np.zeros(documents.shape, np.float32)
    groups: dict[tuple[str, str], list[int]] = {}
    pools: dict[str, list[int]] = {}
    for number, document in enumerate(collection.documents):
        pools.setdefault(document.pool, []).append(number)
        groups.setdefault((document.pool, document.group), []).append(number)
    for pool, members in pools.items():
        place_of = {number: place for place, number in enumerate(members)}
        numbers = [number for number, query in enumerate(collection.queries) if query.pool == pool]
        index = Bm25([collection.documents[member].text for member in members])
        nearest = cosine_top(document_vectors[members], query_vectors[numbers], TEACHER_DEPTH)
        for row, number in enumerate(numbers):
            query = collection.queries[number]
            scores = index.scores(query.text)
            chosen = choose(
                collection,
                query,
                [members[other] for other in top(scores, BM25_DEPTH)],
                [members[other] for other in nearest[row]],
                groups[(pool, collection.documents[query.positives[0]].group)] if query.positives else [],
                random.sample(members, LIST_SIZE * 2),
                random,
            )
            documents[number] = chosen
            lexical[number] = scores[[place_of[other] for other in chosen]] / max(scores.max(), 1e-6)
    cosines = np.einsum("nh,nkh->nk", query_vectors, document_vectors[documents])
    label_weights = np.array([query.label_weight for query in collection.queries], np.float32)
    return Lists(documents, cosines, lexical, label_weights)


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
