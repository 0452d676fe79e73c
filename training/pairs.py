"""Token ids of (query, document) pairs, and their logits with little padding."""

import torch
from torch import Tensor
from transformers import BertForSequenceClassification

from .backbone import load_tokenizer
from .model import pair_logits

# Larger batches leave the caches, and their memory is taken from the kernel anew each time.
CHUNK_TOKENS = 1_536


class Pairs:
    """Encodes pairs of numbered queries and documents, each text tokenized once.

    A pair is `[CLS] query [SEP] document [SEP]`, at most `max_tokens` long: a query over half of that is cut to half,
    then the document is cut.
    """

    def __init__(self, queries: list[str], documents: list[str], max_tokens: int) -> None:
        tokenizer = load_tokenizer()
        self.cls, self.sep = tokenizer.cls_token_id, tokenizer.sep_token_id
        self.max_tokens = max_tokens
        self.queries = tokenizer(queries, add_special_tokens=False, verbose=False)["input_ids"]
        self.documents = tokenizer(documents, add_special_tokens=False, verbose=False)["input_ids"]

    def encode(self, query: int, document: int) -> tuple[list[int], int]:
        """Token ids of a pair and the length of its first segment."""
        first = [self.cls, *self.queries[query][: self.max_tokens // 2 - 2], self.sep]
        return first + self.documents[document][: self.max_tokens - len(first) - 1] + [self.sep], len(first)

    def logits(self, model: BertForSequenceClassification, numbers: list[tuple[int, int]]) -> Tensor:
        """Float32 logits [pairs] of (query, document) numbers, computed in bfloat16, in chunks of like length."""
        encoded = [self.encode(query, document) for query, document in numbers]
        order = sorted(range(len(encoded)), key=lambda place: len(encoded[place][0]))
        chunks: list[list[int]] = []
        for place in order:
            if not chunks or (len(chunks[-1]) + 1) * len(encoded[place][0]) > CHUNK_TOKENS:
                chunks.append([])
            chunks[-1].append(place)
        with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
            parts = [pair_logits(model, padded([encoded[place] for place in chunk])) for chunk in chunks]
        return torch.cat(parts).float()[torch.argsort(torch.tensor(order))]

    def tokens(self, numbers: list[tuple[int, int]]) -> int:
        """Tokens in these pairs, padding not counted."""
        return sum(len(self.encode(query, document)[0]) for query, document in numbers)


def padded(encoded: list[tuple[list[int], int]]) -> dict[str, Tensor]:
    """Model inputs, each [pairs, longest] int64; token id 0 is [PAD]."""
    shape = len(encoded), max(len(ids) for ids, _ in encoded)
    batch = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "token_type_ids", "attention_mask")}
    for row, (ids, first) in enumerate(encoded):
        batch["input_ids"][row, : len(ids)] = torch.tensor(ids)
        batch["token_type_ids"][row, first : len(ids)] = 1
        batch["attention_mask"][row, : len(ids)] = 1
    return batch
