"""First-stage search: BM25 over texts, cosine over vectors."""

import bm25s
import numpy as np
import torch

K1 = 0.9
B = 0.4
BLOCK_QUERIES = 256


def bm25_top(texts: list[str], queries: list[str], depth: int) -> np.ndarray:
    """Places in `texts` [queries, depth] int, best first; the order among equal scores is not specified."""
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    tokens = bm25s.tokenize(queries, stopwords="en", return_ids=False, show_progress=False)
    depth = min(depth, len(texts))
    # The package's own selection is slow on the many zero scores.
    return np.stack([torch.topk(torch.from_numpy(index.get_scores(query)), depth).indices.numpy() for query in tokens])


def cosine_top(documents: np.ndarray, queries: np.ndarray, depth: int) -> np.ndarray:
    """Places in `documents` [queries, depth] int, best first; both inputs hold unit vectors [texts, hidden]."""
    vectors, depth = torch.from_numpy(documents).T, min(depth, len(documents))
    blocks = torch.from_numpy(queries).split(BLOCK_QUERIES)
    return torch.cat([torch.topk(block @ vectors, depth).indices for block in blocks]).numpy()
