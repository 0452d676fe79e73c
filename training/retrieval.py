"""First-stage search: BM25 over texts, cosine over vectors."""

import bm25s
import numpy as np
import torch

K1 = 0.9
B = 0.4
BLOCK_QUERIES = 256


class Bm25:
    """Index of `texts`; English function words are left out."""

    def __init__(self, texts: list[str]) -> None:
        self.index = bm25s.BM25(k1=K1, b=B, method="lucene")
        self.index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def scores(self, query: str) -> np.ndarray:
        """Of every text, [texts] float32, 0 for one that shares no word."""
        tokens = bm25s.tokenize([query], stopwords="en", return_ids=False, show_progress=False)[0]
        return self.index.get_scores(tokens)


def top(scores: np.ndarray, depth: int) -> np.ndarray:
    """Places of the best scores [depth] int, best first; the order among equal ones is not specified."""
    return torch.topk(torch.from_numpy(scores), min(depth, len(scores))).indices.numpy()


def bm25_top(texts: list[str], queries: list[str], depth: int) -> np.ndarray:
    """Places in `texts` [queries, depth] int, best first; the order among equal scores is not specified."""
    index = Bm25(texts)
    return np.stack([top(index.scores(query), depth) for query in queries])


def cosine_top(documents: np.ndarray, queries: np.ndarray, depth: int) -> np.ndarray:
    """Places in `documents` [queries, depth] int, best first; both inputs hold unit vectors [texts, hidden]."""
    vectors, depth = torch.from_numpy(documents).T, min(depth, len(documents))
    blocks = torch.from_numpy(queries).split(BLOCK_QUERIES)
    return torch.cat([torch.topk(block @ vectors, depth).indices for block in blocks]).numpy()
